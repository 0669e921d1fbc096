using System.Text.Json;
using LogMonitor.Core.Scanning;

namespace LogMonitor.Standalone.Tests.Scan.Support;

/// <summary>Reads what a scan wrote, by the strict contract.</summary>
static class Read
{
    public static ScanReport Report(string json) => JsonSerializer.Deserialize(json, ScanJson.Default.ScanReport)!;

    public static IReadOnlyList<ScanLine> Lines(string ndjson) =>
        [.. ndjson.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonSerializer.Deserialize(line, ScanJson.Default.ScanLine)!)];

    /// <summary>A report as JSON, to compare it as a whole.</summary>
    public static string Json(ScanReport report) => JsonSerializer.Serialize(report, ScanJson.Default.ScanReport);
}
