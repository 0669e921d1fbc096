using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace LogMonitor.Core.Detection;

/// <summary>Compiles the searches of one rule's <c>detection</c>: a field map, a list of them, or a list of keywords.</summary>
/// <param name="placeholders">For the modifier <c>expand</c>.</param>
sealed partial class SearchReader(Placeholders placeholders)
{
    /// <summary>Bits of an IPv6 address before the IPv4 address that it maps.</summary>
    const int MappedPrefix = 96;

    // One reader for each rule.
    readonly FormBudget forms = new();

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
        return Any([.. Expand(modifiers, node.Scalar("a keyword"), node.Start)
            .SelectMany(keyword => Patterns(modifiers, keyword, TextComparison.Contains, node.Start)).Select(pattern => (Matcher)new KeywordMatcher(pattern))]);
    }

    Matcher ReadValue(LineField field, FieldModifiers modifiers, YamlNode value)
    {
        if (value.IsNull() || value is YamlScalarNode { Value: "" })
            return modifiers.IsPlain ? new ExistsMatcher(field, exists: false) : throw new RuleException(value.Start, "null and an empty text mean that the line does not have the field, and go with no modifier but neq");
        // As the logs write it.
        if (modifiers.IsPlain && value is YamlScalarNode { Value: "-" })
            return field.IsNumber ? new ExistsMatcher(field, exists: false) : new AnyOf([new ExistsMatcher(field, exists: false), new TextMatcher(field, TextPattern.Literal("-"u8.ToArray(), TextComparison.Equals, cased: true))]);
        if (field.IsNumber && (modifiers.IsEncoded || modifiers.Windash)) throw new RuleException(value.Start, $"{field.Name} is a number: encodings and windash are for texts");
        return Any([.. Expand(modifiers, value.Scalar($"a value of {field.Name}"), value.Start).Select(text => ReadText(field, modifiers, text, value.Start))]);
    }

    Matcher ReadText(LineField field, FieldModifiers modifiers, string text, Mark at) => modifiers.Kind switch
    {
        ValueKind.Regex => new RegexMatcher(field, ReadRegex(text, modifiers.Regex, at)),
        ValueKind.Cidr => new CidrMatcher(field, [ReadNetwork(text, at)]),
        ValueKind.Exists => new ExistsMatcher(field, bool.TryParse(text, out var exists) ? exists : throw new RuleException(at, $"exists is true or false, but found '{text}'")),
        ValueKind.Number => ReadRange(field, modifiers, text, at),
        ValueKind.FieldReference => new FieldReferenceMatcher(
            field, LineField.Find(text) ?? throw new RuleException(at, $"'{text}' is not a field; there are {string.Join(", ", LineField.Names)}"), modifiers.Comparison, modifiers.Cased),
        _ when field.IsNumber && modifiers.Comparison == TextComparison.Equals && text.AsSpan().IndexOfAny('*', '?') < 0 => new NumberMatcher(field, [ReadNumber(field, text, at)]),
        _ => Any([.. Patterns(modifiers, text, modifiers.Comparison, at).Select(pattern => (Matcher)new TextMatcher(field, pattern))]),
    };

    // What the lines have is whole, so that a limit between two whole numbers is one of them.
    static NumberRangeMatcher ReadRange(LineField field, FieldModifiers modifiers, string text, Mark at)
    {
        if (!field.IsNumber) throw new RuleException(at, $"{field.Name} is a text: it has no greater and less");
        if (!decimal.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var limit))
            throw new RuleException(at, $"{field.Name} is a number: it is compared with numbers, but found '{text}'");
        limit = modifiers.Number is NumberComparison.Greater or NumberComparison.LessOrEqual ? decimal.Floor(limit) : decimal.Ceiling(limit);
        return new NumberRangeMatcher(field, modifiers.Number, (long)Math.Clamp(limit, long.MinValue, long.MaxValue));
    }

    static long ReadNumber(LineField field, string text, Mark at) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        ? number
        : throw new RuleException(at, $"{field.Name} is a number: it is compared with whole numbers, but found '{text}'");

    static IPNetwork ReadNetwork(string text, Mark at)
    {
        // An address alone is the network of itself.
        if (!IPNetwork.TryParse(text.Contains('/', StringComparison.Ordinal) ? text : $"{text}/{(text.Contains(':', StringComparison.Ordinal) ? 128 : 32)}", out var network))
            throw new RuleException(at, $"'{text}' is not a network: expected an address, '/' and a prefix length, such as 192.0.2.0/24");
        // As the addresses are: ::ffff:192.0.2.1 is 192.0.2.1.
        return network.BaseAddress.IsIPv4MappedToIPv6 && network.PrefixLength >= MappedPrefix
            ? new IPNetwork(network.BaseAddress.MapToIPv4(), network.PrefixLength - MappedPrefix)
            : network;
    }

    // An expression without backtracking takes long to build, some milliseconds, and most never meet a line: it is built when one does. Whether
    // it can be is told by a quick look, and for the few that have what is refused, or look like it, by trying.
    static Lazy<Regex> ReadRegex(string text, RegexOptions options, Mark at)
    {
        try
        {
            _ = new Regex(text, options & ~RegexOptions.NonBacktracking);
            var regex = new Lazy<Regex>(() => new Regex(text, options));
            if (PerhapsRefused().IsMatch(text)) _ = regex.Value;
            return regex;
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            throw new RuleException(at, $"the regular expression can't be used: {e.Message} It runs without backtracking, so that no line can take long: no lookaround, back references or atomic groups");
        }
    }

    [GeneratedRegex(@"\(\?[=!<>(]|\\[1-9kG]", RegexOptions.CultureInvariant)]
    private static partial Regex PerhapsRefused();

    // In a regular expression, what a placeholder stands for is text, and no pattern.
    IEnumerable<string> Expand(FieldModifiers modifiers, string value, Mark at) =>
        modifiers.Expand ? placeholders.Expand(value, modifiers.Kind == ValueKind.Regex ? Regex.Escape : text => text, forms, at) : [value];

    IEnumerable<TextPattern> Patterns(FieldModifiers modifiers, string value, TextComparison comparison, Mark at)
    {
        if (modifiers is { Windash: false, IsEncoded: false }) yield return TextPattern.Parse(value, comparison, modifiers.Cased);
        else foreach (var text in modifiers.Windash ? Dashes(value) : [value])
            if (!modifiers.IsEncoded)
            {
                forms.Take(1, text.Length, at);
                yield return TextPattern.Parse(text, comparison, modifiers.Cased);
            }
            else if (!TextPattern.TryUnescape(text, out var plain)) throw new RuleException(at, $"'{text}' is encoded, and can't hold wildcards");
            // Encoded text is compared as it is: base64 has both cases of letters.
            else foreach (var form in modifiers.Encode(plain, at))
            {
                forms.Take(1, form.Length, at);
                yield return TextPattern.Literal(form, comparison, cased: true);
            }
    }

    /// <summary>A command line's options, with each of the characters that Windows takes for the dash that begins one.</summary>
    static IEnumerable<string> Dashes(string value) =>
        "-/\u2013\u2014\u2015".Select(dash => OptionDash().Replace(value, dash.ToString())).Append(value).Distinct();

    [GeneratedRegex(@"(?<![\w\u2013-\u2015/-])[-/](?=\w)", RegexOptions.CultureInvariant)]
    private static partial Regex OptionDash();

    static Matcher All(Matcher[] parts) => parts is [var single] ? single : new AllOf(parts);

    static Matcher Any(Matcher[] parts) => parts is [var single] ? single : new AnyOf(parts);
}
