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
    string Reason, IReadOnlyList<HistoryView> History, AcknowledgementView? Acknowledged = null, DateTimeOffset? SilencedUntil = null);

/// <summary>Something that happened to an alert.</summary>
public sealed record HistoryView(DateTimeOffset Time, string Event, DisplayText Reason);

/// <summary>Who deals with an alert.</summary>
public sealed record AcknowledgementView(DateTimeOffset At, DisplayText By, DisplayText? Comment);

/// <summary>An alert with all that is known of it.</summary>
/// <param name="Alert">As in the list.</param>
/// <param name="Name">The rule's name, where it has one.</param>
/// <param name="Opened">When it was opened, in processing time.</param>
/// <param name="Resolved">When it was over.</param>
/// <param name="PartOf">The alert that it became part of, where it was merged.</param>
/// <param name="Techniques">Of MITRE ATT&amp;CK.</param>
/// <param name="Deliveries">The messages about it, oldest first.</param>
/// <param name="Silences">Those about it, that hold or are to come.</param>
/// <param name="Operator">Who asks.</param>
public sealed record AlertDetailsView(
    AlertView Alert, string? Name, DateTimeOffset Opened, DateTimeOffset? Resolved, string? PartOf, IReadOnlyList<string> Techniques,
    IReadOnlyList<DeliveryView> Deliveries, IReadOnlyList<SilenceView> Silences, OperatorView Operator);

/// <summary>A message to one channel.</summary>
/// <param name="State">pending, sent or dropped.</param>
/// <param name="NextAttempt">Of a pending one.</param>
/// <param name="LastResult">What the last attempt came to.</param>
/// <param name="History">The attempts, oldest first; the latest 20.</param>
/// <param name="With">The alert that the message is about first, where it is another.</param>
public sealed record DeliveryView(
    string Channel, string Kind, string Reason, string State, int Attempts, DateTimeOffset? NextAttempt, DisplayText? LastResult, IReadOnlyList<AttemptView> History, string? With);

/// <summary>One attempt to deliver.</summary>
public sealed record AttemptView(DateTimeOffset At, DisplayText Result);

/// <summary>A silence.</summary>
/// <param name="Match">Which alerts, in words.</param>
/// <param name="From">Absent: ever since.</param>
/// <param name="Holds">Whether it has begun.</param>
/// <param name="CanEnd">Whether it was added by somebody; those of alerts.yml end there.</param>
public sealed record SilenceView(string Id, DisplayText Match, DateTimeOffset? From, DateTimeOffset Until, DisplayText Comment, DisplayText? By, bool Holds, bool CanEnd);

/// <summary>Who asks.</summary>
/// <param name="Name">As the platform has signed them in; absent where nobody signs in.</param>
/// <param name="WhyReadOnly">Why they may not acknowledge and silence; absent where they may.</param>
public sealed record OperatorView(string? Name, string? WhyReadOnly);

/// <summary>A silence that was ended.</summary>
public sealed record EndedView(string Ended);

/// <summary>Somebody deals with an alert.</summary>
/// <param name="By">Who; heeded only where nobody signs in.</param>
/// <param name="Comment">What is being done, or nothing.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record AcknowledgeRequest(string? By, string? Comment);

/// <summary>Nobody is to be told of an alert for a while.</summary>
/// <param name="For">30m, 2h, 1d; at most 30 days.</param>
/// <param name="By">Who; heeded only where nobody signs in.</param>
/// <param name="Comment">Why.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record SilenceRequest(string? For, string? By, string? Comment);

/// <summary>A host.</summary>
public sealed record HostView(string Host, DateTimeOffset? LastIngest, DateTimeOffset? LastEvent, DateTimeOffset? LastHeartbeat);

/// <summary>How LogMonitor itself is.</summary>
/// <param name="Status">healthy, degraded or unhealthy: that of the worst check.</param>
public sealed record HealthView(string Status, IReadOnlyList<CheckView> Checks);

/// <summary>How one part is.</summary>
/// <param name="Problems">What is wrong, where, and what to do; absent for those who may not see it.</param>
public sealed record CheckView(string Name, string Status, IReadOnlyList<DisplayText>? Problems);

/// <summary>Why a request was refused.</summary>
public sealed record ErrorView(string Error);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(IReadOnlyList<ReportView>))]
[JsonSerializable(typeof(CountsView))]
[JsonSerializable(typeof(IReadOnlyList<AlertView>))]
[JsonSerializable(typeof(AlertDetailsView))]
[JsonSerializable(typeof(AcknowledgeRequest))]
[JsonSerializable(typeof(SilenceRequest))]
[JsonSerializable(typeof(EndedView))]
[JsonSerializable(typeof(IReadOnlyList<HostView>))]
[JsonSerializable(typeof(HealthView))]
[JsonSerializable(typeof(ErrorView))]
sealed partial class ApiJson : JsonSerializerContext;
