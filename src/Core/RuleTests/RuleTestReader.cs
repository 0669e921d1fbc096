using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using LogMonitor.Core.Detection;
using YamlDotNet.RepresentationModel;

namespace LogMonitor.Core.RuleTests;

/// <summary>Reads test files: YAML, a list of cases. docs/rules.md describes them.</summary>
public static partial class RuleTestReader
{
    static readonly string[] keys = ["name", "log", "escapes", "format", "timezone", "reference", "lines", "alerts"];
    static readonly string[] alertKeys = ["rule", "group", "count", "first", "last"];

    /// <summary>Whether a file holds tests, and not rules: <c>….test.yml</c>, <c>….test.yaml</c>.</summary>
    public static bool IsTestFile(string file) => TestSuffix().IsMatch(file);

    internal static string RuleFileOf(string file) => TestSuffix().Replace(file, "$1");

    /// <summary>Reads the cases of a file. What is wrong with some is an error, the others are returned.</summary>
    /// <param name="file">Its name, relative to the rules' directory.</param>
    /// <param name="yaml">Its text.</param>
    /// <param name="rules">All rules of the directory.</param>
    /// <param name="errors">Takes what is wrong.</param>
    public static IReadOnlyList<RuleTestCase> Read(string file, string yaml, RuleSet rules, ICollection<RuleError> errors)
    {
        var found = new List<RuleError>();
        var documents = new RuleDocuments(found);
        var cases = new List<RuleTestCase>();
        foreach (var root in documents.ReadRoots(file, yaml))
        {
            if (root is not YamlSequenceNode list)
            {
                found.Add(new RuleError(file, root.Start.Line, root.Start.Column, "a test file is a list of cases, each with name, log and alerts"));
                continue;
            }
            foreach (var node in list.Children) documents.Try(file, () => cases.Add(ReadCase(file, node, rules)));
        }
        foreach (var error in found) errors.Add(error);
        return cases;
    }

    static RuleTestCase ReadCase(string file, YamlNode node, RuleSet rules)
    {
        var map = node as YamlMappingNode ?? throw new RuleException(node.Start, "a case is a map with name, log and alerts");
        map.AllowOnly(keys, "a case");
        var log = map.Text("log");
        return new RuleTestCase
        {
            File = file,
            Line = map.Start.Line,
            Name = map.Text("name"),
            Log = map.TryGet("escapes", out var escapes) && ReadTrue(escapes) ? Unescape(log) : Encoding.UTF8.GetBytes(log),
            Format = map.OptionalText("format") ?? "auto",
            Zone = map.OptionalText("timezone") is { } zone ? FindZone(zone, map.Child("timezone")) : TimeZoneInfo.Utc,
            Reference = map.TryGet("reference", out var reference) ? ReadTime(reference) : RuleTestCase.EndOf2026,
            Lines = map.TryGet("lines", out _) ? [.. map.Map("lines").Children.Select(entry => (FindEvent(entry.Key, rules), ReadCount(entry.Value)))] : [],
            Alerts = map.TryGet("alerts", out var alerts) && alerts is YamlSequenceNode list
                ? [.. list.Children.Select(alert => ReadAlert(alert, RuleFileOf(file), rules))]
                : throw new RuleException(map.Start, "'alerts' is missing, the list of alerts that are expected; [] for none"),
        };
    }

    static ExpectedAlert ReadAlert(YamlNode node, string file, RuleSet rules)
    {
        var map = node as YamlMappingNode ?? throw new RuleException(node.Start, "an alert is a map with rule and, if need be, group, count, first and last");
        map.AllowOnly(alertKeys, "an alert");
        var name = map.Text("rule");
        var rule = rules.Windows.FirstOrDefault(rule => rule.File == file && rule.Alerts && (rule.Id.Value == name || rule.Name == name || rule.Title == name))
            ?? throw new RuleException(map.Child("rule").Start, $"no rule of {file} that alerts has the id, name or title '{name}'");
        return new ExpectedAlert(
            rule.Id,
            map.TryGet("group", out _) ? map.Map("group").Children.ToDictionary(field => field.Key.Scalar("a field"), field => field.Value.Scalar("a field's value"), StringComparer.Ordinal) : [],
            map.TryGet("count", out var count) ? ReadCount(count) : null,
            map.TryGet("first", out var first) ? ReadTime(first) : null,
            map.TryGet("last", out var last) ? ReadTime(last) : null);
    }

    static RuleId FindEvent(YamlNode node, RuleSet rules)
    {
        var name = node.Scalar("a rule");
        return rules.Events.FirstOrDefault(rule => rule.Id.Value == name || rule.Name == name || rule.Title == name)?.Id
            ?? throw new RuleException(node.Start, $"no rule about lines has the id, name or title '{name}'");
    }

    static long ReadCount(YamlNode node) => long.TryParse(node.Scalar("a count"), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
        ? count
        : throw new RuleException(node.Start, $"a count is a whole number, but found '{node}'");

    static DateTimeOffset ReadTime(YamlNode node) =>
        DateTimeOffset.TryParse(node.Scalar("a time"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : throw new RuleException(node.Start, $"'{node}' is not a time, such as 2026-11-01T09:00:00Z");

    static bool ReadTrue(YamlNode node) => node.Scalar("'escapes'") switch
    {
        "true" => true,
        "false" => false,
        _ => throw new RuleException(node.Start, $"'escapes' is true or false, but found '{node}'"),
    };

    static TimeZoneInfo FindZone(string name, YamlNode node) => TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone)
        ? zone
        : throw new RuleException(node.Start, $"'{name}' is not a time zone, such as Europe/Berlin");

    // \xHH is a byte; nothing else is special, since logs are full of backslashes.
    static byte[] Unescape(string log)
    {
        using var bytes = new MemoryStream();
        var at = 0;
        foreach (Match match in Escape().Matches(log))
        {
            bytes.Write(Encoding.UTF8.GetBytes(log[at..match.Index]));
            bytes.Write(Convert.FromHexString(match.Groups[1].ValueSpan));
            at = match.Index + match.Length;
        }
        bytes.Write(Encoding.UTF8.GetBytes(log[at..]));
        return bytes.ToArray();
    }

    [GeneratedRegex(@"\.test(\.ya?ml)\z", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex TestSuffix();

    [GeneratedRegex(@"\\x([0-9A-Fa-f]{2})", RegexOptions.CultureInvariant)]
    private static partial Regex Escape();
}
