using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using LogMonitor.Shipper.Configuration;
using LogMonitor.Tests.Support;

namespace LogMonitor.Shipper.Tests.Configuration;

public sealed class DestinationTests : IDisposable
{
    const string Url = "https://account.blob.core.windows.net/incoming";

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void ASasInAFileIsUsedAndNotShown()
    {
        File.WriteAllText(folder["sas"], "?sv=2026-02-06&sp=c&sig=topsecret\n");

        var container = Open(new() { Url = Url, Credential = CredentialKind.Sas, SecretFile = folder["sas"] });

        Assert.Equal(Url, container.Uri.AbsoluteUri);
    }

    [Theory]
    [InlineData(nameof(CredentialKind.Automatic))]
    [InlineData(nameof(CredentialKind.ManagedIdentity))]
    [InlineData(nameof(CredentialKind.WorkloadIdentity))]
    [InlineData(nameof(CredentialKind.ClientSecret))]
    public void EachIdentityOpensWithoutAskingAnybody(string kind)
    {
        var container = Open(new() { Url = Url, Credential = Enum.Parse<CredentialKind>(kind), TenantId = Guid.Empty.ToString(), ClientId = Guid.Empty.ToString(), SecretEnvironment = "SECRET" }, "topsecret");

        Assert.Equal(Url, container.Uri.AbsoluteUri);
    }

    [Theory]
    [InlineData("certificate.pem", null)]
    [InlineData("certificate.pem", "password")]
    [InlineData("certificate.pfx", null)]
    [InlineData("certificate.pfx", "password")]
    public void ACertificateOpensWithAndWithoutAPassword(string file, string? password)
    {
        WriteCertificate(folder[file], password);

        var container = Open(Certificate(file) with { SecretEnvironment = password is null ? null : "SECRET" }, password);

        Assert.Equal(Url, container.Uri.AbsoluteUri);
    }

    [Fact]
    public void AWrongPasswordOfACertificateIsSaid()
    {
        WriteCertificate(folder["certificate.pfx"], "password");

        var error = Assert.Throws<ShipperException>(() => Open(Certificate("certificate.pfx") with { SecretEnvironment = "SECRET" }, "topsecret"));

        Assert.StartsWith($"The certificate {folder["certificate.pfx"]} can't be read with the password that is configured: ", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("topsecret", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "is empty: it holds the secret for Sas.")]
    [InlineData("AccountKey=topsecret", "does not hold a SAS: it looks like sv=…&sp=c&se=…&sig=….")]
    public void AFileWithoutASasIsSaidWithoutItsContent(string content, string expected)
    {
        File.WriteAllText(folder["sas"], content);

        var error = Assert.Throws<ShipperException>(() => Open(new() { Url = Url, Credential = CredentialKind.Sas, SecretFile = folder["sas"] }));

        Assert.Equal($"The file {folder["sas"]} {expected}", error.Message);
    }

    [Fact]
    public void AFileThatIsNotThereIsSaid()
    {
        var error = Assert.Throws<ShipperException>(() => Open(new() { Url = Url, Credential = CredentialKind.Sas, SecretFile = folder["none"] }));

        Assert.StartsWith("The secret can't be read: Could not find file", error.Message, StringComparison.Ordinal);
    }

    DestinationOptions Certificate(string file) =>
        new() { Url = Url, Credential = CredentialKind.ClientCertificate, TenantId = Guid.Empty.ToString(), ClientId = Guid.Empty.ToString(), CertificateFile = folder[file] };

    static void WriteCertificate(string path, string? password)
    {
        using var key = RSA.Create(2048);
        using var certificate = new CertificateRequest("CN=shipper", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            .CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        if (path.EndsWith(".pfx", StringComparison.Ordinal)) File.WriteAllBytes(path, certificate.Export(X509ContentType.Pkcs12, password));
        else
            File.WriteAllText(path, certificate.ExportCertificatePem() + "\n" + (password is null
                ? key.ExportPkcs8PrivateKeyPem()
                : key.ExportEncryptedPkcs8PrivateKeyPem(password, new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000))));
    }

    static Azure.Storage.Blobs.BlobContainerClient Open(DestinationOptions options, string? secret = null) => Destination.Open(options, name => name == "SECRET" ? secret : null);
}
