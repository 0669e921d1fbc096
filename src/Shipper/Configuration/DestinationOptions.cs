namespace LogMonitor.Shipper.Configuration;

/// <summary>As whom chunks are uploaded. What each needs stands in docs/shipper.md.</summary>
enum CredentialKind
{
    /// <summary>What the environment names (AZURE_CLIENT_ID and its companions), else a workload identity, else the machine's.</summary>
    Automatic,

    /// <summary>The identity of an Azure VM, or of a machine that Azure Arc knows.</summary>
    ManagedIdentity,

    /// <summary>A token that Kubernetes puts into a file.</summary>
    WorkloadIdentity,
    ClientSecret,
    ClientCertificate,

    /// <summary>A shared access signature; the right to create (sp=c) is enough.</summary>
    Sas,

    /// <summary>An account's key: for Azurite. It may do far more than the shipper needs.</summary>
    ConnectionString,
}

/// <summary>Where chunks go, and as whom. A secret is named by the file or the environment variable that holds it, except for a SAS in the URL.</summary>
sealed record DestinationOptions
{
    /// <summary>The container's address, perhaps with a SAS; null with a connection string.</summary>
    public string? Url { get; init; }

    public CredentialKind Credential { get; init; }

    /// <summary>The container, with a connection string.</summary>
    public string Container { get; init; } = "incoming";

    /// <summary>Of an application, or of one of several identities of a machine.</summary>
    public string? ClientId { get; init; }

    public string? TenantId { get; init; }

    /// <summary>A certificate with its private key, PEM or PFX.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>Holds the SAS, the connection string, the client's secret or the certificate's password.</summary>
    public string? SecretFile { get; init; }

    /// <summary>An environment variable that holds it, instead of a file.</summary>
    public string? SecretEnvironment { get; init; }

    /// <summary>Whether the URL has a signature in it.</summary>
    public bool HasSasInUrl => Url is not null && Url.Contains("sig=", StringComparison.Ordinal);

    // A record's own text would show a SAS.
    public override string ToString() => $"{Credential} for {(Url is null ? Container : Url.Split('?')[0])}";
}
