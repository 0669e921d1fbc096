using System.Globalization;
using LogMonitor.Core.Detection;
using LogMonitor.Core.Tests.Pipeline;
using LogMonitor.Tests.Support;

namespace LogMonitor.Core.Tests.Detection;

/// <summary>The rules in the repository's folder 'rules': what works on the first start.</summary>
public sealed class OwnRulesTests
{
    static readonly Lazy<RuleSet> rules = new(() =>
        SigmaLoader.Load(Directory.EnumerateFiles(Folder(), "*.yml").Where(path => !path.EndsWith(".test.yml", StringComparison.Ordinal)).Select(path => (Path.GetFileName(path), File.ReadAllText(path)))));

    [Fact]
    public void EachLoadsWithoutAnError()
    {
        Assert.Empty(rules.Value.Errors);
        Assert.NotEmpty(rules.Value.Windows);
    }

    [Theory]
    [InlineData(new[] { 0, 15, 30, 45, 59 }, 404, true)]
    [InlineData(new[] { 0, 15, 30, 45 }, 404, false)]
    [InlineData(new[] { 0, 15, 30, 45, 60 }, 404, false)]
    [InlineData(new[] { 0, 15, 30, 45, 59 }, 403, false)]
    [InlineData(new[] { 58, 59, 60, 61, 62 }, 404, true)]
    public async Task Five404sWithinAMinuteAlert(int[] seconds, int status, bool alerts) =>
        Assert.Equal(alerts, await AlertsAsync("Burst of 404s", seconds.Select((second, i) => TestPipeline.Line(second, status, $"192.0.2.{i}"))));

    [Theory]
    [InlineData(new[] { 0, 180, 360 }, "Urgent log detected", false)]
    [InlineData(new[] { 0, 180, 360, 540 }, "Urgent log detected", true)]
    [InlineData(new[] { 0, 180, 360, 599 }, "urgent LOG detected: disk full", true)]
    [InlineData(new[] { 0, 180, 360, 600 }, "Urgent log detected", false)]
    [InlineData(new[] { 0, 180, 360, 540 }, "Urgent log not detected", false)]
    public async Task MoreThanThreeUrgentEntriesWithinTenMinutesAlert(int[] seconds, string message, bool alerts) =>
        Assert.Equal(alerts, await AlertsAsync("Urgent log entries", seconds.Select(second => string.Create(CultureInfo.InvariantCulture,
            $"{new DateTime(2026, 11, 1, 9, 0, 0).AddSeconds(second):MMM} {1,2} {new DateTime(2026, 11, 1, 9, 0, 0).AddSeconds(second):HH:mm:ss} web1 backup[4711]: {message}"))));

    /// <summary>Whether these lines of one host raise an alert of this title.</summary>
    static async Task<bool> AlertsAsync(string title, IEnumerable<string> lines)
    {
        var pipeline = new TestPipeline(rules: rules.Value);
        await pipeline.IngestAsync(TestChunk.Of(lines));
        await pipeline.EvaluateAsync();
        return pipeline.Stores.Alerts.Any(alert => alert.Title == title);
    }

    static string Folder()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "LogMonitor.sln"))) return Path.Combine(folder.FullName, "rules");
        throw new InvalidOperationException($"No LogMonitor.sln above {AppContext.BaseDirectory}: run the tests from a checkout.");
    }
}
