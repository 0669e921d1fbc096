using System.Diagnostics.CodeAnalysis;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace LogMonitor.Core.Detection;

/// <summary>Reading YAML nodes with errors that say where.</summary>
static class YamlNodes
{
    public static bool TryGet(this YamlMappingNode map, string key, [NotNullWhen(true)] out YamlNode? value) =>
        map.Children.TryGetValue(new YamlScalarNode(key), out value);

    /// <exception cref="RuleException">There is another key.</exception>
    public static void AllowOnly(this YamlMappingNode map, IReadOnlyCollection<string> known, string where)
    {
        if (map.Children.Keys.FirstOrDefault(key => !known.Contains(key.ToString())) is { } unknown)
            throw new RuleException(unknown.Start, $"'{unknown}' is not supported in {where}; {string.Join(", ", known)} are");
    }

    public static YamlMappingNode Map(this YamlMappingNode map, string key) => map.TryGet(key, out var node)
        ? node as YamlMappingNode ?? throw Wrong(node, $"'{key}' must be a map")
        : throw new RuleException(map.Start, $"'{key}' is missing");

    /// <summary>The node of a key that is there.</summary>
    public static YamlNode Child(this YamlMappingNode map, string key) => map.Children[new YamlScalarNode(key)];

    public static string Text(this YamlMappingNode map, string key) =>
        map.OptionalText(key) ?? throw new RuleException(map.Start, $"'{key}' is missing");

    public static string? OptionalText(this YamlMappingNode map, string key)
    {
        if (!map.TryGet(key, out var node)) return null;
        return node.Scalar($"'{key}'");
    }

    public static string Scalar(this YamlNode node, string what) => node is YamlScalarNode { Value: { } value } && value.Length > 0
        ? value
        : throw Wrong(node, $"{what} must be a text");

    /// <summary>A list of texts, or one text.</summary>
    public static IEnumerable<(string Value, Mark At)> Texts(this YamlNode node, string what) => node is YamlSequenceNode list
        ? list.Children.Select(child => (child.Scalar($"an entry of {what}"), child.Start))
        : [(node.Scalar(what), node.Start)];

    /// <summary>Plain <c>null</c>, <c>~</c> or nothing: YAML's null, as opposed to the text 'null'.</summary>
    public static bool IsNull(this YamlNode node) =>
        node is YamlScalarNode { Style: ScalarStyle.Plain, Value: null or "" or "~" or "null" or "Null" or "NULL" };

    static RuleException Wrong(YamlNode node, string expected) => new(node.Start, $"{expected}, but found {Describe(node)}");

    static string Describe(YamlNode node) => node switch
    {
        YamlMappingNode => "a map",
        YamlSequenceNode => "a list",
        YamlScalarNode { Value: { Length: > 0 } value } => $"'{value}'",
        _ => "nothing",
    };
}
