namespace LogMonitor.Shipper.Configuration;

/// <summary>Reads the configuration's <c>destination</c>, and says what a kind of credential lacks or does not take.</summary>
static class DestinationReader
{
    static readonly Dictionary<string, CredentialKind> kinds = new()
    {
        ["automatic"] = CredentialKind.Automatic,
        ["managed-identity"] = CredentialKind.ManagedIdentity,
        ["workload-identity"] = CredentialKind.WorkloadIdentity,
        ["client-secret"] = CredentialKind.ClientSecret,
        ["client-certificate"] = CredentialKind.ClientCertificate,
        ["sas"] = CredentialKind.Sas,
        ["connection-string"] = CredentialKind.ConnectionString,
    };

    public static DestinationOptions? Read(ConfigurationSection section)
    {
        var destination = new DestinationOptions
        {
            Url = section.Text("url"),
            Credential = section.Value("credential", Kind, CredentialKind.Automatic),
            ClientId = section.Text("clientId"),
            TenantId = section.Text("tenantId"),
            CertificateFile = section.Text("certificateFile"),
            SecretFile = section.Text("secretFile"),
            SecretEnvironment = section.Text("secretEnvironment"),
            Container = section.Text("container") ?? "incoming",
        };
        if (destination.HasSasInUrl && !section.Has("credential")) destination = destination with { Credential = CredentialKind.Sas };
        Check(section, destination);
        section.RefuseOthers();
        return destination;
    }

    static void Check(ConfigurationSection section, DestinationOptions destination)
    {
        var kind = destination.Credential;
        var hasSecret = destination.SecretFile is not null || destination.SecretEnvironment is not null;
        var needsUrl = kind != CredentialKind.ConnectionString;
        if (needsUrl && destination.Url is null) section.Wrong("url", "'destination.url' is missing: the container's address, such as https://ACCOUNT.blob.core.windows.net/incoming");
        if (!needsUrl && destination.Url is not null) section.Wrong("url", "'destination.url' does not go with a connection string, which holds the address; 'destination.container' names the container");
        if (needsUrl && section.Has("container")) section.Wrong("container", "'destination.container' goes with a connection string only; the URL ends with the container");
        if (destination.SecretFile is not null && destination.SecretEnvironment is not null)
            section.Wrong("secretEnvironment", "'destination.secretFile' and 'destination.secretEnvironment' are both given; one of them holds the secret");
        if (hasSecret && destination.HasSasInUrl) section.Wrong("url", "'destination.url' has a SAS, and a secret is named too; one of them is used");
        if (kind is CredentialKind.ClientSecret or CredentialKind.ConnectionString or CredentialKind.Sas && !hasSecret && !(kind == CredentialKind.Sas && destination.HasSasInUrl))
            section.Wrong("credential", $"'destination.credential' needs 'destination.secretFile' or 'destination.secretEnvironment', which holds {Secret(kind)}");
        if (kind is CredentialKind.Automatic or CredentialKind.ManagedIdentity or CredentialKind.WorkloadIdentity && hasSecret)
            section.Wrong(destination.SecretFile is null ? "secretEnvironment" : "secretFile", "a secret goes with 'destination.credential' client-secret, client-certificate, sas or connection-string");
        if (kind is CredentialKind.ClientSecret or CredentialKind.ClientCertificate && (destination.ClientId is null || destination.TenantId is null))
            section.Wrong("credential", "'destination.credential' needs 'destination.tenantId' and 'destination.clientId', of the application that uploads");
        if (kind == CredentialKind.ClientCertificate != destination.CertificateFile is not null)
            section.Wrong(destination.CertificateFile is null ? "credential" : "certificateFile", "'destination.certificateFile', a PEM or PFX file with its private key, goes with 'destination.credential: client-certificate', and that with it");
    }

    static string Secret(CredentialKind kind) => kind switch
    {
        CredentialKind.ClientSecret => "the application's secret",
        CredentialKind.Sas => "the SAS (sv=…&sig=…), unless the URL ends with it",
        _ => "the connection string",
    };

    static CredentialKind Kind(string text) => kinds.TryGetValue(text, out var kind) ? kind
        : throw new FormatException($"allowed are {string.Join(", ", kinds.Keys)}");
}
