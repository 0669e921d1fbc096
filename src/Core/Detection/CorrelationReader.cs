using System.Globalization;
using System.Text.RegularExpressions;
using LogMonitor.Core.Text;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace LogMonitor.Core.Detection;

/// <summary>A correlation as its document has it: what it refers to is not looked up yet.</summary>
/// <param name="Rule">Without base rules.</param>
/// <param name="References">Ids and names of base rules.</param>
/// <param name="GroupBy">Names of fields and aliases.</param>
/// <param name="Aliases">Alias → id or name of a base rule → field.</param>
sealed record CorrelationDraft(
    RuleDocument Document, WindowRule Rule, IReadOnlyList<(string Value, Mark At)> References, IReadOnlyList<(string Value, Mark At)> GroupBy,
    IReadOnlyDictionary<string, IReadOnlyList<(string Rule, string Field, Mark At)>> Aliases);

/// <summary>Reads correlation rules.</summary>
/// <remarks>Source: Sigma Correlation Rules Specification 2.1, and pySigma for value_median and the percentile's key.</remarks>
static partial class CorrelationReader
{
    static readonly string[] keys = ["type", "rules", "group-by", "timespan", "condition", "aliases", "generate"];

    static readonly Dictionary<string, CorrelationType> types = new(StringComparer.Ordinal)
    {
        ["event_count"] = CorrelationType.EventCount,
        ["value_count"] = CorrelationType.ValueCount,
        ["temporal"] = CorrelationType.Temporal,
        ["temporal_ordered"] = CorrelationType.TemporalOrdered,
        ["value_sum"] = CorrelationType.ValueSum,
        ["value_avg"] = CorrelationType.ValueAverage,
        ["value_percentile"] = CorrelationType.ValuePercentile,
        ["value_median"] = CorrelationType.ValueMedian,
    };

    static readonly Dictionary<string, BoundOperator> operators = new(StringComparer.Ordinal)
    {
        ["gte"] = BoundOperator.AtLeast,
        ["gt"] = BoundOperator.MoreThan,
        ["lte"] = BoundOperator.AtMost,
        ["lt"] = BoundOperator.LessThan,
        ["eq"] = BoundOperator.EqualTo,
        ["neq"] = BoundOperator.NotEqualTo,
    };

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
    public static CorrelationDraft Read(RuleDocument document)
    {
        var map = document.Map;
        var correlation = map.Map("correlation");
        correlation.AllowOnly(keys, "a correlation");
        if (correlation.TryGet("generate", out var generate) && generate is not YamlScalarNode { Value: "true" or "false" })
            throw new RuleException(generate.Start, $"'generate' must be true or false, but found '{generate}'");
        var typeName = correlation.Text("type");
        if (!types.TryGetValue(typeName, out var type))
            throw new RuleException(correlation.Child("type").Start, $"correlations of type '{typeName}' are not supported; {string.Join(", ", types.Keys)} are");

        var references = correlation.TryGet("rules", out var rules) ? rules.Texts("'rules'").DistinctBy(reference => reference.Value).ToList() : throw new RuleException(correlation.Start, "'rules' is missing");
        if (references.Count == 0) throw new RuleException(rules.Start, "'rules' is an empty list: name the rules whose matches count");
        if (type is CorrelationType.TemporalOrdered && references.Count < 2) throw new RuleException(rules.Start, "an order needs at least two rules");

        var rule = new WindowRule
        {
            Id = RuleHead.ReadId(map),
            Name = map.OptionalText("name"),
            About = RuleHead.ReadAbout(map),
            BaseRules = [],
            Type = type,
            Timespan = ReadTimespan(correlation),
            Condition = WindowCondition.AtLeast(references.Count),
            File = document.File,
        };
        var groupBy = correlation.TryGet("group-by", out var groups) ? groups.Texts("'group-by'").Where(group => group.Value != "host").DistinctBy(group => group.Value).ToList() : [];
        return new CorrelationDraft(document, ReadCondition(rule, correlation, references.Count), references, groupBy, ReadAliases(correlation));
    }

    static WindowRule ReadCondition(WindowRule rule, YamlMappingNode correlation, int references)
    {
        var isTemporal = rule.Type is CorrelationType.Temporal or CorrelationType.TemporalOrdered;
        if (isTemporal && !correlation.TryGet("condition", out _)) return rule;
        var condition = correlation.Map("condition");
        condition.AllowOnly([.. operators.Keys, "field", "percentile"], "a condition");
        rule = rule with { Condition = ReadBounds(rule.Type, condition), ValueFields = ReadValueFields(rule.Type, condition) };
        if (condition.TryGet("percentile", out var percentile))
        {
            if (rule.Type != CorrelationType.ValuePercentile) throw new RuleException(percentile.Start, "'percentile' goes with the type value_percentile only");
            rule = rule with
            {
                Percentile = int.TryParse(percentile.Scalar("'percentile'"), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= 100
                ? number
                : throw new RuleException(percentile.Start, $"'percentile' must be a whole number from 1 to 100, but found '{percentile}'")
            };
        }
        else if (rule.Type == CorrelationType.ValuePercentile) throw new RuleException(condition.Start, "'percentile' is missing, a whole number from 1 to 100");

        if (isTemporal && rule.Condition.IsLower && rule.Condition.Minimum > references)
            throw new RuleException(condition.Start, $"the condition asks for {rule.Condition.Minimum} rules, but there are {references}");
        if (rule.Type == CorrelationType.TemporalOrdered && !(rule.Condition.IsLower && rule.Condition.Minimum == references))
            throw new RuleException(condition.Start, $"temporal_ordered needs all of its {references} rules: leave 'condition' out");
        return rule;
    }

    static WindowCondition ReadBounds(CorrelationType type, YamlMappingNode condition)
    {
        var isCount = type < CorrelationType.ValueSum;
        var bounds = new List<Bound>();
        foreach (var (key, value) in condition.Children)
            if (operators.TryGetValue(key.Scalar("the operator"), out var op)) bounds.Add(isCount ? ReadCount(op, value) : ReadLimit(op, value));
        if (bounds.Count is 0 or > 2) throw new RuleException(condition.Start, $"a condition has one or two of {string.Join(", ", operators.Keys)}");
        if (bounds.Count == 1) return new WindowCondition(bounds);
        var (lower, upper) = bounds[0].IsLower ? (bounds[0], bounds[1]) : (bounds[1], bounds[0]);
        if (!lower.IsLower || !upper.IsUpper) throw new RuleException(condition.Start, "a range has one of gt and gte, and one of lt and lte");
        // Sums and percentiles of whole numbers are whole.
        var holdsAny = type is CorrelationType.ValueSum or CorrelationType.ValuePercentile
            ? upper.Holds(lower.Operator == BoundOperator.AtLeast ? Math.Ceiling(lower.Limit) : Math.Floor(lower.Limit) + 1)
            : lower.Limit < upper.Limit || (lower.Holds(upper.Limit) && upper.Holds(lower.Limit));
        return holdsAny ? new WindowCondition(bounds) : throw new RuleException(condition.Start, "this range is empty: its lower end is above its upper end, or nothing lies between them");
    }

    /// <summary>Reads another threshold for a rule: a number in the place of the one that it has, or a map as its condition has.</summary>
    /// <exception cref="RuleException">It is neither.</exception>
    public static WindowCondition ReadThreshold(WindowRule rule, YamlNode node)
    {
        if (node is YamlMappingNode map)
        {
            map.AllowOnly(operators.Keys, "a threshold");
            return ReadBounds(rule.Type, map);
        }
        if (rule.Condition.Bounds is not [var bound]) throw new RuleException(node.Start, $"'{rule.Title}' has a range as its condition; write the threshold as one, such as {{gte: 5, lte: 9}}");
        return new WindowCondition([rule.Type < CorrelationType.ValueSum ? ReadCount(bound.Operator, node) : ReadLimit(bound.Operator, node)]);
    }

    // Whole numbers: more than 3 is 4 or more.
    static Bound ReadCount(BoundOperator op, YamlNode value)
    {
        if (!int.TryParse(value.Scalar("the threshold"), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            throw new RuleException(value.Start, $"the threshold must be a whole number up to {int.MaxValue}, but found '{value}'");
        var bound = op switch
        {
            BoundOperator.MoreThan => new Bound(BoundOperator.AtLeast, number + 1L),
            BoundOperator.LessThan => new Bound(BoundOperator.AtMost, number - 1L),
            _ => new Bound(op, number),
        };
        // A window ends at a match: it is never empty.
        return bound.Limit >= 1 || op == BoundOperator.NotEqualTo ? bound : throw new RuleException(value.Start, "the threshold must be at least 1: a rule can't fire on nothing");
    }

    static Bound ReadLimit(BoundOperator op, YamlNode value) =>
        decimal.TryParse(value.Scalar("the threshold"), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var limit) && limit <= long.MaxValue
            ? new Bound(op, limit)
            : throw new RuleException(value.Start, $"the threshold must be a number from 0 to {long.MaxValue}, but found '{value}'");

    static string[] ReadValueFields(CorrelationType type, YamlMappingNode condition)
    {
        if (!condition.TryGet("field", out var node)) return type is CorrelationType.EventCount or CorrelationType.Temporal or CorrelationType.TemporalOrdered
            ? []
            : throw new RuleException(condition.Start, "'field' is missing: whose values are measured?");
        if (type is CorrelationType.EventCount or CorrelationType.Temporal or CorrelationType.TemporalOrdered)
            throw new RuleException(node.Start, "'field' goes with the types value_… only");
        var fields = node.Texts("'field'").Select(text => (Field: FindField(text), text.At)).ToList();
        if (fields.Count == 0 || fields.Count > 1 && type != CorrelationType.ValueCount) throw new RuleException(node.Start, "'field' must name one field");
        if (type != CorrelationType.ValueCount && !fields[0].Field.IsNumber)
            throw new RuleException(fields[0].At, $"{fields[0].Field.Name} is a text; of numbers there are {string.Join(", ", LineField.NumberNames)}");
        return [.. fields.Select(field => field.Field.Name)];
    }

    static Dictionary<string, IReadOnlyList<(string Rule, string Field, Mark At)>> ReadAliases(YamlMappingNode correlation)
    {
        var aliases = new Dictionary<string, IReadOnlyList<(string, string, Mark)>>(StringComparer.Ordinal);
        if (!correlation.TryGet("aliases", out _)) return aliases;
        foreach (var (name, node) in correlation.Map("aliases").Children)
        {
            var alias = name.Scalar("an alias");
            var fields = node as YamlMappingNode ?? throw new RuleException(node.Start, $"the alias '{alias}' must be a map: base rule → field");
            aliases.Add(alias, [.. fields.Children.Select(entry => (entry.Key.Scalar("a rule's name"), entry.Value.Scalar("a field's name"), entry.Key.Start))]);
        }
        return aliases;
    }

    /// <exception cref="RuleException">There is no such field.</exception>
    public static LineField FindField((string Value, Mark At) name) =>
        LineField.Find(name.Value) ?? throw new RuleException(name.At, $"'{name.Value}' is not a field; there are host, {string.Join(", ", LineField.Names)}");

    /// <exception cref="RuleException">It is none, or out of range.</exception>
    public static TimeSpan ReadTimespan(YamlMappingNode correlation)
    {
        var text = correlation.Text("timespan");
        var node = correlation.Child("timespan");
        var span = Timespan().Match(text) is { Success: true } match && int.TryParse(match.Groups[1].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            ? match.Groups[2].Value switch
            {
                "s" => TimeSpan.FromSeconds(count),
                "m" => TimeSpan.FromMinutes(count),
                "h" => TimeSpan.FromHours(count),
                "w" => TimeSpan.FromDays(Math.Min(7L * count, MaxDays)),
                _ => TimeSpan.FromDays(count),
            }
            : throw new RuleException(node.Start, $"'{text}' is not a timespan: expected a number and s, m, h, d or w, such as 10m");
        return span >= TimeSpan.FromSeconds(1) && span <= WindowRule.MaxTimespan
            ? span
            : throw new RuleException(node.Start, $"a timespan must be between 1 second and {WindowRule.MaxTimespan.InWords()}, but found '{text}'");
    }

    // Within TimeSpan's range, and far beyond the longest window.
    const long MaxDays = 9_999_999;

    [GeneratedRegex(@"\A([0-9]{1,7})([smhdw])\z", RegexOptions.CultureInvariant)]
    private static partial Regex Timespan();
}
