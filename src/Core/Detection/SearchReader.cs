using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace LogMonitor.Core.Detection;

/// <summary>Compiles one search of a rule's <c>detection</c>: a field map, a list of them, or a list of keywords.</summary>
static class SearchReader
{
    const string Modifiers = "contains, startswith, endswith and all";

    public static Matcher Read(string name, YamlNode node) => node switch
    {
        YamlMappingNode { Children.Count: 0 } => throw new RuleException(node.Start, $"'{name}' is an empty map: it would match every line"),
        YamlMappingNode map => All([.. map.Children.Select(entry => ReadField(entry.Key.Scalar("a field's name"), entry.Key.Start, entry.Value))]),
        YamlSequenceNode { Children: [YamlMappingNode, ..] } maps => Any([.. maps.Children.Select(child => child is YamlMappingNode
            ? Read(name, child)
            : throw new RuleException(child.Start, $"'{name}' mixes maps and keywords"))]),
        YamlSequenceNode { Children.Count: 0 } => throw new RuleException(node.Start, $"'{name}' is an empty list"),
        _ => Any([.. node.Texts($"'{name}'").Select(keyword => (Matcher)new KeywordMatcher(Plain(keyword.Value, keyword.At)))]),
    };

    static Matcher ReadField(string key, Mark at, YamlNode value)
    {
        var parts = key.Split('|');
        var field = LineField.Find(parts[0])
            ?? throw new RuleException(at, $"'{parts[0]}' is not a field; there are {string.Join(", ", LineField.Names)}");
        var comparison = TextComparison.Equals;
        var all = false;
        foreach (var modifier in parts[1..])
            switch (modifier)
            {
                case "contains": comparison = TextComparison.Contains; break;
                case "startswith": comparison = TextComparison.StartsWith; break;
                case "endswith": comparison = TextComparison.EndsWith; break;
                case "all": all = true; break;
                default: throw new RuleException(at, $"the modifier '{modifier}' is not supported; {Modifiers} are");
            }

        if (value is YamlSequenceNode { Children.Count: 0 }) throw new RuleException(value.Start, $"the list of values of {field.Name} is empty");
        Matcher[] values = [.. (value is YamlSequenceNode list ? list.Children : [value]).Select(v => ReadValue(field, comparison, v))];
        return all ? All(values) : Any(values);
    }

    static Matcher ReadValue(LineField field, TextComparison comparison, YamlNode value)
    {
        if (value.IsNull()) return new AbsentMatcher(field);
        var text = value.Scalar($"a value of {field.Name}");
        if (!field.IsNumber) return new TextMatcher(field, comparison, Plain(text, value.Start));
        return comparison == TextComparison.Equals && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? new NumberMatcher(field, [number])
            : throw new RuleException(value.Start, $"{field.Name} is a number: it is compared with whole numbers, but found '{text}'");
    }

    static string Plain(string value, Mark at) => value.AsSpan().IndexOfAny('*', '?') < 0 && !value.Contains('\\', StringComparison.Ordinal)
        ? value
        : throw new RuleException(at, $"wildcards and escapes ('*', '?', '\\') are not supported, but found '{value}'; use the modifiers {Modifiers}");

    static Matcher All(Matcher[] parts) => parts is [var single] ? single : new AllOf(parts);

    static Matcher Any(Matcher[] parts) => parts is [var single] ? single : new AnyOf(parts);
}
