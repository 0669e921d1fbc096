using LogMonitor.Core.Detection;
using LogMonitor.Core.Scanning;

namespace LogMonitor.Standalone.Scan;

/// <summary>What a scan writes: a report for people, the same as JSON, or an object for each line.</summary>
enum ScanOutput { Text, Json, NdJson }

/// <summary>What <c>logmonitor scan</c> was asked.</summary>
sealed record ScanRequest
{
    /// <summary>Paths; <c>-</c> is standard input.</summary>
    public required IReadOnlyList<string> Files { get; init; }
    public ScanOutput Output { get; init; }
    public ScanOptions Options { get; init; } = new();

    /// <summary>Directories; none for the rules beside the program.</summary>
    public IReadOnlyList<string> Rules { get; init; } = [];

    /// <summary>Directories whose rules run beside those that come with the program; not together with <see cref="Rules"/>.</summary>
    public IReadOnlyList<string> AddedRules { get; init; } = [];

    /// <summary>Alerts of this level and above make the exit code 1; null for none.</summary>
    public Level? FailOn { get; init; }
}
