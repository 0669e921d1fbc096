using System.Text.Json.Nodes;
using Microsoft.Extensions.Configuration;

namespace LogMonitor.Standalone.Hosting;

/// <summary>The defaults of every setting, from local.settings.json.example: the file that documents them is the one that is used.</summary>
static class LocalSettings
{
    /// <summary>Adds the file's <c>Values</c>, but not those that name a storage account: the command decides on that.</summary>
    public static IConfigurationBuilder AddLocalSettings(this IConfigurationBuilder builder, string path)
    {
        var values = JsonNode.Parse(File.ReadAllText(path))?["Values"]?.AsObject()
            ?? throw new InvalidOperationException($"{path} has no 'Values'.");
        return builder.AddInMemoryCollection(values
            .Where(value => value.Key is not ("LogStorage" or "AzureWebJobsStorage"))
            .Select(value => KeyValuePair.Create(value.Key.Replace("__", ":", StringComparison.Ordinal), value.Value?.GetValue<string>())));
    }
}
