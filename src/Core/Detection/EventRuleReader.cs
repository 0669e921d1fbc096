using YamlDotNet.RepresentationModel;

namespace LogMonitor.Core.Detection;

/// <summary>Reads rules about single lines, and the filters that are put before them.</summary>
sealed class EventRuleReader(Placeholders placeholders)
{
    /// <summary>The most searches in one rule: <c>1 of</c> and <c>all of</c> each list them anew.</summary>
    const int MaxSearches = 200;

    /// <summary>Reads a rule.</summary>
    /// <exception cref="RuleException">It is not one, or needs what is not supported.</exception>
    public EventRule Read(RuleDocument document)
    {
        var map = document.Map;
        return new EventRule(ReadCondition(map.Map("detection"), "detection"))
        {
            Id = RuleHead.ReadId(map),
            Name = map.OptionalText("name"),
            About = RuleHead.ReadAbout(map),
            Source = RuleHead.ReadSource(map.Map("logsource")),
            File = document.File,
        };
    }

    /// <summary>Reads a filter: a condition that the lines of some rules must meet as well.</summary>
    /// <remarks>Source: Sigma Filters Specification 2.1.</remarks>
    /// <exception cref="RuleException">It is not one.</exception>
    public EventFilter ReadFilter(RuleDocument document)
    {
        var filter = document.Map.Map("filter");
        var rules = filter.TryGet("rules", out var list) ? list : throw new RuleException(filter.Start, "'rules' is missing: a list of ids or names, or any");
        var source = document.Map.TryGet("logsource", out var node) && node is YamlMappingNode map ? RuleHead.ReadSource(map) : null;
        var references = rules.Texts("'rules'").ToList();
        if (references.Count == 0) throw new RuleException(rules.Start, "'rules' is an empty list: name the rules that are filtered, or any");
        return new EventFilter(references is [("any", _)] ? null : references, source, ReadCondition(filter, "filter"));
    }

    Matcher ReadCondition(YamlMappingNode detection, string section)
    {
        var searches = new SearchReader(placeholders);
        var found = new Dictionary<string, Matcher>(StringComparer.Ordinal);
        foreach (var (key, node) in detection.Children)
            if (key.Scalar("a search's name") is var name && name is not ("condition" or "timeframe") && !(section == "filter" && name == "rules")
                && !found.TryAdd(name, searches.Read(name, node)))
                throw new RuleException(key.Start, $"'{name}' is there twice");
        if (found.Count > MaxSearches) throw new RuleException(detection.Start, $"'{section}' has {found.Count} searches, at most {MaxSearches} are supported");
        if (detection.TryGet("timeframe", out var timeframe))
            throw new RuleException(timeframe.Start, "'timeframe' is of Sigma 1; write a correlation rule with 'timespan'");

        Matcher[] conditions = detection.TryGet("condition", out var condition)
            ? [.. condition.Texts("'condition'").Select(c => ConditionParser.Parse(c.Value, c.At, found))]
            : throw new RuleException(detection.Start, "'condition' is missing");
        if (conditions.Length == 0) throw new RuleException(condition.Start, "'condition' is an empty list");
        return conditions is [var single] ? single : new AnyOf(conditions);
    }
}

/// <summary>A condition that lines must meet as well, for some rules to match.</summary>
/// <param name="Rules">Ids or names, with where they stand; null means every rule.</param>
/// <param name="Source">Of which source the rules must be; null means any.</param>
/// <param name="Condition">The condition.</param>
sealed record EventFilter(IReadOnlyList<(string Value, YamlDotNet.Core.Mark At)>? Rules, LogSource? Source, Matcher Condition)
{
    public bool IsFor(EventRule rule) =>
        (Source is null || Source == rule.Source) && (Rules is null || Rules.Any(reference => reference.Value == rule.Id.Value || reference.Value == rule.Name));
}
