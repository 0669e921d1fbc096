using Azure.Core;
using Azure.Identity;
using Azure.Storage.Blobs;

namespace LogMonitor.Shipper.Commands;

/// <summary>The container that the arguments name, and the credential for it.</summary>
static class Destination
{
    public const string UrlVariable = "LOGMONITOR_CONTAINER_URL";

    /// <exception cref="ShipperException">None is named, or it can't be one. No message holds a secret.</exception>
    public static BlobContainerClient Open(string? url, string? connectionStringVariable, string container, Func<string, string?> environment)
    {
        if (url is not null && connectionStringVariable is not null)
            throw new ShipperException("Both --container-url and --connection-string-env are given: name one destination.");
        if (connectionStringVariable is not null) return FromConnectionString(connectionStringVariable, container, environment);
        if ((url ?? environment(UrlVariable)) is not { Length: > 0 } address)
            throw new ShipperException($"No destination: give --container-url (or set {UrlVariable}), or --connection-string-env for Azurite.");
        return FromUrl(address);
    }

    static BlobContainerClient FromUrl(string address)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || uri.Scheme is not ("https" or "http"))
            throw new ShipperException("The container URL is not an http or https address: it looks like https://ACCOUNT.blob.core.windows.net/incoming, in quotes if it has a SAS.");
        var place = uri.GetLeftPart(UriPartial.Path);
        if (uri.AbsolutePath.Trim('/').Length == 0)
            throw new ShipperException($"The container URL {place} names no container: append it, as in {place.TrimEnd('/')}/incoming.");
        if (uri.Scheme == "http" && !uri.IsLoopback)
            throw new ShipperException($"The container URL {place} is not encrypted: use https. (http is for an emulator on this machine.)");
        if (uri.Query.Contains("sig=", StringComparison.Ordinal)) return new BlobContainerClient(uri, Options());
        if (uri.Scheme == "http") throw new ShipperException($"The container URL {place} has no SAS, and an Azure identity is only sent over https: append a SAS, or use --connection-string-env.");
        return new BlobContainerClient(uri, new DefaultAzureCredential(), Options());
    }

    static BlobContainerClient FromConnectionString(string variable, string container, Func<string, string?> environment)
    {
        if (environment(variable) is not { Length: > 0 } connectionString)
            throw new ShipperException($"The environment variable {variable} is not set: --connection-string-env takes the name of the variable that holds the connection string, not the string itself.");
        try
        {
            return new BlobContainerClient(connectionString, container, Options());
        }
        catch (Exception error) when (error is FormatException or ArgumentException)
        {
            throw new ShipperException($"The environment variable {variable} does not hold a storage connection string: it looks like DefaultEndpointsProtocol=https;AccountName=…;AccountKey=…;EndpointSuffix=core.windows.net.");
        }
    }

    // The shipper retries itself, with one chunk in memory and the other files in turn; the SDK would block on one.
    static BlobClientOptions Options() => new()
    {
        Retry = { MaxRetries = 0, Mode = RetryMode.Fixed, NetworkTimeout = TimeSpan.FromSeconds(60) },
        Diagnostics = { IsDistributedTracingEnabled = false },
    };
}
