using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using LogMonitor.Core.Detection;

namespace LogMonitor.Core.Alerting;

/// <summary>Where an alert stands in its life.</summary>
public enum AlertState
{
    Open,
    /// <summary>Quiet for the rule's window and the grace.</summary>
    Resolved,
    /// <summary>Late matches showed that it was part of another alert's incident.</summary>
    Merged,
    /// <summary>Late matches showed that there was none: its rule asks for few matches, say, and there were more.</summary>
    Withdrawn,
}

/// <summary>What makes two firings the same problem: rule, host and group. 16 hex digits.</summary>
public readonly record struct Fingerprint(string Value)
{
    /// <summary>The fingerprint of a rule's group on a host.</summary>
    public static Fingerprint Of(string host, MatchKey key)
    {
        var identity = string.Join('\0', [key.Rule.Value, host, .. key.Group]);
        return new(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(identity)).AsSpan(0, 8)));
    }

    /// <inheritdoc/>
    public override string ToString() => Value ?? "";
}

/// <summary>
/// One incident, for people: what fired, how much, since when, and what was done about it (invariant I7). The incident's part
/// (First, Last, Peak, Count, Samples) is a pure function of the matches; the rest is the history of our decisions.
/// </summary>
public sealed partial record Alert
{
    /// <summary>The fingerprint and the first match's time when it was opened: stable for the life of the alert.</summary>
    public required string Id { get; init; }
    public required Fingerprint Fingerprint { get; init; }
    public required string Rule { get; init; }

    /// <summary>The rule's name, where it has one.</summary>
    public string? Name { get; init; }
    public required string Title { get; init; }
    public required Level Level { get; init; }
    public required string Host { get; init; }

    /// <summary>Group-by field → value, in the rule's order.</summary>
    public IReadOnlyList<GroupValue> Group { get; init; } = [];

    /// <summary>The rule's tags, such as <c>attack.t1190</c>; null for alerts that were opened by versions before.</summary>
    public IReadOnlyList<string>? Tags { get; init; }

    /// <summary>The rule's condition in words.</summary>
    public required string Threshold { get; init; }

    /// <summary>How long without a match ends the incident: the rule's window and the grace.</summary>
    public required TimeSpan Quiet { get; init; }

    /// <summary>Event time of the first match.</summary>
    public required DateTimeOffset First { get; init; }

    /// <summary>Event time of the last match that completed a window.</summary>
    public required DateTimeOffset Last { get; init; }

    /// <summary>The most matches in one window.</summary>
    public required long Peak { get; init; }

    /// <summary>Matches from First to Last, by event hour: so that hours can be counted anew when late lines arrive.</summary>
    public required SortedDictionary<long, long> HourCounts { get; init; }

    /// <summary>Matches from First to Last.</summary>
    public long Count => HourCounts.Values.Sum();

    /// <summary>The first matching lines by event time.</summary>
    public IReadOnlyList<MatchSample> Samples { get; init; } = [];

    public AlertState State { get; init; }
    public required DateTimeOffset OpenedAt { get; init; }

    /// <summary>When matches of it last came in.</summary>
    public required DateTimeOffset SeenAt { get; init; }
    public DateTimeOffset? ResolvedAt { get; init; }

    /// <summary>When the last notification about it was decided.</summary>
    public DateTimeOffset? NotifiedAt { get; init; }

    /// <summary>When it was first told of.</summary>
    public DateTimeOffset? FirstNotifiedAt { get; init; }

    /// <summary>What it was told of together with others by; null where it was told of alone.</summary>
    public string? NotifiedGroup { get; init; }

    /// <summary>When others were told because nobody had acknowledged it.</summary>
    public DateTimeOffset? EscalatedAt { get; init; }

    /// <summary>Since when somebody deals with it.</summary>
    public DateTimeOffset? AcknowledgedAt { get; init; }

    /// <summary>Who does.</summary>
    public string? AcknowledgedBy { get; init; }

    /// <summary>When its end was told; null again when it is told that it goes on.</summary>
    public DateTimeOffset? EndToldAt { get; init; }

    /// <summary>Whether all was decided about it after it was withdrawn.</summary>
    public bool IsClosed { get; init; }

    /// <summary>Whether something is still to be decided about it: it is open, or was told of and then withdrawn.</summary>
    public bool IsPending => State == AlertState.Open || (State == AlertState.Withdrawn && NotifiedAt is not null && !IsClosed);

    /// <summary>How many notifications were decided; part of each delivery's key.</summary>
    public int Notifications { get; init; }

    /// <summary>The kind and reason of the last notification decided.</summary>
    public NotificationDecision? LastDecision { get; init; }

    /// <summary>What happened to it, oldest first; at most <see cref="MaxHistory"/>, the oldest but the first dropped.</summary>
    public IReadOnlyList<AlertHistoryEntry> History { get; init; } = [];

    /// <summary>50.</summary>
    public const int MaxHistory = 50;

    /// <summary>5.</summary>
    public const int MaxSamples = 5;

    /// <summary>Event hours that are counted apart, 30 days. Earlier ones are summed into the earliest.</summary>
    public const int MaxHours = 720;

    internal Firing Interval => new(First.ToUnixTimeMilliseconds(), Last.ToUnixTimeMilliseconds(), Peak);

    internal Alert With(AlertEvent what, string reason, DateTimeOffset now) => this with
    {
        History = [.. History.Count < MaxHistory ? History : [History[0], .. History.Skip(2)], new AlertHistoryEntry(now, what, reason)],
    };

    internal static string IdOf(Fingerprint fingerprint, long first) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{fingerprint}-{first:x12}");

    /// <summary><c>Burst of 404s on web1, c-ip 203.0.113.7</c>; not in display form.</summary>
    public string InWords() => $"{Title} on {Host}{string.Concat(Group.Select(group => $", {group.Field} {group.Value}"))}";

    /// <summary>The techniques of MITRE ATT&amp;CK among the tags, such as <c>T1190</c> or <c>T1110.003</c>.</summary>
    public IReadOnlyList<string> FindTechniques() => [.. (Tags ?? []).Where(tag => Technique().IsMatch(tag)).Select(tag => tag["attack.".Length..].ToUpperInvariant())];

    [GeneratedRegex(@"\Aattack\.t[0-9]{4}(\.[0-9]{3})?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Technique();
}

/// <summary>A group-by field and its value, in display form.</summary>
public sealed record GroupValue(string Field, string Value);

/// <summary>What can happen to an alert.</summary>
public enum AlertEvent { Opened, Notified, Suppressed, Reopened, Merged, Resolved, Withdrawn, Acknowledged }

/// <summary>A decision, with its named reason.</summary>
public sealed record AlertHistoryEntry(DateTimeOffset Time, AlertEvent Event, string Reason);
