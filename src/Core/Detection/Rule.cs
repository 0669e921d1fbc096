using LogMonitor.Core.Parsing;

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
    public required RuleAbout About { get; set; }

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

    internal bool NeedsMessage => condition.NeedsMessage;
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
