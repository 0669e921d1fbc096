using System.Text;
using Azure;
using Azure.Core;
using Azure.Identity;
using Azure.Storage.Blobs;

namespace LogMonitor.Shipper.Configuration;

/// <summary>The container that was configured, and the credential for it.</summary>
static class Destination
{
    public const string UrlVariable = "LOGMONITOR_CONTAINER_URL";

    /// <summary>What the arguments of the command line name.</summary>
    /// <exception cref="ShipperException">None is named, or two. No message holds a secret.</exception>
    public static DestinationOptions FromArguments(string? url, string? connectionStringVariable, string container, Func<string, string?> environment)
    {
        if (url is not null && connectionStringVariable is not null)
            throw new ShipperException("Both --container-url and --connection-string-env are given: name one destination.");
        if (connectionStringVariable is not null)
            return new() { Credential = CredentialKind.ConnectionString, SecretEnvironment = connectionStringVariable, Container = container };
        if ((url ?? environment(UrlVariable)) is not { Length: > 0 } address)
            throw new ShipperException($"No destination: give --container-url (or set {UrlVariable}), or --connection-string-env for Azurite.");
        var options = new DestinationOptions { Url = address };
        return options.HasSasInUrl ? options with { Credential = CredentialKind.Sas } : options;
    }

    /// <exception cref="ShipperException">It can't be one. No message holds a secret.</exception>
    public static BlobContainerClient Open(DestinationOptions options, Func<string, string?> environment)
    {
        if (options.Credential == CredentialKind.ConnectionString) return FromConnectionString(options, environment);
        var uri = Checked(options.Url!);
        if (options.HasSasInUrl) return new BlobContainerClient(uri, Client());
        var place = uri.GetLeftPart(UriPartial.Path);
        if (options.Credential == CredentialKind.Sas)
        {
            var sas = Secret(options, environment).TrimStart('?');
            return sas.Contains("sig=", StringComparison.Ordinal) ? new BlobContainerClient(uri, new AzureSasCredential(sas), Client())
                : throw new ShipperException($"{Holder(options)} does not hold a SAS: it looks like sv=…&sp=c&se=…&sig=….");
        }
        if (uri.Scheme == "http") throw new ShipperException($"The container URL {place} has no SAS, and an Azure identity is only sent over https: append a SAS, or use a connection string.");
        return new BlobContainerClient(uri, Identity(options, environment), Client());
    }

    static Uri Checked(string address)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || uri.Scheme is not ("https" or "http"))
            throw new ShipperException("The container URL is not an http or https address: it looks like https://ACCOUNT.blob.core.windows.net/incoming, in quotes if it has a SAS.");
        var place = uri.GetLeftPart(UriPartial.Path);
        if (uri.AbsolutePath.Trim('/').Length == 0)
            throw new ShipperException($"The container URL {place} names no container: append it, as in {place.TrimEnd('/')}/incoming.");
        if (uri.Scheme == "http" && !uri.IsLoopback)
            throw new ShipperException($"The container URL {place} is not encrypted: use https. (http is for an emulator on this machine.)");
        return uri;
    }

    static TokenCredential Identity(DestinationOptions options, Func<string, string?> environment) => options.Credential switch
    {
        CredentialKind.ManagedIdentity => new ManagedIdentityCredential(options.ClientId is { } id ? ManagedIdentityId.FromUserAssignedClientId(id) : ManagedIdentityId.SystemAssigned),
        CredentialKind.WorkloadIdentity => new WorkloadIdentityCredential(Workload(options)),
        CredentialKind.ClientSecret => new ClientSecretCredential(options.TenantId, options.ClientId, Secret(options, environment)),
        CredentialKind.ClientCertificate => Certificate(options, environment),
        // Not DefaultAzureCredential: an agent has no developer's tools to ask, and each costs a wait and a part of the binary.
        _ => new ChainedTokenCredential(
            new EnvironmentCredential(), new WorkloadIdentityCredential(Workload(options)),
            new ManagedIdentityCredential(options.ClientId is { } client ? ManagedIdentityId.FromUserAssignedClientId(client) : ManagedIdentityId.SystemAssigned)),
    };

    static WorkloadIdentityCredentialOptions Workload(DestinationOptions options)
    {
        var workload = new WorkloadIdentityCredentialOptions();
        if (options.ClientId is not null) workload.ClientId = options.ClientId;
        if (options.TenantId is not null) workload.TenantId = options.TenantId;
        return workload;
    }

    static ClientCertificateCredential Certificate(DestinationOptions options, Func<string, string?> environment)
    {
        var path = options.CertificateFile!;
        if (!File.Exists(path)) throw new ShipperException($"The certificate {path} is not there, or its directory can't be read by the shipper's user.");
        var certificate = new ClientCertificateCredentialOptions();
        if (options.SecretFile is null && options.SecretEnvironment is null) return new(options.TenantId, options.ClientId, path, certificate);
        try
        {
            var password = Secret(options, environment);
            var loaded = path.EndsWith(".pem", StringComparison.OrdinalIgnoreCase)
                ? System.Security.Cryptography.X509Certificates.X509Certificate2.CreateFromEncryptedPemFile(path, password)
                : System.Security.Cryptography.X509Certificates.X509CertificateLoader.LoadPkcs12FromFile(path, password);
            return new(options.TenantId, options.ClientId, loaded, certificate);
        }
        catch (System.Security.Cryptography.CryptographicException error)
        {
            throw new ShipperException($"The certificate {path} can't be read with the password that is configured: {error.Message}", error);
        }
    }

    static BlobContainerClient FromConnectionString(DestinationOptions options, Func<string, string?> environment)
    {
        var connectionString = Secret(options, environment);
        try
        {
            return new BlobContainerClient(connectionString, options.Container, Client());
        }
        catch (Exception error) when (error is FormatException or ArgumentException)
        {
            throw new ShipperException($"{Holder(options)} does not hold a storage connection string: it looks like DefaultEndpointsProtocol=https;AccountName=…;AccountKey=…;EndpointSuffix=core.windows.net.");
        }
    }

    static string Secret(DestinationOptions options, Func<string, string?> environment)
    {
        if (options.SecretEnvironment is { } variable)
            return environment(variable) is { Length: > 0 } value ? value.Trim()
                : throw new ShipperException($"The environment variable {variable} is not set: what is configured is the name of the variable that holds the secret, not the secret itself.");
        try
        {
            var text = File.ReadAllText(options.SecretFile!, Encoding.UTF8).Trim();
            return text.Length > 0 ? text : throw new ShipperException($"The file {options.SecretFile} is empty: it holds the secret for {options.Credential}.");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ShipperException($"The secret can't be read: {error.Message} The shipper's user must be able to read it, and nobody else.", error);
        }
    }

    static string Holder(DestinationOptions options) =>
        options.SecretEnvironment is { } variable ? $"The environment variable {variable}" : $"The file {options.SecretFile}";

    // The shipper retries itself, with one chunk in memory and the other files in turn; the SDK would block on one.
    static BlobClientOptions Client() => new()
    {
        Retry = { MaxRetries = 0, Mode = RetryMode.Fixed, NetworkTimeout = TimeSpan.FromSeconds(60) },
        Diagnostics = { IsDistributedTracingEnabled = false },
    };
}
