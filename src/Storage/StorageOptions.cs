using Azure.Core;
using Azure.Data.Tables;
using Azure.Identity;
using Azure.Storage.Blobs;
using Microsoft.Extensions.Configuration;

namespace LogMonitor.Storage;

/// <summary>
/// The storage account that holds logs and tables: the setting <c>LogStorage</c> as a connection string (Azurite), or
/// <c>LogStorage:blobServiceUri</c> and <c>LogStorage:tableServiceUri</c> with a managed identity (<c>LogStorage:clientId</c> where it is
/// user-assigned). The names are those of the Functions host's identity-based connections.
/// </summary>
public sealed class StorageOptions
{
    /// <summary>The setting's name; also the <c>Connection</c> of the blob trigger.</summary>
    public const string Section = "LogStorage";

    StorageOptions(BlobServiceClient blobs, TableServiceClient tables) => (Blobs, Tables) = (blobs, tables);

    internal BlobServiceClient Blobs { get; }

    internal TableServiceClient Tables { get; }

    /// <summary>Reads the settings and makes clients; sends nothing yet.</summary>
    /// <exception cref="InvalidOperationException">A setting is missing or malformed; the message names it, never its value.</exception>
    public static StorageOptions Read(IConfiguration configuration)
    {
        if (configuration[Section] is { Length: > 0 } connectionString) return FromConnectionString(connectionString);
        var section = configuration.GetSection(Section);
        if (section["blobServiceUri"] is null && section["tableServiceUri"] is null)
            throw new InvalidOperationException($"The setting '{Section}' is missing: give a storage account's connection string, or {Section}__blobServiceUri and {Section}__tableServiceUri for a managed identity.");

        var credential = ReadCredential(configuration);
        return new StorageOptions(new BlobServiceClient(ReadUri("blobServiceUri"), credential), new TableServiceClient(ReadUri("tableServiceUri"), credential));

        Uri ReadUri(string name) => Uri.TryCreate(section[name], UriKind.Absolute, out var uri) && uri.Scheme == Uri.UriSchemeHttps
            ? uri
            : throw new InvalidOperationException($"The setting '{Section}__{name}' must be an https address, such as https://ACCOUNT.blob.core.windows.net; found '{section[name]}'.");
    }

    /// <summary>As whom the app goes to Azure's services: the identity that <c>LogStorage:clientId</c> names, or the one that is at hand.</summary>
    public static TokenCredential ReadCredential(IConfiguration configuration) => configuration[$"{Section}:clientId"] is { Length: > 0 } clientId
        ? new ManagedIdentityCredential(ManagedIdentityId.FromUserAssignedClientId(clientId))
        : new DefaultAzureCredential();

    static StorageOptions FromConnectionString(string connectionString)
    {
        try
        {
            return new StorageOptions(new BlobServiceClient(connectionString), new TableServiceClient(connectionString));
        }
        catch (Exception e) when (e is FormatException or ArgumentException or InvalidOperationException)
        {
            // Not the inner message: it may quote the key.
            throw new InvalidOperationException($"The setting '{Section}' is not a storage connection string: expected 'DefaultEndpointsProtocol=…;AccountName=…;AccountKey=…;…' as the portal shows it under Access keys, or 'UseDevelopmentStorage=true'.");
        }
    }
}
