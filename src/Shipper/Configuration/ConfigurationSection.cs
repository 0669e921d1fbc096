using YamlDotNet.RepresentationModel;

namespace LogMonitor.Shipper.Configuration;

/// <summary>
/// A map of the configuration. What is wrong is noted with its place, and reading goes on with the default; the keys that were asked for
/// are the ones that are known.
/// </summary>
/// <param name="map">The map; null for one that is not there.</param>
/// <param name="name">Its name with a dot, for messages; empty for the whole file.</param>
sealed class ConfigurationSection(YamlMappingNode? map, string name, ConfigurationProblems problems)
{
    readonly List<string> known = [];

    public bool Has(string key) => Find(key) is not null;

    public string? Text(string key) => Find(key) is { } node ? Scalar(node, name + key) : null;

    /// <summary>A text that something else makes a value of, which throws <see cref="FormatException"/> with what is allowed.</summary>
    public T Value<T>(string key, Func<string, T> parse, T otherwise)
    {
        if (Find(key) is not { } node || Scalar(node, name + key) is not { } text) return otherwise;
        try
        {
            return parse(text);
        }
        catch (FormatException allowed)
        {
            problems.Add(node, $"'{name}{key}' is '{ConfigurationProblems.Shown(text)}'; {allowed.Message.TrimEnd('.')}");
            return otherwise;
        }
    }

    public ConfigurationSection Section(string key) => new(Find(key) switch
    {
        null => null,
        YamlMappingNode child => child,
        var other => problems.Wrong<YamlMappingNode>(other, $"'{name}{key}'", "a map of keys and values"),
    }, $"{name}{key}.", problems);

    /// <summary>A list; one entry may stand alone.</summary>
    public IReadOnlyList<YamlNode> List(string key) => Find(key) switch
    {
        null => [],
        YamlSequenceNode list => [.. list.Children],
        YamlScalarNode { Value: { Length: > 0 } } one => [one],
        var other => problems.Wrong<IReadOnlyList<YamlNode>>(other, $"'{name}{key}'", "a list") ?? [],
    };

    public IReadOnlyList<string> Texts(string key) => [.. List(key).Select(node => Scalar(node, $"an entry of '{name}{key}'", quote: false)).OfType<string>()];

    public IReadOnlyList<KeyValuePair<YamlNode, string>> Pairs(string key)
    {
        var section = Section(key);
        return [.. section.Nodes.Select(pair => KeyValuePair.Create(pair.Key, Scalar(pair.Value, $"{name}{key}.{pair.Key}") ?? ""))];
    }

    /// <summary>Notes what is wrong with the value of a key, or the map when the key is not there.</summary>
    public void Wrong(string key, string message) => problems.Add(Find(key), map, message);

    /// <summary>Call when everything was asked for: notes the keys that were not.</summary>
    public void RefuseOthers()
    {
        foreach (var (key, _) in Nodes)
            if (!known.Contains(key.ToString()))
                problems.Add(key, $"'{ConfigurationProblems.Shown(name + key)}' is not known; {(name.Length == 0 ? "the configuration" : $"'{name.TrimEnd('.')}'")} has {string.Join(", ", known)}");
    }

    IEnumerable<KeyValuePair<YamlNode, YamlNode>> Nodes => map?.Children ?? Enumerable.Empty<KeyValuePair<YamlNode, YamlNode>>();

    YamlNode? Find(string key)
    {
        if (!known.Contains(key)) known.Add(key);
        return map is not null && map.Children.TryGetValue(new YamlScalarNode(key), out var node) ? node : null;
    }

    string? Scalar(YamlNode node, string what, bool quote = true) => node is YamlScalarNode { Value: { Length: > 0 } value }
        ? value
        : problems.Wrong<string>(node, quote ? $"'{what}'" : what, "a text");
}
