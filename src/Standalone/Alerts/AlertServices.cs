using LogMonitor.Functions;
using LogMonitor.Standalone.Commands;
using LogMonitor.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LogMonitor.Standalone.Alerts;

/// <summary>The services of an instance, for a command beside it: the same storage, rules and channels.</summary>
static class AlertServices
{
    /// <param name="storage">What --storage named, or null.</param>
    /// <param name="data">The data directory.</param>
    /// <exception cref="UserErrorException">No storage is named or running, or a setting is wrong.</exception>
    public static ServiceProvider Create(string? storage, string data)
    {
        var paths = new DataPaths(Path.GetFullPath(data));
        var named = InstanceSettings.NamedStorage(storage) ?? Azurite(paths);
        var configuration = new ConfigurationManager();
        Dictionary<string, string?> own = new() { ["Mail:Folder"] = paths.Mail };
        if (Directory.Exists(paths.Rules)) own["Rules:Directory"] = paths.Rules;
        InstanceSettings.Add(configuration, own, named);
        try
        {
            var services = new ServiceCollection().AddSingleton<IConfiguration>(configuration).AddLogging(logging => logging.SetMinimumLevel(LogLevel.Warning)).AddLogMonitor(configuration);
            return services.BuildServiceProvider();
        }
        catch (Exception e) when (e is InvalidOperationException or OptionsValidationException)
        {
            throw new UserErrorException(e.Message);
        }
    }

    static Dictionary<string, string?> Azurite(DataPaths paths) => File.Exists(paths.AzuriteAddress)
        ? new() { [StorageOptions.Section] = File.ReadAllText(paths.AzuriteAddress) }
        : throw new UserErrorException($"No 'logmonitor up' runs on the data directory '{paths.Path}'. Name another with --data, or a storage account with --storage or in the environment variable {StorageOptions.Section}.");
}
