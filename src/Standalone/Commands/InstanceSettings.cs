using LogMonitor.Storage;
using Microsoft.Extensions.Configuration;

namespace LogMonitor.Standalone.Commands;

/// <summary>The settings of one machine's LogMonitor, for <c>up</c> and for the commands that look at the same storage: later ones count.</summary>
static class InstanceSettings
{
    /// <param name="configuration">Where they are added.</param>
    /// <param name="own">What the data directory gives, which the environment may name otherwise.</param>
    /// <param name="storage">The storage account.</param>
    public static void Add(IConfigurationBuilder configuration, Dictionary<string, string?> own, Dictionary<string, string?> storage) => configuration
        .AddLocalSettings(Path.Combine(AppContext.BaseDirectory, "local.settings.json.example"))
        .AddInMemoryCollection(own)
        .AddEnvironmentVariables()
        .AddInMemoryCollection(storage);

    /// <summary>The storage settings that the user named; null for Azurite.</summary>
    /// <param name="storage">A connection string or an account's blob address, from the command line; null for the environment's.</param>
    public static Dictionary<string, string?>? NamedStorage(string? storage)
    {
        if (storage is not { Length: > 0 })
            return Environment.GetEnvironmentVariables().Keys.Cast<string>().Any(key => key == StorageOptions.Section || key.StartsWith(StorageOptions.Section + "__", StringComparison.Ordinal)) ? [] : null;
        if (!Uri.TryCreate(storage, UriKind.Absolute, out var uri) || uri.Scheme != Uri.UriSchemeHttps) return new() { [StorageOptions.Section] = storage };
        return new()
        {
            [StorageOptions.Section + ":blobServiceUri"] = storage,
            [StorageOptions.Section + ":tableServiceUri"] = storage.Replace(".blob.", ".table.", StringComparison.Ordinal),
        };
    }
}
