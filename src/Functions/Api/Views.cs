using System.Text.Json.Serialization;
using LogMonitor.Core.Text;

namespace LogMonitor.Functions.Api;

// The API's contract with the page and with scripts: fields are only ever added. Text that stems from logs is of a type that is in display form.

/// <summary>A report row.</summary>
public sealed record ReportView(
    DateTimeOffset Time, string Host, int Chunks, int Quarantined, long Lines, long Access, long Error, long Unknown,
    DateTimeOffset? FirstEvent, DateTimeOffset? LastEvent, IReadOnlyDictionary<int, long> Statuses,
    IReadOnlyList<RuleView> Rules, IReadOnlyList<DisplayText> Problems, IReadOnlyList<UnknownView> UnknownSamples, string Summary);

/// <summary>What a rule came to in a report.</summary>
public sealed record RuleView(string Rule, string Title, string Level, string Threshold, long Matches, long Peak, string Decision);

/// <summary>A line that did not parse.</summary>
public sealed record UnknownView(long Line, string Reason, DisplayText Text);

/// <summary>Counts per minute, of the minutes From to Until, both included; minutes without lines are left out.</summary>
public sealed record CountsView(DateTimeOffset From, DateTimeOffset Until, IReadOnlyList<MinuteView> Minutes);

/// <summary>One minute of event time over all hosts, or one.</summary>
public sealed record MinuteView(DateTimeOffset Minute, long Access, long Error, long Unknown, IReadOnlyDictionary<int, long> Statuses);

/// <summary>An alert.</summary>
public sealed record AlertView(
    string Id, string State, string Rule, string Title, string Level, string Host, IReadOnlyDictionary<string, DisplayText> Group,
    DateTimeOffset First, DateTimeOffset Last, long Count, long Peak, string Threshold, IReadOnlyList<DisplayText> Samples,
    string Reason, IReadOnlyList<HistoryView> History);

/// <summary>Something that happened to an alert.</summary>
public sealed record HistoryView(DateTimeOffset Time, string Event, string Reason);

/// <summary>A host.</summary>
public sealed record HostView(string Host, DateTimeOffset? LastIngest, DateTimeOffset? LastEvent, DateTimeOffset? LastHeartbeat);

/// <summary>Why a request was refused.</summary>
public sealed record ErrorView(string Error);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(IReadOnlyList<ReportView>))]
[JsonSerializable(typeof(CountsView))]
[JsonSerializable(typeof(IReadOnlyList<AlertView>))]
[JsonSerializable(typeof(IReadOnlyList<HostView>))]
[JsonSerializable(typeof(ErrorView))]
sealed partial class ApiJson : JsonSerializerContext;
