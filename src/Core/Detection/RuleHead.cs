using YamlDotNet.RepresentationModel;

namespace LogMonitor.Core.Detection;

/// <summary>Reads what all kinds of rules say about themselves.</summary>
static class RuleHead
{
    public static RuleId ReadId(YamlMappingNode map) =>
        new(map.OptionalText("id") ?? map.OptionalText("name") ?? throw new RuleException(map.Start, "'id' is missing (a UUID, unique to this rule)"));

    public static RuleAbout ReadAbout(YamlMappingNode map) => new()
    {
        Title = map.Text("title"),
        Level = ReadLevel(map),
        Description = map.OptionalText("description"),
        Status = map.OptionalText("status"),
        Author = map.OptionalText("author"),
        Tags = ReadTexts(map, "tags"),
        FalsePositives = ReadTexts(map, "falsepositives"),
        References = ReadTexts(map, "references"),
    };

    public static LogSource ReadSource(YamlMappingNode map)
    {
        if (map.Children.Count == 0) throw new RuleException(map.Start, "'logsource' must name a category, product or service");
        var source = new LogSource(map.OptionalText("category"), map.OptionalText("product"), map.OptionalText("service"));
        return source.Problem is { } problem ? throw new RuleException(map.Start, problem) : source;
    }

    public static Level ReadLevel(YamlMappingNode map)
    {
        if (!map.TryGet("level", out var node)) return Level.Medium;
        // By name only: Enum.TryParse would take '3' and 'low, medium' too.
        var text = node.Scalar("'level'");
        return Enum.GetNames<Level>().FirstOrDefault(name => name.Equals(text, StringComparison.OrdinalIgnoreCase)) is { } known
            ? Enum.Parse<Level>(known)
            : throw new RuleException(node.Start, $"'level' must be informational, low, medium, high or critical, but found '{node}'");
    }

    static string[] ReadTexts(YamlMappingNode map, string key) =>
        map.TryGet(key, out var node) && !node.IsNull() ? [.. node.Texts($"'{key}'").Select(text => text.Value)] : [];
}
