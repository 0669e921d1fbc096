using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace LogMonitor.Core.Detection;

/// <summary>Compiles one search of a rule's <c>detection</c>: a field map, a list of them, or a list of keywords.</summary>
/// <param name="placeholders">Name → values, for the modifier <c>expand</c>.</param>
sealed partial class SearchReader(IReadOnlyDictionary<string, IReadOnlyList<string>> placeholders)
{
    /// <exception cref="RuleException">It is none of those, or holds what can't be compared.</exception>
    public Matcher Read(string name, YamlNode node) => node switch
    {
        YamlMappingNode { Children.Count: 0 } => throw new RuleException(node.Start, $"'{name}' is an empty map: it would match every line"),
        YamlMappingNode map => All([.. map.Children.Select(entry => ReadEntry(entry.Key.Scalar("a field's name"), entry.Key.Start, entry.Value))]),
        YamlSequenceNode { Children.Count: 0 } => throw new RuleException(node.Start, $"'{name}' is an empty list"),
        YamlSequenceNode list when list.Children.Any(child => child is YamlMappingNode) => Any([.. list.Children.Select(child => child is YamlMappingNode
            ? Read(name, child)
            : throw new RuleException(child.Start, $"'{name}' mixes maps and keywords"))]),
        YamlSequenceNode list => Any([.. list.Children.Select(child => ReadKeyword(FieldModifiers.Parse([], name, child.Start), child))]),
        _ => ReadKeyword(FieldModifiers.Parse([], name, node.Start), node),
    };

    // "field|modifier|…", or "|modifier|…" for keywords.
    Matcher ReadEntry(string key, Mark at, YamlNode value)
    {
        var parts = key.Split('|');
        var modifiers = FieldModifiers.Parse(parts.Skip(1), key, at);
        if (value is YamlSequenceNode { Children.Count: 0 }) throw new RuleException(value.Start, $"the list of values of '{key}' is empty");
        IEnumerable<YamlNode> values = value is YamlSequenceNode list ? list.Children : [value];
        if (parts[0].Length == 0) return Combine([.. values.Select(v => ReadKeyword(modifiers, v))], modifiers);
        var field = LineField.Find(parts[0]) ?? throw new RuleException(at, $"'{parts[0]}' is not a field; there are {string.Join(", ", LineField.Names)}");
        return Combine([.. values.Select(v => ReadValue(field, modifiers, v))], modifiers);
    }

    static Matcher Combine(Matcher[] values, FieldModifiers modifiers)
    {
        var combined = modifiers.All ? All(values) : Any(values);
        return modifiers.Negated ? new Negation(combined) : combined;
    }

    Matcher ReadKeyword(FieldModifiers modifiers, YamlNode node)
    {
        if (modifiers.Kind != ValueKind.Text || modifiers.Comparison is TextComparison.StartsWith or TextComparison.EndsWith)
            throw new RuleException(node.Start, "keywords stand anywhere in a line, and take the modifiers all, cased, contains, expand, windash and the encodings only");
        return Any([.. Patterns(modifiers, node.Scalar("a keyword"), TextComparison.Contains, node.Start).Select(pattern => (Matcher)new KeywordMatcher(pattern))]);
    }

    Matcher ReadValue(LineField field, FieldModifiers modifiers, YamlNode value)
    {
        if (value.IsNull()) return modifiers.Kind == ValueKind.Text ? new ExistsMatcher(field, exists: false) : throw new RuleException(value.Start, "null goes with no modifier");
        if (value is YamlScalarNode { Value: "" }) return new ExistsMatcher(field, exists: false);
        var text = value.Scalar($"a value of {field.Name}");
        return modifiers.Kind switch
        {
            ValueKind.Regex => new RegexMatcher(field, ReadRegex(text, modifiers.Regex, value.Start)),
            ValueKind.Cidr => new CidrMatcher(field, [IPNetwork.TryParse(text, out var network)
                ? network
                : throw new RuleException(value.Start, $"'{text}' is not a network: expected an address, '/' and a prefix length, such as 192.0.2.0/24")]),
            ValueKind.Exists => new ExistsMatcher(field, bool.TryParse(text, out var exists) ? exists : throw new RuleException(value.Start, $"exists is true or false, but found '{text}'")),
            ValueKind.Number => ReadRange(field, modifiers, text, value.Start),
            ValueKind.FieldReference => new FieldReferenceMatcher(
                field, LineField.Find(text) ?? throw new RuleException(value.Start, $"'{text}' is not a field; there are {string.Join(", ", LineField.Names)}"), modifiers.Comparison, modifiers.Cased),
            _ when field.IsNumber && modifiers.Comparison == TextComparison.Equals && text.AsSpan().IndexOfAny('*', '?') < 0 => new NumberMatcher(field, [ReadNumber(field, text, value.Start)]),
            _ => Any([.. Patterns(modifiers, text, modifiers.Comparison, value.Start).Select(pattern => (Matcher)new TextMatcher(field, pattern))]),
        };
    }

    static NumberRangeMatcher ReadRange(LineField field, FieldModifiers modifiers, string text, Mark at) => field.IsNumber
        ? new NumberRangeMatcher(field, modifiers.Number, ReadNumber(field, text, at))
        : throw new RuleException(at, $"{field.Name} is a text: it has no greater and less");

    static long ReadNumber(LineField field, string text, Mark at) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        ? number
        : throw new RuleException(at, $"{field.Name} is a number: it is compared with whole numbers, but found '{text}'");

    static Regex ReadRegex(string text, RegexOptions options, Mark at)
    {
        try
        {
            return new Regex(text, options);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            throw new RuleException(at, $"the regular expression can't be used: {e.Message} It runs without backtracking, so that no line can take long: no lookaround, back references or atomic groups");
        }
    }

    IEnumerable<TextPattern> Patterns(FieldModifiers modifiers, string value, TextComparison comparison, Mark at)
    {
        foreach (var expanded in modifiers.Expand ? Expand(value, at) : [value])
            foreach (var text in modifiers.Windash ? Dashes(expanded) : [expanded])
                if (!modifiers.IsEncoded) yield return TextPattern.Parse(text, comparison, modifiers.Cased);
                else if (text.AsSpan().IndexOfAny('*', '?') >= 0) throw new RuleException(at, $"'{text}' is encoded, and can't hold wildcards");
                // Encoded text is compared as it is: base64 has both cases of letters.
                else foreach (var form in modifiers.Encode(text)) yield return TextPattern.Literal(form, comparison, cased: true);
    }

    // Each combination of the values of its placeholders.
    IEnumerable<string> Expand(string value, Mark at)
    {
        var start = value.IndexOf('%', StringComparison.Ordinal);
        var end = start < 0 ? -1 : value.IndexOf('%', start + 1);
        if (end < 0) return [value];
        var name = value[(start + 1)..end];
        return placeholders.TryGetValue(name, out var values)
            ? values.SelectMany(known => Expand(value[(end + 1)..], at).Select(rest => value[..start] + known + rest))
            : throw new RuleException(at, $"the placeholder '%{name}%' has no values; a file among the rules gives them: placeholders: {{{name}: [...]}}");
    }

    /// <summary>A command line's options, with each of the characters that Windows takes for the dash that begins one.</summary>
    static IEnumerable<string> Dashes(string value) =>
        "-/\u2013\u2014\u2015".Select(dash => OptionDash().Replace(value, dash.ToString())).Append(value).Distinct();

    [GeneratedRegex(@"(?<![\w\u2013-\u2015/-])[-/](?=\w)", RegexOptions.CultureInvariant)]
    private static partial Regex OptionDash();

    static Matcher All(Matcher[] parts) => parts is [var single] ? single : new AllOf(parts);

    static Matcher Any(Matcher[] parts) => parts is [var single] ? single : new AnyOf(parts);
}
