using System.Text.Json;
using System.Text.Json.Serialization;
using LogMonitor.Core.Detection;

namespace LogMonitor.Standalone.Rules;

/// <summary>What <c>logmonitor rules check</c> found.</summary>
/// <param name="Files">Files with rules, filters, placeholders or overrides.</param>
/// <param name="Lines">Rules about single lines.</param>
/// <param name="Correlations">Rules about several matches.</param>
/// <param name="Alerting">Of both, those that alert.</param>
/// <param name="Levels">Level → rules that alert.</param>
/// <param name="Overridden">LogMonitor's rules that overrides among them change.</param>
/// <param name="Disabled">LogMonitor's rules that overrides among them switch off.</param>
/// <param name="Replaced">What of LogMonitor's does not load beside them, and why: mostly rules whose id or name they have taken.</param>
/// <param name="Errors">What was skipped, and why.</param>
sealed record RuleCheck(
    int Files, int Lines, int Correlations, int Alerting, SortedDictionary<string, int> Levels, int Overridden, int Disabled, IReadOnlyList<RuleError> Replaced, IReadOnlyList<RuleError> Errors)
{
    /// <param name="rules">The rules, LogMonitor's beside them.</param>
    /// <param name="files">How many files there are without those.</param>
    /// <param name="planErrors">What is wrong with <c>alerts.yml</c>.</param>
    public static RuleCheck Of(RuleSet rules, int files, IReadOnlyList<RuleError> planErrors)
    {
        var events = rules.Events.Select(rule => rule.Id).ToHashSet();
        var (lines, windows) = (rules.Events.Where(rule => IsAsked(rule.File)).ToList(), rules.Windows.Where(rule => IsAsked(rule.File)).ToList());
        var alerting = windows.Where(rule => rule.Alerts).ToList();
        return new RuleCheck(
            files, lines.Count, windows.Count(rule => !events.Contains(rule.Id)), alerting.Count,
            new(alerting.GroupBy(rule => rule.Level).ToDictionary(level => RuleLine.NameOf(level.Key), level => level.Count()), StringComparer.Ordinal),
            rules.Events.Select(rule => (rule.Id, rule.File)).Concat(rules.Windows.Select(rule => (rule.Id, rule.File))).Distinct().Count(rule => !IsAsked(rule.File) && rules.Overridden.Contains(rule.Id)),
            rules.Disabled.Count(rule => !IsAsked(rule.File)),
            [.. rules.Errors.Where(error => !IsAsked(error.File))], [.. rules.Errors.Where(error => IsAsked(error.File)), .. planErrors]);

        static bool IsAsked(string file) => RuleDirectories.IsAsked(file);
    }
}

/// <summary>A rule in the list of <c>logmonitor rules list</c>.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">What correlations call it; absent where it has none.</param>
/// <param name="Title">For people.</param>
/// <param name="Level">How bad it is.</param>
/// <param name="Kind"><c>line</c>, or the correlation's type.</param>
/// <param name="Alerts">Whether it alerts by itself.</param>
/// <param name="Condition">What a correlation needs to fire; absent for a rule about lines.</param>
/// <param name="GroupBy">The fields by which a correlation, or the alert of a line, is told apart.</param>
/// <param name="Logsource">Which lines a rule looks at; absent for a correlation.</param>
/// <param name="Tags">Such as <c>attack.t1190</c>.</param>
/// <param name="Override">What an override has done to it: <c>changed</c> or <c>disabled</c>; absent where there is none.</param>
/// <param name="File">Where it stands.</param>
sealed record RuleLine(
    string Id, string? Name, string Title, string Level, string Kind, bool Alerts, string? Condition, IReadOnlyList<string> GroupBy, string? Logsource, IReadOnlyList<string> Tags, string? Override, string File)
{
    /// <summary>All rules, by file and in its order.</summary>
    public static IReadOnlyList<RuleLine> Of(RuleSet rules)
    {
        var events = rules.Events.Select(rule => rule.Id).ToHashSet();
        var alerting = rules.Windows.Where(rule => rule.Alerts).Select(rule => rule.Id).ToHashSet();
        string? Changed(RuleId rule) => rules.Overridden.Contains(rule) ? "changed" : null;
        return
        [
            .. rules.Events.Select(rule => new RuleLine(rule.Id.Value, rule.Name, rule.Title, NameOf(rule.Level), "line", alerting.Contains(rule.Id), null,
                    rules.Windows.FirstOrDefault(window => window.Id == rule.Id)?.GroupBy ?? [], rule.Source.ToString(), rule.About.Tags, Changed(rule.Id), rule.File))
                .Concat(rules.Windows.Where(rule => !events.Contains(rule.Id)).Select(rule => new RuleLine(rule.Id.Value, rule.Name, rule.Title, NameOf(rule.Level),
                    JsonNamingPolicy.SnakeCaseLower.ConvertName(rule.Type.ToString()), rule.Alerts, rule.Threshold, rule.GroupBy, null, rule.About.Tags, Changed(rule.Id), rule.File)))
                .Concat(rules.Disabled.Select(rule => new RuleLine(rule.Id.Value, rule.Name, rule.Title, "", "", false, null, [], null, [], "disabled", rule.File)))
                .Where(rule => RuleDirectories.IsAsked(rule.File) || rule.Override is not null)
                .OrderBy(rule => rule.File, StringComparer.Ordinal),
        ];
    }

    /// <summary>Whether it runs.</summary>
    [JsonIgnore]
    public bool IsDisabled => Override == "disabled";

    public static string NameOf(Level level) => level.ToString().ToLowerInvariant();
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RuleCheck))]
[JsonSerializable(typeof(IReadOnlyList<RuleLine>))]
sealed partial class RuleJson : JsonSerializerContext;
