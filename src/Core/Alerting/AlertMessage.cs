using LogMonitor.Core.Text;

namespace LogMonitor.Core.Alerting;

/// <summary>
/// What a notification says; the same content in every channel's own form. Everything that stems from a log or a rule
/// is a <see cref="DisplayText"/>: one printable line.
/// </summary>
public sealed record AlertMessage
{
    /// <summary>Identifies the alert for the life of its incident.</summary>
    public required string AlertId { get; init; }
    /// <summary>The same for every incident of one rule, host and group: 16 hex digits.</summary>
    public required string Fingerprint { get; init; }
    public required DisplayText Title { get; init; }
    /// <summary>The rule's id.</summary>
    public required string RuleId { get; init; }
    /// <summary>informational, low, medium, high or critical.</summary>
    public required string Level { get; init; }
    public required DisplayText Host { get; init; }
    /// <summary>The group-by fields and their values, such as <c>c-ip = 203.0.113.7</c>; empty for a rule without.</summary>
    public IReadOnlyList<KeyValuePair<string, DisplayText>> Group { get; init; } = [];
    /// <summary>Matches in the incident so far.</summary>
    public required long Count { get; init; }
    /// <summary>The most matches within one window.</summary>
    public required long Peak { get; init; }
    /// <summary>The condition in words, such as <c>5 or more within 1 minute</c>.</summary>
    public required string Threshold { get; init; }
    /// <summary>Techniques of MITRE ATT&amp;CK that the rule names, such as <c>T1190</c>.</summary>
    public IReadOnlyList<string> Techniques { get; init; } = [];
    /// <summary>Event time of the first match, UTC.</summary>
    public required DateTimeOffset First { get; init; }
    /// <summary>Event time of the last match, UTC.</summary>
    public required DateTimeOffset Last { get; init; }
    /// <summary>The first matching lines.</summary>
    public IReadOnlyList<DisplayText> Samples { get; init; } = [];
    /// <summary>Other new alerts that this message is about, too, a line each.</summary>
    public IReadOnlyList<DisplayText> Others { get; init; } = [];
    /// <summary>Where to look further: the alert's page on the dashboard; null where no dashboard address is configured.</summary>
    public Uri? DashboardUrl { get; init; }
    /// <summary>Where to acknowledge it; null where that is not possible, or makes no sense. It lets in whoever has it: for people's messages only.</summary>
    public Uri? AcknowledgeUrl { get; init; }
    /// <summary>opened, repeated, escalated or resolved.</summary>
    public required string Kind { get; init; }
    /// <summary>Why this notification goes out now: the named reason of the decision.</summary>
    public required string Reason { get; init; }
}
