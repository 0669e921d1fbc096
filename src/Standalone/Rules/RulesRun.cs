using System.Text.Json;
using LogMonitor.Core.Alerting.Plans;
using LogMonitor.Core.Detection;
using LogMonitor.Core.RuleTests;
using LogMonitor.Core.Text;

namespace LogMonitor.Standalone.Rules;

/// <summary>What <c>logmonitor rules</c> does. Text of rules is shown in its display form: a rule file can't colour the terminal.</summary>
sealed class RulesRun(IReadOnlyList<string> asked, bool json, TextWriter output, TextWriter messages)
{
    /// <summary>A directory that is a copy of LogMonitor's rules replaces all of them, which need not be listed.</summary>
    const int MaxReplacedShown = 10;

    readonly RuleDirectories directories = new(asked, "Name one");

    /// <summary>Counts what loads, and says what does not.</summary>
    /// <returns>The exit code: 0, or 2 where something is wrong.</returns>
    public int Check()
    {
        var rules = directories.LoadAsTheyRun();
        var (plan, planErrors) = directories.ReadPlan();
        var check = RuleCheck.Of(rules, directories.CountFiles(), planErrors);
        if (json) output.WriteLine(JsonSerializer.Serialize(check, RuleJson.Default.RuleCheck));
        else
        {
            output.WriteLine($"{Wording.Counted(check.Lines, "rule")} about lines and {Wording.Counted(check.Correlations, "correlation")} in {Wording.Counted(check.Files, "file")}; "
                + $"{check.Alerting} of them alert{(check.Levels.Count > 0 ? $" ({string.Join(", ", check.Levels.OrderByDescending(level => Enum.Parse<Level>(level.Key, ignoreCase: true)).Select(level => $"{level.Value} {level.Key}"))})" : "")}.");
            if (check.Overridden + check.Disabled + check.Replaced.Count > 0)
                output.WriteLine($"Of LogMonitor's rules: {check.Overridden} changed by overrides here, {check.Disabled} switched off, {check.Replaced.Count} skipped beside these.");
            if (plan is not null) output.WriteLine($"{AlertPlan.FileName}: {Wording.Counted(plan.Channels.Count, "channel")}, {Wording.Counted(plan.Routes.Count, "route")}, {Wording.Counted(plan.Silences.Count, "silence")}, {Wording.Counted(plan.Inhibitions.Count, "inhibition")}.");
            foreach (var error in check.Replaced.Take(MaxReplacedShown)) output.WriteLine($"note: {DisplayText.From(error.ToString())}");
            if (check.Replaced.Count > MaxReplacedShown) output.WriteLine($"note: and {check.Replaced.Count - MaxReplacedShown} more");
            foreach (var error in check.Errors) output.WriteLine($"skipped: {DisplayText.From(error.ToString())}");
        }
        var isEmpty = check.Files == 0 && plan is null;
        if (isEmpty && check.Errors.Count == 0) messages.WriteLine("logmonitor: there is no rule here: rules stand in files named *.yml and *.yaml.");
        return check.Errors.Count > 0 || isEmpty ? 2 : 0;
    }

    /// <summary>Lists the rules.</summary>
    /// <returns>The exit code: 0.</returns>
    public int List()
    {
        var rules = directories.LoadAsTheyRun();
        foreach (var error in rules.Errors.Where(error => RuleDirectories.IsAsked(error.File))) messages.WriteLine($"logmonitor: rule skipped: {DisplayText.From(error.ToString())}");
        var list = RuleLine.Of(rules);
        if (json)
        {
            output.WriteLine(JsonSerializer.Serialize(list, RuleJson.Default.IReadOnlyListRuleLine));
            return 0;
        }
        var width = Math.Min(60, list.Select(rule => DisplayText.From(rule.Title).ToString().Length).DefaultIfEmpty().Max());
        foreach (var file in list.GroupBy(rule => rule.File))
        {
            output.WriteLine(DisplayText.From(file.Key));
            foreach (var rule in file)
                output.WriteLine($"  {(rule.Alerts ? rule.Level : "-"),-13}  {DisplayText.From(rule.Title, width).ToString().PadRight(width)}  {DisplayText.From(Describe(rule))}".TrimEnd());
        }
        return 0;
    }

    /// <summary>Runs the tests that stand beside the rules.</summary>
    /// <returns>The exit code: 0; 1 where a case fails; 2 where rules or tests can't be read.</returns>
    public async Task<int> TestAsync(CancellationToken cancellationToken)
    {
        var rules = directories.LoadAsTheyRun();
        var errors = rules.Errors.Where(error => RuleDirectories.IsAsked(error.File)).ToList();
        var files = directories.ReadTests();
        List<RuleTestCase> cases = [.. files.SelectMany(file => RuleTestReader.Read(file.File, file.Yaml, rules, errors))];
        foreach (var error in errors) await messages.WriteLineAsync($"logmonitor: {DisplayText.From(error.ToString())}");

        var runner = new RuleTestRunner(rules);
        var failed = 0;
        foreach (var test in cases)
        {
            var problems = await runner.RunAsync(test, cancellationToken);
            if (problems.Count == 0) continue;
            failed++;
            await output.WriteLineAsync($"{DisplayText.From($"{test.File}:{test.Line}: {test.Name}")}");
            foreach (var problem in problems) await output.WriteLineAsync($"  {DisplayText.From(problem)}");
        }
        List<string> untested = [.. rules.Events.Select(rule => rule.File).Concat(rules.Windows.Select(rule => rule.File)).Distinct().Where(RuleDirectories.IsAsked).Except(cases.Select(test => test.RuleFile)).Order(StringComparer.Ordinal)];
        if (untested.Count > 0) await output.WriteLineAsync($"without tests: {DisplayText.From(string.Join(", ", untested))}");
        await output.WriteLineAsync($"{cases.Count - failed} passed, {failed} failed");
        return errors.Count > 0 ? 2 : failed > 0 ? 1 : 0;
    }

    static string Describe(RuleLine rule) => rule.IsDisabled ? "(disabled)" :
        (rule.Condition ?? rule.Logsource) + (rule.GroupBy.Count > 0 && rule.Condition is not null ? $", by {string.Join(" and ", rule.GroupBy)}" : "") + (rule.Alerts ? "" : rule.Kind == "line" ? " (counted only)" : " (for other rules only)") + (rule.Override is null ? "" : " (changed)");
}
