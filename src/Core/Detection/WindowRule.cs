using LogMonitor.Core.Text;

namespace LogMonitor.Core.Detection;

/// <summary>
/// A rule about several matches: a measure of its base rules' matches within a span of event time, per host and group. Sigma's correlation rule; also
/// the alert of a rule about single lines.
/// </summary>
public sealed record WindowRule
{
    /// <summary>Unique among the loaded rules.</summary>
    public required RuleId Id { get; init; }

    /// <summary>What correlations refer to; null where it has none.</summary>
    public string? Name { get; init; }

    /// <summary>What people read about it.</summary>
    public required RuleAbout About { get; init; }

    /// <summary>For people.</summary>
    public string Title => About.Title;

    /// <summary>How bad it is.</summary>
    public Level Level => About.Level;

    /// <summary>What is measured.</summary>
    public CorrelationType Type { get; init; }

    /// <summary>The rules about lines whose matches count.</summary>
    public required IReadOnlyList<RuleId> BaseRules { get; init; }

    /// <summary>The correlations that count: the matches that complete their windows; see <see cref="CountsOnsets"/>.</summary>
    public IReadOnlyList<RuleId> BaseCorrelations { get; init; } = [];

    /// <summary>All of both, in the order in which the rule names them.</summary>
    public IReadOnlyList<RuleId> References { get => field ?? BaseRules; init; }

    /// <summary>The titles of <see cref="References"/>.</summary>
    internal IReadOnlyList<string> ReferenceTitles { get => field ?? [.. References.Select(reference => reference.Value)]; init; }

    /// <summary>Names of fields, or of aliases of fields; matches are measured apart for each combination of their values.</summary>
    public IReadOnlyList<string> GroupBy { get; init; } = [];

    /// <summary>The fields whose values are measured; several only where different values are counted.</summary>
    public IReadOnlyList<string> ValueFields { get; init; } = [];

    /// <summary>1 to 100.</summary>
    public int Percentile { get; init; } = 50;

    /// <summary>The window's length, at least one second.</summary>
    public required TimeSpan Timespan { get; init; }

    /// <summary>How far apart the earliest and the latest match can lie that decide about one window: its length, and those of base correlations, of those whose beginnings are counted twice.</summary>
    public TimeSpan Reach { get => field == default ? Timespan : field; init; }

    /// <summary>When it fires.</summary>
    public required WindowCondition Condition { get; init; }

    /// <summary>Whether it raises alerts; a correlation that only others refer to does not.</summary>
    public bool Alerts { get; init; } = true;

    /// <summary>Where it stands.</summary>
    public required string File { get; init; }

    /// <summary>Lines that an override has on its allow list: they do not count.</summary>
    internal Matcher? Allowed { get; init; }

    /// <summary>What its matches are stored by: the group-by fields, and behind them what correlations that refer to this one need to know.</summary>
    internal IReadOnlyList<KeyField> KeyFields { get => field ?? [.. GroupBy.Select(name => new KeyField(name))]; init; }

    /// <summary>Whether further matches never take a firing away. Only then what was found with some of the matches stands.</summary>
    public bool Grows { get => field && Condition.IsLower && Type is not (CorrelationType.ValueAverage or CorrelationType.ValuePercentile or CorrelationType.ValueMedian); init; } = true;

    /// <summary>Whether it counts the beginnings of base correlations' firings, and not each match that completes a window of theirs.</summary>
    internal bool CountsOnsets => Type is not (CorrelationType.ValueCount or CorrelationType.Temporal or CorrelationType.TemporalOrdered);

    /// <summary>The fewest matches with which it can fire.</summary>
    public long Minimum => Type switch
    {
        CorrelationType.EventCount or CorrelationType.ValueCount or CorrelationType.Temporal => Condition.Minimum,
        CorrelationType.TemporalOrdered => References.Count,
        _ => 1,
    };

    /// <summary>The longest window, 7 days. A rule that asks for more is refused: each evaluation reads this far.</summary>
    public static readonly TimeSpan MaxTimespan = TimeSpan.FromDays(7);

    /// <summary>The window of a rule that alerts on a single line, 10 minutes: what comes within it belongs to the same incident.</summary>
    public static readonly TimeSpan SingleEventTimespan = TimeSpan.FromMinutes(10);

    /// <summary>The condition in words: <c>5 or more within 1 minute</c>.</summary>
    public string Threshold => $"{MeasureInWords()} within {Timespan.InWords()}";

    string MeasureInWords()
    {
        var field = string.Join(" and ", ValueFields);
        return Type switch
        {
            CorrelationType.EventCount => Condition.InWords(),
            CorrelationType.ValueCount => $"{Condition.InWords()} different values of {field}",
            CorrelationType.Temporal when Condition.IsLower && Condition.Minimum == References.Count => $"all of: {string.Join(", ", ReferenceTitles)}",
            CorrelationType.Temporal => $"{Condition.InWords()} of: {string.Join(", ", ReferenceTitles)}",
            CorrelationType.TemporalOrdered => string.Join(", then ", ReferenceTitles),
            CorrelationType.ValueSum => $"a sum of {field} of {Condition.InWords()}",
            CorrelationType.ValueAverage => $"an average of {field} of {Condition.InWords()}",
            CorrelationType.ValueMedian => $"a median of {field} of {Condition.InWords()}",
            _ => $"a {Percentile}th percentile of {field} of {Condition.InWords()}",
        };
    }

    /// <summary>A rule that no correlation refers to alerts on its own: on one match, for each client apart.</summary>
    internal static WindowRule OfSingle(EventRule rule) => new()
    {
        Id = rule.Id,
        Name = rule.Name,
        About = rule.About,
        BaseRules = [rule.Id],
        GroupBy = [LineField.Client],
        Timespan = SingleEventTimespan,
        Condition = WindowCondition.AtLeast(1),
        File = rule.File,
    };
}

/// <summary>A field by which matches are stored.</summary>
/// <param name="Name">The field, or an alias for a field that is another one for each base rule.</param>
/// <param name="OfRule">Base rule → the field that the alias stands for there; null where it is no alias.</param>
sealed record KeyField(string Name, IReadOnlyDictionary<RuleId, string>? OfRule = null)
{
    /// <summary>The field's name in lines that a base rule matches.</summary>
    public string For(RuleId rule) => OfRule?.GetValueOrDefault(rule) ?? Name;
}
