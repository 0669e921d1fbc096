using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace LogMonitor.Tests.Support;

/// <summary>A private authority and a server's certificate from it, as PEM files in a folder of their own.</summary>
public sealed class Certificates : IDisposable
{
    readonly TemporaryFolder folder = new();

    public Certificates(string name = "localhost", int validDays = 30)
    {
        // Begins in the past, so that an expired certificate still has a beginning before its end.
        var from = DateTimeOffset.UtcNow.AddDays(-60);
        using var authorityKey = RSA.Create(2048);
        var authorityRequest = new CertificateRequest("CN=Private authority", authorityKey, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        authorityRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        authorityRequest.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        using var authority = authorityRequest.CreateSelfSigned(from, from.AddDays(365));

        using var key = RSA.Create(2048);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new("1.3.6.1.5.5.7.3.1")], false));
        using var server = request.Create(authority, from, DateTimeOffset.UtcNow.AddDays(validDays), [1, 2, 3, 4]);

        File.WriteAllText(AuthorityFile, authority.ExportCertificatePem());
        File.WriteAllText(CertificateFile, server.ExportCertificatePem());
        File.WriteAllText(KeyFile, key.ExportPkcs8PrivateKeyPem());
    }

    public string AuthorityFile => folder["ca.pem"];
    public string CertificateFile => folder["server.pem"];
    public string KeyFile => folder["server.key"];

    public void Dispose() => folder.Dispose();
}
