using System.Globalization;
using System.Text.RegularExpressions;
using LogMonitor.Core.Text;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace LogMonitor.Core.Detection;

/// <summary>
/// Reads Sigma rules (specification 2.1, github.com/SigmaHQ/sigma-specification): a file of one or more YAML documents, each an
/// event rule or a correlation. What isn't understood is an error that says so: a rule that runs means what it says.
/// </summary>
/// <remarks>
/// Understood: field maps, lists, lists of maps, keyword lists, integers, null, the modifiers contains, startswith, endswith
/// and all, the whole condition grammar; correlations of type event_count with gte or gt.
/// </remarks>
public static partial class SigmaLoader
{
    /// <summary>Reads files, given as names and texts. Never throws: what is wrong with a rule is in <see cref="RuleSet.Errors"/>.</summary>
    public static RuleSet Load(IEnumerable<(string File, string Yaml)> files)
    {
        var events = new List<EventRule>();
        var correlations = new List<(string File, YamlMappingNode Map)>();
        var errors = new List<RuleError>();
        foreach (var (file, yaml) in files.OrderBy(f => f.File, StringComparer.Ordinal))
            foreach (var map in Documents(file, yaml, errors))
                Try(file, errors, () =>
                {
                    if (map.TryGet("correlation", out _)) correlations.Add((file, map));
                    else events.Add(ReadEventRule(file, map));
                });

        var byReference = new Dictionary<string, EventRule>(StringComparer.Ordinal);
        foreach (var rule in events.ToList())
            foreach (var reference in new[] { rule.Id.Value, rule.Name }.OfType<string>().Distinct())
                if (!byReference.TryAdd(reference, rule))
                {
                    errors.Add(new RuleError(rule.File, 1, 1, $"'{reference}' is already the id or name of a rule in {byReference[reference].File}; this rule is skipped"));
                    events.Remove(rule);
                }

        var windows = new List<WindowRule>();
        foreach (var (file, map) in correlations)
            Try(file, errors, () =>
            {
                var window = ReadCorrelation(file, map, byReference);
                if (byReference.ContainsKey(window.Id.Value) || windows.Any(other => other.Id == window.Id))
                    throw new RuleException(map.Start, $"'{window.Id}' is already the id of another rule; this rule is skipped");
                windows.Add(window);
            });

        // As the specification has it, a base rule alerts by itself only where no correlation refers to it; one that is skipped for an
        // error refers to it too, or its mistake would make every single match alert.
        var referred = correlations.SelectMany(c => ReferencesOf(c.Map)).Select(byReference.GetValueOrDefault).Select(rule => rule?.Id).ToHashSet();
        windows.AddRange(events.Where(rule => !referred.Contains(rule.Id) && rule.Level > Level.Informational).Select(WindowRule.OfSingle));
        return new RuleSet(events, windows, errors);
    }

    static IEnumerable<YamlMappingNode> Documents(string file, string yaml, List<RuleError> errors)
    {
        var stream = new YamlStream();
        try
        {
            CheckShape(yaml);
            stream.Load(new StringReader(yaml));
        }
        catch (YamlException e)
        {
            errors.Add(new RuleError(file, e.Start.Line, e.Start.Column, $"not YAML: {e.Message}"));
        }
        catch (RuleException e)
        {
            errors.Add(new RuleError(file, e.At.Line, e.At.Column, e.Message));
        }
        catch (InvalidOperationException)
        {
            // The YAML scanner's answer to some malformed flow collections; it has no position.
            errors.Add(new RuleError(file, 1, 1, "not YAML: a '{' or '[' is not closed as it should be"));
        }
        foreach (var root in stream.Documents.Select(document => document.RootNode))
        {
            if (root is YamlMappingNode map) yield return map;
            else if (!root.IsNull()) errors.Add(new RuleError(file, root.Start.Line, root.Start.Column, "a rule must be a map with title, logsource and detection"));
        }
    }

    /// <summary>What would exhaust the stack or memory is refused before it is built: deep nesting, and aliases, which multiply.</summary>
    static void CheckShape(string yaml)
    {
        if (yaml.Length > MaxFileLength) throw new RuleException(Mark.Empty, $"the file is longer than {MaxFileLength} characters");
        var parser = new Parser(new StringReader(yaml));
        var depth = 0;
        while (parser.MoveNext())
        {
            if (parser.Current is AnchorAlias alias) throw new RuleException(alias.Start, $"aliases are not supported, but found '*{alias.Value}'; write the value out");
            depth += parser.Current!.NestingIncrease;
            if (depth > MaxDepth) throw new RuleException(parser.Current.Start, $"nested deeper than {MaxDepth}");
        }
    }

    const int MaxFileLength = 1 << 20, MaxDepth = 64;

    static void Try(string file, List<RuleError> errors, Action read)
    {
        try
        {
            read();
        }
        catch (RuleException e)
        {
            errors.Add(new RuleError(file, e.At.Line, e.At.Column, e.Message));
        }
    }

    static EventRule ReadEventRule(string file, YamlMappingNode map)
    {
        var detection = map.Map("detection");
        var searches = new Dictionary<string, Matcher>(StringComparer.Ordinal);
        foreach (var (key, node) in detection.Children)
            if (key.Scalar("a search's name") is var name && name is not ("condition" or "timeframe"))
                searches.Add(name, SearchReader.Read(name, node));
        if (detection.TryGet("timeframe", out var timeframe))
            throw new RuleException(timeframe.Start, "'timeframe' is of Sigma 1; write a correlation rule with 'timespan'");

        var conditions = detection.TryGet("condition", out var condition)
            ? condition.Texts("'condition'").Select(c => ConditionParser.Parse(c.Value, c.At, searches)).ToArray()
            : throw new RuleException(detection.Start, "'condition' is missing");
        return new EventRule(conditions is [var single] ? single : new AnyOf(conditions))
        {
            Id = ReadId(map),
            Name = map.OptionalText("name"),
            Title = map.Text("title"),
            Level = ReadLevel(map),
            Source = ReadSource(map.Map("logsource")),
            File = file,
        };
    }

    static WindowRule ReadCorrelation(string file, YamlMappingNode map, Dictionary<string, EventRule> rules)
    {
        var correlation = map.Map("correlation");
        correlation.TryGet("type", out var typeNode);
        if (correlation.Text("type") is var type and not "event_count")
            throw new RuleException(typeNode!.Start, $"correlations of type '{type}' are not supported; event_count is");

        var bases = correlation.TryGet("rules", out var list) ? list.Texts("'rules'") : throw new RuleException(correlation.Start, "'rules' is missing");
        if (correlation.Children.Keys.FirstOrDefault(key => !correlationKeys.Contains(key.ToString())) is { } unknown)
            throw new RuleException(unknown.Start, $"'{unknown}' is not supported in a correlation; {string.Join(", ", correlationKeys)} are");
        RuleId[] baseRules = [.. bases.Select(r => rules.TryGetValue(r.Value, out var rule)
            ? rule.Id
            : throw new RuleException(r.At, $"no rule has the id or name '{r.Value}'")).Distinct()];
        if (baseRules.Length == 0) throw new RuleException(list.Start, "'rules' is an empty list: name the rules whose matches count");

        string[] groupBy = correlation.TryGet("group-by", out var groups)
            ? [.. groups.Texts("'group-by'").Where(g => g.Value != "host").Select(g => LineField.Find(g.Value)?.Name
                ?? throw new RuleException(g.At, $"'{g.Value}' is not a field; there are host, {string.Join(", ", LineField.Names)}")).Distinct()]
            : [];
        return new WindowRule(ReadId(map), map.Text("title"), ReadLevel(map), baseRules, groupBy,
            ReadTimespan(correlation), ReadMinimum(correlation.Map("condition")), file);
    }

    static readonly string[] correlationKeys = ["type", "rules", "group-by", "timespan", "condition"];

    static IEnumerable<string> ReferencesOf(YamlMappingNode map) =>
        map.TryGet("correlation", out var node) && node is YamlMappingNode correlation && correlation.TryGet("rules", out var list)
            ? list is YamlSequenceNode several ? several.Children.OfType<YamlScalarNode>().Select(rule => rule.Value ?? "") : [list.ToString()]
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
                _ => TimeSpan.FromDays(count),
            }
            : throw new RuleException(node!.Start, $"'{text}' is not a timespan: expected a number and s, m, h or d, such as 10m");
        return span >= TimeSpan.FromSeconds(1) && span <= WindowRule.MaxTimespan
            ? span
            : throw new RuleException(node!.Start, $"a timespan must be between 1 second and {WindowRule.MaxTimespan.InWords()}, but found '{text}'");
    }

    static long ReadMinimum(YamlMappingNode condition)
    {
        if (condition.Children is not [var (op, value)]) throw new RuleException(condition.Start, "one operator is supported: gte or gt");
        if (!long.TryParse(value.Scalar("the threshold"), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            throw new RuleException(value.Start, $"the threshold must be a whole number, but found '{value}'");
        var minimum = op.Scalar("the operator") switch
        {
            "gte" => number,
            "gt" => number + 1,
            var other => throw new RuleException(op.Start, $"the operator '{other}' is not supported; gte and gt are"),
        };
        return minimum >= 1 ? minimum : throw new RuleException(value.Start, "the threshold must be at least 1: a rule can't fire on nothing");
    }

    static RuleId ReadId(YamlMappingNode map) =>
        new(map.OptionalText("id") ?? map.OptionalText("name") ?? throw new RuleException(map.Start, "'id' is missing (a UUID, unique to this rule)"));

    static Level ReadLevel(YamlMappingNode map)
    {
        if (!map.TryGet("level", out var node)) return Level.Medium;
        return Enum.TryParse<Level>(node.Scalar("'level'"), ignoreCase: true, out var level) && Enum.IsDefined(level)
            ? level
            : throw new RuleException(node.Start, $"'level' must be informational, low, medium, high or critical, but found '{node}'");
    }

    static LogSource ReadSource(YamlMappingNode map) =>
        map.Children.Count == 0
            ? throw new RuleException(map.Start, "'logsource' must name a category, product or service")
            : new LogSource(map.OptionalText("category"), map.OptionalText("product"), map.OptionalText("service"));

    [GeneratedRegex(@"\A([0-9]{1,7})([smhd])\z", RegexOptions.CultureInvariant)]
    private static partial Regex Timespan();
}
