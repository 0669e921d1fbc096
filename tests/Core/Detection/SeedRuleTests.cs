using System.Globalization;
using System.Text;
using LogMonitor.Core.Detection;
using LogMonitor.Core.Parsing;
using LogMonitor.Tests.Support;

namespace LogMonitor.Core.Tests.Detection;

/// <summary>The rules that we ship, on real lines: the thresholds that users know from the script of old.</summary>
public sealed class SeedRuleTests
{
    static readonly DateTimeOffset start = new(2026, 11, 1, 9, 0, 0, TimeSpan.Zero);

    // Loaded once: the regular expressions of all rules take seconds.
    static readonly Lazy<RuleSet> loaded = new(() => SigmaLoader.Load(Directory.EnumerateFiles(Repository.PathOf("rules"), "*.yml").Where(file => !file.EndsWith(".test.yml", StringComparison.Ordinal)).Select(file => (Path.GetFileName(file), File.ReadAllText(file)))));

    static RuleSet Shipped => loaded.Value;

    [Fact]
    public void EachShippedRuleLoads()
    {
        var shipped = Shipped;
        Assert.Empty(shipped.Errors);
        Assert.Superset(new HashSet<string> { "Burst of 404s", "Urgent log entries" }, shipped.Windows.Select(window => window.Title).ToHashSet());
    }

    [Theory]
    [InlineData("Burst of 404s", new[] { 0, 15, 30, 45, 59 }, true)]
    [InlineData("Burst of 404s", new[] { 0, 15, 30, 45, 60 }, false)]
    [InlineData("Burst of 404s", new[] { 0, 15, 30, 45 }, false)]
    [InlineData("Urgent log entries", new[] { 0, 200, 400, 599 }, true)]
    [InlineData("Urgent log entries", new[] { 0, 200, 400, 600 }, false)]
    [InlineData("Urgent log entries", new[] { 0, 1, 2 }, false)]
    public void TheSeedsFireExactlyAtTheirThresholds(string title, int[] seconds, bool fires)
    {
        var rules = Shipped;
        var counter = new ChunkCounter(rules, start);
        var parser = new LineParser(new ParserOptions { ReferenceTime = start });
        foreach (var second in seconds)
        {
            var time = start.AddSeconds(second);
            parser.Parse(Encoding.UTF8.GetBytes(title.StartsWith("Burst", StringComparison.Ordinal)
                ? string.Create(CultureInfo.InvariantCulture, $"192.0.2.{second} - - [{time:dd/MMM/yyyy:HH:mm:ss} +0000] \"GET /x HTTP/1.1\" 404 12 \"-\" \"-\"")
                : string.Create(CultureInfo.InvariantCulture, $"[{time:ddd MMM dd HH:mm:ss.ffffff yyyy}] [php:crit] [pid 1:tid 1] urgent LOG detected: queue")), out var line);
            counter.Add(line);
        }
        var rule = rules.Windows.Single(window => window.Title == title);
        var points = counter.Hours.SelectMany(hour => hour.Value.MatchGroups).Where(group => group.Key.Rule == rule.Id).SelectMany(group => group.Points).ToList();
        Assert.Equal(seconds.Length, points.Sum(point => point.Count));
        Assert.Equal(fires, SlidingWindow.Find(points, rule, out _).Count > 0);
    }
}
