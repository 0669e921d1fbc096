using LogMonitor.Core.Detection;
using LogMonitor.Core.Scanning;
using LogMonitor.Core.Text;

namespace LogMonitor.Core.RuleTests;

/// <summary>Runs cases as <c>logmonitor scan</c> would read their logs.</summary>
/// <param name="rules">All rules of the directory: filters and base rules may stand in any file.</param>
public sealed class RuleTestRunner(RuleSet rules)
{
    /// <summary>Runs a case; returns what is not as expected.</summary>
    public async Task<IReadOnlyList<string>> RunAsync(RuleTestCase test, CancellationToken cancellationToken)
    {
        var scanner = new Scanner(rules, new ScanOptions { Format = test.Format, Zone = test.Zone });
        using var log = new MemoryStream(test.Log);
        try
        {
            await scanner.ScanAsync(log, null, test.Reference, null, cancellationToken).ConfigureAwait(false);
        }
        catch (FormatException e)
        {
            return [$"'format': {e.Message}"];
        }
        var report = scanner.ToReport();
        return [.. Lines(test, report), .. Alerts(test, report)];
    }

    IEnumerable<string> Lines(RuleTestCase test, ScanReport report)
    {
        foreach (var (rule, expected) in test.Lines)
        {
            var lines = report.Rules.FirstOrDefault(found => found.Rule == rule.Value)?.Lines ?? 0;
            if (lines != expected) yield return $"'{rules.Events.First(known => known.Id == rule).Title}' matches {Wording.Counted(lines, "line")}, not {expected}";
        }
    }

    IEnumerable<string> Alerts(RuleTestCase test, ScanReport report)
    {
        var own = rules.Windows.Where(rule => rule.File == test.RuleFile).Select(rule => rule.Id.Value).ToHashSet(StringComparer.Ordinal);
        var raised = report.Alerts.Where(alert => own.Contains(alert.Rule)).ToList();
        // The most demanding first: what is missing then is said to be the one that asks for least.
        List<ExpectedAlert> wanted = [.. test.Alerts.OrderByDescending(Demands)];
        var takenBy = Assign(wanted, raised);
        foreach (var missing in Enumerable.Range(0, wanted.Count).Except(takenBy.OfType<int>())) yield return $"missing: {Describe(wanted[missing])}";
        foreach (var (alert, taken) in raised.Zip(takenBy))
            if (taken is null) yield return $"unexpected: {Describe(alert)}";
    }

    /// <summary>Finds as many pairs of an expected alert and a raised one as there can be: what suits several may be the only one that suits another.</summary>
    /// <returns>Of each raised alert, the index of the expected one that it is taken for.</returns>
    /// <remarks>A maximum bipartite matching by augmenting paths.</remarks>
    static int?[] Assign(List<ExpectedAlert> wanted, List<ScanAlert> raised)
    {
        List<int[]> suits = [.. wanted.Select(expected => Enumerable.Range(0, raised.Count).Where(at => IsAsExpected(raised[at], expected)).ToArray())];
        var takenBy = new int?[raised.Count];
        for (var i = 0; i < wanted.Count; i++) Find(i, new bool[raised.Count]);
        return takenBy;

        // Takes one that is free, or whose taker finds another.
        bool Find(int expected, bool[] tried)
        {
            foreach (var at in suits[expected])
            {
                if (tried[at]) continue;
                tried[at] = true;
                if (takenBy[at] is { } other && !Find(other, tried)) continue;
                takenBy[at] = expected;
                return true;
            }
            return false;
        }
    }

    static int Demands(ExpectedAlert alert) => alert.Group.Count + (alert.Count is null ? 0 : 1) + (alert.First is null ? 0 : 1) + (alert.Last is null ? 0 : 1);

    static bool IsAsExpected(ScanAlert alert, ExpectedAlert expected) =>
        alert.Rule == expected.Rule.Value
        && expected.Group.All(field => alert.Group.GetValueOrDefault(LineField.Find(field.Key)?.Name ?? field.Key) == field.Value)
        && (expected.Count ?? alert.Count) == alert.Count
        && (expected.First?.UtcDateTime ?? alert.First) == alert.First
        && (expected.Last?.UtcDateTime ?? alert.Last) == alert.Last;

    string Describe(ExpectedAlert alert) => string.Concat(
        $"'{rules.FindWindow(alert.Rule).Title}'",
        string.Concat(alert.Group.Select(field => $", {field.Key} {field.Value}")),
        alert.Count is { } count ? $", {Wording.Counted(count, "match")}" : "",
        alert.First is { } first ? $", from {first.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}" : "",
        alert.Last is { } last ? $", to {last.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}" : "");

    static string Describe(ScanAlert alert) =>
        $"'{alert.Title}'{string.Concat(alert.Group.Select(field => $", {field.Key} {field.Value}"))}, {Wording.Counted(alert.Count, "match")}, from {alert.First:yyyy-MM-ddTHH:mm:ssZ}, to {alert.Last:yyyy-MM-ddTHH:mm:ssZ}";
}
