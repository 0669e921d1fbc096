using System.Globalization;
using LogMonitor.Core.Alerting;
using LogMonitor.Core.Text;

namespace LogMonitor.Notifications;

/// <summary>
/// What a notification says, before it takes a channel's form: worded once, so that mail, and whatever comes after it,
/// tell the same. Everything here is <see cref="DisplayText"/>, also what the caller believes harmless (a rule's id, a
/// reason): a form needs to encode for its syntax only.
/// </summary>
sealed record MessageContent
{
    /// <summary>Subjects end here, in characters: longer ones are cut or folded by mail programs, each its own way.</summary>
    public const int MaxSubject = 150;

    /// <summary>Lines quoted; the dashboard has the others.</summary>
    public const int MaxSamples = 5;

    const int MaxSample = 300;
    const int MaxValue = 200;
    const int MaxGroups = 20;
    const int MaxOthers = 10;
    const int MaxHostInSubject = 50;

    public required AlertState State { get; init; }
    public required DisplayText Level { get; init; }
    public required DisplayText Subject { get; init; }
    /// <summary>What happened where, such as <c>404 burst on web1</c>.</summary>
    public required DisplayText Heading { get; init; }
    /// <summary>The one or two sentences that someone reads on a locked phone.</summary>
    public required DisplayText Summary { get; init; }
    public required IReadOnlyList<(DisplayText Label, DisplayText Value)> Facts { get; init; }
    public required IReadOnlyList<DisplayText> Samples { get; init; }
    /// <summary>An http or https address, or null.</summary>
    public required Uri? Link { get; init; }
    /// <summary>Where to acknowledge: an http or https address, or null.</summary>
    public required Uri? Acknowledge { get; init; }

    public static MessageContent From(AlertMessage message)
    {
        var state = message.Kind switch
        {
            "resolved" => AlertState.Resolved,
            "repeated" => AlertState.Repeated,
            "escalated" => AlertState.Escalated,
            // A kind that this version does not know is told like a new alert: too loud rather than too quiet.
            _ => AlertState.Opened,
        };
        var level = DisplayText.From(message.Level, 20);
        return new()
        {
            State = state,
            Level = level,
            Subject = SubjectOf(message, state, level),
            Heading = DisplayText.From($"{DisplayText.From(message.Title.ToString(), MaxValue)}{On(message.Host, MaxValue)}"),
            Summary = SummaryOf(message, state),
            Facts = [.. FactsOf(message)],
            Samples = [.. message.Samples.Take(MaxSamples).Select(sample => DisplayText.From(sample.ToString(), MaxSample))],
            Link = AsLink(message.DashboardUrl),
            Acknowledge = AsLink(message.AcknowledgeUrl),
        };
    }

    static Uri? AsLink(Uri? address) => address is { IsAbsoluteUri: true, Scheme: "http" or "https" } ? address : null;

    /// <summary>Cuts the title, which is free text, and keeps level, host and count, which are what a reader sorts by.</summary>
    static DisplayText SubjectOf(AlertMessage message, AlertState state, DisplayText level)
    {
        var start = state switch
        {
            AlertState.Resolved => "[LogMonitor] resolved: ",
            AlertState.Repeated => $"[LogMonitor] {level}, still active: ",
            AlertState.Escalated => $"[LogMonitor] {level}, not acknowledged: ",
            _ => $"[LogMonitor] {level}: ",
        };
        var end = $"{On(message.Host, MaxHostInSubject)} ({Matches(message.Count)})";
        var title = DisplayText.From(message.Title.ToString(), Math.Max(1, MaxSubject - 1 - start.Length - end.Length));
        return DisplayText.From($"{start}{title}{end}", MaxSubject);
    }

    static DisplayText SummaryOf(AlertMessage message, AlertState state)
    {
        var when = Window(message.First, message.Last);
        var threshold = DisplayText.From(message.Threshold, MaxValue);
        var words = state switch
        {
            AlertState.Resolved when message.Reason == nameof(NotificationReason.Withdrawn) => "Late lines have shown that there was nothing to tell.",
            AlertState.Resolved => $"It is quiet again. {Matches(message.Count)} in all, {when}.",
            AlertState.Repeated => $"It has not stopped: {Matches(message.Count)} so far, {when}. The alert is for {threshold}.",
            AlertState.Escalated => $"Nobody has acknowledged it. {Matches(message.Count)} so far, {when}. The alert is for {threshold}.",
            _ => $"{Matches(message.Count)}, {when}. The alert is for {threshold}.",
        };
        return DisplayText.From(words + AndOthers(message, state));
    }

    static string AndOthers(AlertMessage message, AlertState state)
    {
        if (message.Others.Count == 0) return "";
        var others = message.Others.Count == 1 ? "One more alert" : $"{Number(message.Others.Count)} more alerts";
        return $" {others} {state switch
        {
            AlertState.Resolved => message.Others.Count == 1 ? "is over as well" : "are over as well",
            AlertState.Repeated => message.Others.Count == 1 ? "goes on as well" : "go on as well",
            AlertState.Escalated => message.Others.Count == 1 ? "waits for somebody, too" : "wait for somebody, too",
            _ => "came with it",
        }}.";
    }

    static IEnumerable<(DisplayText, DisplayText)> FactsOf(AlertMessage message)
    {
        if (message.Host != DisplayText.Empty) yield return Fact("Host", message.Host.ToString());
        foreach (var (field, value) in message.Group.Take(MaxGroups)) yield return Fact(field, value.ToString());
        if (message.Group.Count > MaxGroups) yield return Fact("…", $"{message.Group.Count - MaxGroups} more fields");
        yield return Fact("Matches", Number(message.Count));
        yield return Fact("Threshold", message.Threshold);
        yield return Fact("Measured", $"{Number(message.Peak)} at most");
        yield return Fact("First match", $"{Time(message.First)} UTC");
        yield return Fact("Last match", $"{Time(message.Last)} UTC");
        yield return Fact("Level", message.Level);
        if (message.Techniques.Count > 0) yield return Fact("MITRE ATT&CK", string.Join(", ", message.Techniques));
        foreach (var other in message.Others.Take(MaxOthers)) yield return Fact("With it", other.ToString());
        if (message.Others.Count > MaxOthers) yield return Fact("…", $"{Number(message.Others.Count - MaxOthers)} more alerts");
        yield return Fact("Rule", message.RuleId);
        yield return Fact("Sent because", message.Reason);
        yield return Fact("Alert", message.AlertId);
    }

    static (DisplayText, DisplayText) Fact(string label, string value) =>
        (DisplayText.From(label, 60), DisplayText.From(value, MaxValue));

    static string On(DisplayText host, int maxLength) =>
        host == DisplayText.Empty ? "" : $" on {DisplayText.From(host.ToString(), maxLength)}";

    static string Matches(long count) => count == 1 ? "1 match" : $"{Number(count)} matches";

    static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    static string Window(DateTimeOffset first, DateTimeOffset last)
    {
        if (Time(first) == Time(last)) return $"at {Time(first)} UTC";
        var sameDay = first.UtcDateTime.Date == last.UtcDateTime.Date;
        return $"from {Time(first)} to {(sameDay ? Time(last)[11..] : Time(last))} UTC";
    }

    static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
}
