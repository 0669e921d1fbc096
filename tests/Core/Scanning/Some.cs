using System.Globalization;
using System.Text;
using LogMonitor.Core.Detection;
using LogMonitor.Core.Parsing;
using LogMonitor.Core.Scanning;

namespace LogMonitor.Core.Tests.Scanning;

/// <summary>Rules, lines and scans for tests.</summary>
static class Some
{
    public static readonly DateTimeOffset Time = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);

    public static RuleSet Rules(string yaml)
    {
        var rules = SigmaLoader.Load([("rules.yml", yaml)]);
        Assert.Empty(rules.Errors);
        return rules;
    }

    public static string Line(int seconds, int status, string client, string path = "/", string agent = "test") =>
        string.Create(CultureInfo.InvariantCulture, $"{client} - - [{new DateTimeOffset(2026, 11, 1, 9, 0, 0, TimeSpan.Zero).AddSeconds(seconds):dd/MMM/yyyy:HH:mm:ss} +0000] \"GET {path} HTTP/1.1\" {status} 12 \"-\" \"{agent}\"");

    public static LineParser Parser() => new(new ParserOptions { Zone = TimeZoneInfo.Utc, ReferenceTime = Time });

    public static async Task<ScanReport> ScanAsync(RuleSet rules, IEnumerable<string> lines, ScanOptions? options = null)
    {
        var scanner = new Scanner(rules, options ?? new ScanOptions());
        using var input = new MemoryStream(Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => line + "\n"))));
        await scanner.ScanAsync(input, null, Time, null, CancellationToken.None);
        return scanner.ToReport();
    }

    /// <summary>The alerts, one a line.</summary>
    public static IReadOnlyList<string> Alerts(ScanReport report) =>
        [.. report.Alerts.Select(alert => Alert(alert.Rule, alert.Group.Values, alert.First, alert.Last, alert.Count)).Order(StringComparer.Ordinal)];

    public static string Alert(string rule, IEnumerable<string> group, DateTimeOffset first, DateTimeOffset last, long count) =>
        string.Create(CultureInfo.InvariantCulture, $"{rule} [{string.Join(',', group)}] {first.UtcDateTime:MM-dd HH:mm:ss.fff}-{last.UtcDateTime:MM-dd HH:mm:ss.fff} {count}");
}
