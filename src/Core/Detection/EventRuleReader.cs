using YamlDotNet.RepresentationModel;

namespace LogMonitor.Core.Detection;

/// <summary>Reads rules about single lines, and the filters that are put before them.</summary>
sealed class EventRuleReader(Placeholders placeholders)
{
    /// <summary>The most searches in one rule: <c>1 of</c> and <c>all of</c> each list them anew.</summary>
    const int MaxSearches = 200;

    static readonly Matcher never = new AnyOf([]);

    /// <summary>Reads a rule.</summary>
    /// <exception cref="RuleException">It is not one, or needs what is not supported.</exception>
    public EventRule Read(RuleDocument document)
    {
        var map = document.Map;
        return new EventRule(ReadCondition(map.Map("detection"), "detection", out _))
        {
            Id = RuleHead.ReadId(map),
            Name = map.OptionalText("name"),
            About = RuleHead.ReadAbout(map),
            Source = RuleHead.ReadSource(map.Map("logsource")),
            File = document.File,
        };
    }

    /// <summary>Reads a filter: a condition that the lines of some rules must meet as well.</summary>
    /// <remarks>
    /// Source: Sigma Filters Specification 2.1. Its example has <c>condition: selection</c>, and means lines to leave out; pySigma adds the condition to
    /// those of the rules, and has <c>condition: not selection</c>. Both are allow lists, so both are read as one: a condition that a line
    /// meets which none of the searches match says what to keep, any other what to leave out.
    /// </remarks>
    /// <exception cref="RuleException">It is not one.</exception>
    public EventFilter ReadFilter(RuleDocument document)
    {
        var filter = document.Map.Map("filter");
        var rules = filter.TryGet("rules", out var list) ? list : throw new RuleException(filter.Start, "'rules' is missing: a list of ids or names, or any");
        var source = document.Map.TryGet("logsource", out var node) && node is YamlMappingNode map ? RuleHead.ReadSource(map) : null;
        var references = rules.Texts("'rules'").ToList();
        if (references.Count == 0) throw new RuleException(rules.Start, "'rules' is an empty list: name the rules that are filtered, or any");
        var condition = ReadCondition(filter, "filter", out var keepsOthers);
        return new EventFilter(references is [("any" or "all", _)] ? null : references, source, keepsOthers ? condition : new Negation(condition));
    }

    /// <param name="detection">The searches and the condition.</param>
    /// <param name="section">What it is called.</param>
    /// <param name="keepsOthers">Whether a line meets the condition that none of the searches match.</param>
    Matcher ReadCondition(YamlMappingNode detection, string section, out bool keepsOthers)
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

        if (!detection.TryGet("condition", out var condition)) throw new RuleException(detection.Start, "'condition' is missing");
        var nothing = found.ToDictionary(search => search.Key, _ => never);
        keepsOthers = Parse(nothing).IsMatch(default, new LineTexts());
        return Parse(found);

        Matcher Parse(Dictionary<string, Matcher> searches)
        {
            Matcher[] conditions = [.. condition.Texts("'condition'").Select(c => ConditionParser.Parse(c.Value, c.At, searches))];
            if (conditions.Length == 0) throw new RuleException(condition.Start, "'condition' is an empty list");
            return conditions is [var single] ? single : new AnyOf(conditions);
        }
    }
}

/// <summary>A condition that lines must meet as well, for some rules to match.</summary>
/// <param name="Rules">Ids or names, with where they stand; null means every rule.</param>
/// <param name="Source">Of which source the rules must be; null means any.</param>
/// <param name="Condition">The condition.</param>
sealed record EventFilter(IReadOnlyList<(string Value, YamlDotNet.Core.Mark At)>? Rules, LogSource? Source, Matcher Condition)
{
    public bool IsFor(EventRule rule) =>
        (Source is null || Source.Includes(rule.Source)) && (Rules is null || Rules.Any(reference => reference.Value == rule.Id.Value || reference.Value == rule.Name));
}
