using System.Globalization;
using System.Text.RegularExpressions;
using LogMonitor.Core.Text;
using YamlDotNet.RepresentationModel;

namespace LogMonitor.Core.Detection;

/// <summary>Reads correlation rules: so far those of type event_count with gte or gt.</summary>
/// <param name="rules">Id or name → the rules they refer to.</param>
sealed partial class CorrelationReader(IReadOnlyDictionary<string, EventRule> rules)
{
    static readonly string[] keys = ["type", "rules", "group-by", "timespan", "condition", "generate"];

    /// <summary>The ids and names that a correlation refers to, whether or not it can be read.</summary>
    public static IEnumerable<string> ReferencesOf(YamlMappingNode map) =>
        map.TryGet("correlation", out var node) && node is YamlMappingNode correlation && correlation.TryGet("rules", out var rules)
            ? (rules is YamlSequenceNode list ? list.Children : [rules]).OfType<YamlScalarNode>().Select(scalar => scalar.Value ?? "")
            : [];

    /// <summary>Whether the rules that it refers to alert on their own as well: Sigma's <c>generate</c>.</summary>
    public static bool Generates(YamlMappingNode map) =>
        map.TryGet("correlation", out var node) && node is YamlMappingNode correlation && correlation.TryGet("generate", out var generate) && generate is YamlScalarNode { Value: "true" };

    /// <summary>Reads one.</summary>
    /// <exception cref="RuleException">It is not one, or needs what is not supported.</exception>
    public WindowRule Read(RuleDocument document)
    {
        var map = document.Map;
        var correlation = map.Map("correlation");
        if (correlation.Children.Keys.FirstOrDefault(key => !keys.Contains(key.ToString())) is { } unknown)
            throw new RuleException(unknown.Start, $"'{unknown}' is not supported in a correlation; {string.Join(", ", keys)} are");
        correlation.TryGet("type", out var typeNode);
        if (correlation.Text("type") is var type and not "event_count")
            throw new RuleException(typeNode!.Start, $"correlations of type '{type}' are not supported; event_count is");
        if (correlation.TryGet("generate", out var generate) && generate is not YamlScalarNode { Value: "true" or "false" })
            throw new RuleException(generate.Start, $"'generate' must be true or false, but found '{generate}'");

        var about = RuleHead.ReadAbout(map);
        return new WindowRule(RuleHead.ReadId(map), about.Title, about.Level, ReadBaseRules(correlation), ReadGroupBy(correlation),
            ReadTimespan(correlation), ReadMinimum(correlation.Map("condition")), document.File)
        { About = about };
    }

    RuleId[] ReadBaseRules(YamlMappingNode correlation)
    {
        var bases = correlation.TryGet("rules", out var list) ? list.Texts("'rules'") : throw new RuleException(correlation.Start, "'rules' is missing");
        RuleId[] found = [.. bases.Select(r => rules.TryGetValue(r.Value, out var rule)
            ? rule.Id
            : throw new RuleException(r.At, $"no rule has the id or name '{r.Value}'")).Distinct()];
        return found.Length > 0 ? found : throw new RuleException(list.Start, "'rules' is an empty list: name the rules whose matches count");
    }

    static string[] ReadGroupBy(YamlMappingNode correlation) => correlation.TryGet("group-by", out var groups)
        ? [.. groups.Texts("'group-by'").Where(g => g.Value != "host").Select(g => LineField.Find(g.Value)?.Name
            ?? throw new RuleException(g.At, $"'{g.Value}' is not a field; there are host, {string.Join(", ", LineField.Names)}")).Distinct()]
        : [];

    static TimeSpan ReadTimespan(YamlMappingNode correlation)
    {
        var text = correlation.Text("timespan");
        correlation.TryGet("timespan", out var node);
        var span = Timespan().Match(text) is { Success: true } match && int.TryParse(match.Groups[1].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            ? match.Groups[2].Value switch
            {
                "s" => TimeSpan.FromSeconds(count),
                "m" => TimeSpan.FromMinutes(count),
                "h" => TimeSpan.FromHours(count),
                "w" => TimeSpan.FromDays(Math.Min(7L * count, MaxDays)),
                _ => TimeSpan.FromDays(count),
            }
            : throw new RuleException(node!.Start, $"'{text}' is not a timespan: expected a number and s, m, h, d or w, such as 10m");
        return span >= TimeSpan.FromSeconds(1) && span <= WindowRule.MaxTimespan
            ? span
            : throw new RuleException(node!.Start, $"a timespan must be between 1 second and {WindowRule.MaxTimespan.InWords()}, but found '{text}'");
    }

    static long ReadMinimum(YamlMappingNode condition)
    {
        if (condition.Children is not [var (op, value)]) throw new RuleException(condition.Start, "one operator is supported: gte or gt");
        if (!int.TryParse(value.Scalar("the threshold"), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            throw new RuleException(value.Start, $"the threshold must be a whole number up to {int.MaxValue}, but found '{value}'");
        var minimum = op.Scalar("the operator") switch
        {
            "gte" => number,
            "gt" => number + 1L,
            var other => throw new RuleException(op.Start, $"the operator '{other}' is not supported; gte and gt are"),
        };
        return minimum >= 1 ? minimum : throw new RuleException(value.Start, "the threshold must be at least 1: a rule can't fire on nothing");
    }

    // Within TimeSpan's range, and far beyond the longest window.
    const long MaxDays = 9_999_999;

    [GeneratedRegex(@"\A([0-9]{1,7})([smhdw])\z", RegexOptions.CultureInvariant)]
    private static partial Regex Timespan();
}
