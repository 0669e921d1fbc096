using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace LogMonitor.Notifications.Mail;

/// <summary>
/// Whether an SMTP server's certificate is the right one: issued for the name in Smtp:Host, by an authority the system
/// trusts, or, where Smtp:TrustedCertificateFile is set, by one in that file and no other.
/// </summary>
sealed class ServerTrust
{
    static readonly Oid serverAuthentication = new("1.3.6.1.5.5.7.3.1");

    readonly X509Certificate2Collection? trusted;

    /// <param name="file">Read at each attempt, so that a renewed authority needs no restart; empty for the system's.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="CryptographicException">The file holds something else.</exception>
    public ServerTrust(string file)
    {
        if (file.Length == 0) return;
        trusted = [];
        trusted.ImportFromPemFile(file);
    }

    /// <summary>Why the certificate was refused and what to do, or null.</summary>
    public string? Refusal { get; private set; }

    /// <summary>The question that TLS asks.</summary>
    public bool Accepts(X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        Refusal = certificate is not X509Certificate2 presented || errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable)
            ? "the server shows no certificate"
            : errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch)
                ? $"its certificate is for {Failures.Quote(presented.GetNameInfo(X509NameType.DnsName, false))}. "
                    + "Set Smtp:Host to the name in the certificate"
                : trusted is null ? BySystem(chain, errors) : ByFile(presented, chain, trusted);
        return Refusal is null;
    }

    static string? BySystem(X509Chain? chain, SslPolicyErrors errors) => errors == SslPolicyErrors.None ? null : Explain(chain,
        "no authority that this system trusts has issued its certificate. "
        + "Set Smtp:TrustedCertificateFile to the authority's certificate if it is a private one");

    static string? ByFile(X509Certificate2 presented, X509Chain? given, X509Certificate2Collection trusted)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(trusted);
        // Intermediates: those that the server sent, and those in the file, which as such are not roots.
        chain.ChainPolicy.ExtraStore.AddRange(trusted);
        foreach (var element in given?.ChainElements ?? Enumerable.Empty<X509ChainElement>())
            chain.ChainPolicy.ExtraStore.Add(element.Certificate);
        chain.ChainPolicy.ApplicationPolicy.Add(serverAuthentication);
        // Private authorities seldom publish revocation lists.
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return chain.Build(presented) ? null
            : Explain(chain, "no authority in Smtp:TrustedCertificateFile has issued its certificate. "
                + "Put the certificate of the authority that has into that file");
    }

    static string Explain(X509Chain? chain, string otherwise) =>
        chain is not null && chain.ChainStatus.Any(status => status.Status.HasFlag(X509ChainStatusFlags.NotTimeValid))
            ? "its certificate has expired or is not valid yet. Renew it, or set this machine's clock"
            : otherwise;
}
