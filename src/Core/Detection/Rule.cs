using LogMonitor.Core.Parsing;
using LogMonitor.Core.Text;

namespace LogMonitor.Core.Detection;

/// <summary>How bad it is, by the Sigma specification's <c>level</c>.</summary>
public enum Level : byte { Informational, Low, Medium, High, Critical }

/// <summary>Identifies a rule: its <c>id</c> (a UUID), or its <c>name</c> where it has none.</summary>
public readonly record struct RuleId(string Value)
{
    /// <inheritdoc/>
    public override string ToString() => Value ?? "";
}

/// <summary>A rule that looks at one line at a time.</summary>
public sealed class EventRule
{
    Matcher condition;

    internal EventRule(Matcher condition) => this.condition = condition;

    /// <summary>Unique among the loaded rules.</summary>
    public required RuleId Id { get; init; }

    /// <summary>What correlations refer to; null where it has none.</summary>
    public required string? Name { get; init; }

    /// <summary>What people read about it.</summary>
    public required RuleAbout About { get; init; }

    public string Title => About.Title;
    public Level Level => About.Level;

    /// <summary>Which lines it looks at.</summary>
    public required LogSource Source { get; init; }

    /// <summary>Where it stands.</summary>
    public required string File { get; init; }

    /// <summary>Narrows it, while rules are loaded.</summary>
    internal void Require(Matcher filter) => condition = new AllOf([condition, filter]);

    internal bool IsMatch(in LogLine line, LineTexts texts) => Source.Covers(line) && condition.IsMatch(line, texts);

    internal Literals? Needs => condition.Needs;

    internal IReadOnlyCollection<long>? Statuses => condition.Statuses;
}

/// <summary>What a rule says about itself, for people.</summary>
public sealed record RuleAbout
{
    public required string Title { get; init; }
    public required Level Level { get; init; }
    public string? Description { get; init; }

    /// <summary>How far the rule can be relied on: stable, test, experimental, deprecated or unsupported.</summary>
    public string? Status { get; init; }
    public string? Author { get; init; }

    /// <summary>Such as <c>attack.t1190</c>: a technique of MITRE ATT&amp;CK.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>What may make it match without anything being wrong.</summary>
    public IReadOnlyList<string> FalsePositives { get; init; } = [];
    public IReadOnlyList<string> References { get; init; } = [];
}

/// <summary>
/// A rule about several matches: so many of its base rules' matches within a span of event time, per host and group.
/// Sigma's correlation rule of type <c>event_count</c>.
/// </summary>
/// <param name="Id">Unique among the loaded rules.</param>
/// <param name="Title">For people.</param>
/// <param name="Level">How bad it is.</param>
/// <param name="BaseRules">Whose matches count.</param>
/// <param name="GroupBy">Field names; matches are counted apart for each combination of their values.</param>
/// <param name="Timespan">The window's length, at least one second.</param>
/// <param name="Minimum">The fewest matches in a window at which the rule fires, at least 1.</param>
/// <param name="File">Where it stands.</param>
public sealed record WindowRule(
    RuleId Id, string Title, Level Level, IReadOnlyList<RuleId> BaseRules, IReadOnlyList<string> GroupBy,
    TimeSpan Timespan, long Minimum, string File)
{
    /// <summary>What people read about it.</summary>
    public required RuleAbout About { get; init; }

    /// <summary>The longest window, 7 days. A rule that asks for more is refused: each evaluation reads this far.</summary>
    public static readonly TimeSpan MaxTimespan = TimeSpan.FromDays(7);

    /// <summary>The window of a rule that alerts on a single line, 10 minutes: what comes within it belongs to the same incident.</summary>
    public static readonly TimeSpan SingleEventTimespan = TimeSpan.FromMinutes(10);

    /// <summary>The condition in words: <c>5 or more within 1 minute</c>.</summary>
    public string Threshold => $"{Minimum} or more within {Timespan.InWords()}";

    /// <summary>A rule that no correlation refers to alerts on its own: on one match, for each client apart.</summary>
    internal static WindowRule OfSingle(EventRule rule) =>
        new(rule.Id, rule.Title, rule.Level, [rule.Id], [LineField.Client], SingleEventTimespan, 1, rule.File) { About = rule.About };
}
