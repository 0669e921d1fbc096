using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;

namespace LogMonitor.Core.Tests.Detection.SigmaHq;

/// <summary>Makes, of a rule's own detection, a line that it must match, and one that it must not by a character.</summary>
sealed partial class ExampleLine
{
    readonly Dictionary<string, string> fields = [];
    readonly List<string> keywords = [];
    readonly List<string> uri = [];
    string uriEnd = "";

    public static (string Positive, string NearMiss) Of(YamlMappingNode rule, int alternative) =>
        (Make(rule, alternative, text => text), Make(rule, alternative, Break));

    static string Make(YamlMappingNode rule, int alternative, Func<string, string> change)
    {
        var example = new ExampleLine();
        var detection = (YamlMappingNode)rule["detection"];
        var condition = Negated().Replace(detection["condition"].ToString(), "");
        foreach (var (key, node) in detection.Children)
            if (key.ToString() != "condition" && IsNamed(condition, key.ToString())) example.Add(node, alternative, change);
        return example.ToString(Source(rule, "category"), Source(rule, "service"));
    }

    static bool IsNamed(string condition, string name) => condition.Split(' ', '(', ')').Any(word =>
        word == name || word == "them" && !name.StartsWith('_') || word.EndsWith('*') && name.StartsWith(word[..^1], StringComparison.Ordinal));

    static string? Source(YamlMappingNode rule, string key) => ((YamlMappingNode)rule["logsource"]).Children.TryGetValue(key, out var node) ? node.ToString() : null;

    void Add(YamlNode node, int alternative, Func<string, string> change)
    {
        switch (node)
        {
            case YamlMappingNode map:
                foreach (var (key, value) in map.Children) AddField(key.ToString(), value, alternative, change);
                break;
            case YamlSequenceNode list:
                Add(list.Children[alternative % list.Children.Count], alternative, change);
                break;
            default:
                keywords.Add(Plain(change(node.ToString())));
                break;
        }
    }

    void AddField(string key, YamlNode node, int alternative, Func<string, string> change)
    {
        var modifiers = key.Split('|');
        var values = node is YamlSequenceNode list ? list.Children : [node];
        if (!modifiers.Contains("all")) values = [values[alternative % values.Count]];
        foreach (var value in values.Cast<YamlScalarNode>())
        {
            var isNull = value.Value is null or "" or "null";
            var text = isNull ? "-" : Plain(change(value.Value!));
            switch (modifiers[0])
            {
                case "": keywords.Add(text); break;
                case "cs-uri-query" or "cs-uri" or "cs-uri-stem" when !isNull:
                    if (modifiers.Contains("endswith")) uriEnd = text;
                    else uri.Add(text);
                    break;
                // A near miss in a number or method is another matter than in a text.
                case "sc-status" or "cs-method": fields[modifiers[0]] = value.Value!; break;
                default: fields[modifiers[0]] = text; break;
            }
        }
    }

    string ToString(string? category, string? service)
    {
        var message = string.Join(' ', keywords);
        if (category == "webserver")
        {
            // A keyword stands anywhere in the line; some have quotes, which a server would escape, so they stand in the agent.
            var target = "/" + string.Concat(uri) + uriEnd;
            return $"192.0.2.7 - {Field("cs-username")} [01/Nov/2026:09:00:00 +0000] \"{Field("cs-method", "GET")} {target} HTTP/1.1\" {Field("sc-status", "200")} 12 \"{Field("cs-referer")}\" \"{Field("cs-user-agent")}\" {message}";
        }
        return service switch
        {
            "apache" => $"[Sun Nov 01 09:00:00.000000 2026] [core:notice] [pid 7] {message}",
            "nginx" => $"2026/11/01 09:00:00 [alert] 7#7: {message}",
            _ => $"Nov  1 09:00:00 web1 {Program(service)}[7]: {message}",
        };
    }

    static string Program(string? service) => service switch { null or "syslog" => "app", "clamav" => "clamd", "guacamole" => "guacd", "auth" => "su", _ => service };

    string Field(string name, string absent = "-") => fields.GetValueOrDefault(name, absent);

    static string Plain(string value) => Escaped().Replace(value, match => match.Value switch { "*" => "some", "?" => "x", var escaped => escaped[1..] });

    // A character in the middle of what has no wildcards becomes one that no rule has.
    static string Break(string value)
    {
        var piece = Pieces().Matches(value).MaxBy(match => match.Length)!;
        var at = piece.Index + piece.Length / 2;
        return value[..at] + '\u00A4' + value[(at + 1)..];
    }

    [GeneratedRegex(@"[^\\*?]+")]
    private static partial Regex Pieces();

    [GeneratedRegex(@"\\[*?\\]|[*?]")]
    private static partial Regex Escaped();

    [GeneratedRegex(@"not\s+(1 of \S+|all of \S+|\S+)")]
    private static partial Regex Negated();
}
