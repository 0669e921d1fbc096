using System.Text.Json;
using System.Text.Json.Serialization;
using LogMonitor.Core.Detection;

namespace LogMonitor.Core.Scanning;

/// <summary>
/// What a scan found: the document of <c>logmonitor scan --output json</c>. A contract: names and meanings stay, further properties may come.
/// It depends on the input and the options alone, so the same scan gives the same bytes.
/// </summary>
/// <remarks>
/// Text that comes from a log is cut to what its property says; bytes that are not UTF-8 stand as U+FFFD. The document is ASCII:
/// everything else is escaped, so that it can be shown on any terminal and put into any page.
/// </remarks>
public sealed record ScanReport
{
    /// <summary>Lines that were counted: access, error and unknown together.</summary>
    public required long Lines { get; init; }

    /// <summary>Lines outside <c>--since</c> and <c>--until</c>; nothing else counts them.</summary>
    public required long SkippedLines { get; init; }

    /// <summary>Bytes read, decompressed.</summary>
    public required long Bytes { get; init; }

    /// <summary>Lines by class.</summary>
    public required ScanClasses Classes { get; init; }

    /// <summary>Format → lines. Those that fit none are not in it.</summary>
    public required SortedDictionary<string, long> Formats { get; init; }

    /// <summary>HTTP status → lines.</summary>
    public required SortedDictionary<int, long> Statuses { get; init; }

    /// <summary>The earliest event time; absent where no line has one.</summary>
    public DateTime? First { get; init; }

    /// <summary>The latest event time; absent where no line has one.</summary>
    public DateTime? Last { get; init; }

    /// <summary>Clients' addresses or names.</summary>
    public required ScanValues Clients { get; init; }

    /// <summary>Paths of requests, without the query.</summary>
    public required ScanValues Paths { get; init; }
    public required ScanValues UserAgents { get; init; }

    /// <summary>The rules about single lines that matched any, in the order of how many.</summary>
    public required IReadOnlyList<ScanRule> Rules { get; init; }

    /// <summary>The alerts that LogMonitor would have raised, by the time of their first match.</summary>
    public required IReadOnlyList<ScanAlert> Alerts { get; init; }

    /// <summary>What did not fit into memory, and may have lessened the alerts; absent where nothing was dropped.</summary>
    public ScanDropped? Dropped { get; init; }

    /// <summary>The first lines that no format fits, at most 3.</summary>
    public required IReadOnlyList<ScanUnknown> UnknownSamples { get; init; }

    /// <summary>Rules that were skipped, and why: <c>file:line:column: message</c>.</summary>
    public required IReadOnlyList<string> RuleErrors { get; init; }

    /// <summary>Files that could not be read to their ends, and why. Their lines up to there are counted.</summary>
    public required IReadOnlyList<string> InputErrors { get; init; }

    internal static DateTime Time(long unixMilliseconds) => DateTime.UnixEpoch.AddMilliseconds(unixMilliseconds);
}

/// <summary>Lines by class.</summary>
public sealed record ScanClasses(long Access, long Error, long Unknown);

/// <summary>The most frequent values of a field.</summary>
/// <param name="Error">How much too low a count may be; 0 up to 40,000 different values of 2 MiB together.</param>
/// <param name="Top">The most frequent ones, at most 10.</param>
/// <param name="Distinct">How many different ones there are; absent where there were too many to count (see <paramref name="Error"/>).</param>
public sealed record ScanValues(long Error, IReadOnlyList<ScanValue> Top, [property: JsonPropertyOrder(-1)] long? Distinct = null); // the default: what may be absent is not required

/// <summary>A value of a field.</summary>
/// <param name="Value">The value; the first 256 bytes of a longer one, which is counted together with those that begin alike.</param>
/// <param name="Lines">Lines that have it.</param>
public sealed record ScanValue(string Value, long Lines);

/// <summary>A rule about single lines, and how many it matched.</summary>
public sealed record ScanRule(string Rule, string Title, Level Level, long Lines);

/// <summary>An alert that LogMonitor would have raised: one for each incident of a rule and group.</summary>
/// <param name="Rule">The rule's id.</param>
/// <param name="Title">The rule's title.</param>
/// <param name="Level">How bad it is.</param>
/// <param name="Group">Group-by field → value, in the rule's order; in display form, cut at 120 characters.</param>
/// <param name="First">Event time of the first match.</param>
/// <param name="Last">Event time of the last match that reached the threshold.</param>
/// <param name="Count">Matches from First to Last.</param>
public sealed record ScanAlert(string Rule, string Title, Level Level, Dictionary<string, string> Group, DateTime First, DateTime Last, long Count);

/// <summary>What was dropped beyond the limits of memory.</summary>
/// <param name="Groups">Groups of window rules; one that came back is counted again.</param>
/// <param name="Matches">Matches, in those groups or alone.</param>
public sealed record ScanDropped(long Groups, long Matches);

/// <summary>A line that no format fits.</summary>
/// <param name="Line">Its number in the file, from 1.</param>
/// <param name="Reason">Why it did not parse.</param>
/// <param name="Text">Its beginning in display form: characters that can't be shown stand as <c>\xHH</c> or <c>\u{H}</c>.</param>
/// <param name="File">The file as it was given; absent where one input was scanned.</param>
public sealed record ScanUnknown(long Line, string Reason, string Text, [property: JsonPropertyOrder(-1)] string? File = null);

/// <summary>How the documents of a scan are written, and read: strictly, so that a property nobody knows is an error.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(LevelConverter)])]
[JsonSerializable(typeof(ScanReport))]
[JsonSerializable(typeof(ScanLine))]
public sealed partial class ScanJson : JsonSerializerContext;

sealed class LevelConverter() : JsonStringEnumConverter<Level>(JsonNamingPolicy.CamelCase, allowIntegerValues: false);
