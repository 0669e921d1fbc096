using Microsoft.Extensions.Configuration;

namespace LogMonitor.Standalone.Hosting;

/// <summary>What we heed of host.json, the Functions host's settings.</summary>
/// <param name="RoutePrefix">Before each HTTP function's route; empty for none.</param>
/// <param name="BlobParallelism">Blobs worked on at the same time.</param>
/// <param name="PoisonBlobThreshold">Attempts at one blob.</param>
sealed record HostJson(string RoutePrefix, int BlobParallelism, int PoisonBlobThreshold)
{
    /// <summary>Reads a file; what it leaves out has the Functions host's defaults.</summary>
    public static HostJson Read(string path)
    {
        var json = new ConfigurationBuilder().AddJsonFile(path).Build();
        return new HostJson(
            json["extensions:http:routePrefix"] ?? "api",
            json.GetValue("extensions:blobs:maxDegreeOfParallelism", 8 * Environment.ProcessorCount),
            json.GetValue("extensions:blobs:poisonBlobThreshold", 5));
    }
}
