using LogMonitor.Core.Alerting;
using LogMonitor.Core.Detection;
using LogMonitor.Tests.Support;

namespace LogMonitor.Core.Tests.Pipeline;

/// <summary>A rule that is changed under its id, while matches from before are stored.</summary>
public sealed class RuleChangeTests
{
    const string LineRule = """
        title: HTTP 404
        id: http-404
        logsource: {category: webserver}
        detection: {selection: {sc-status: 404}, condition: selection}
        ---
        """;

    [Fact]
    public async Task AnAlertStandsWhenItsRuleMeasuresSomethingElse()
    {
        var before = new TestPipeline(rules: Load("type: value_avg, rules: [http-404], group-by: [c-ip], timespan: 1m, condition: {field: sc-bytes, gte: 400}"));
        await EvaluateAsync(before, 0, Lines(0, 3));
        Assert.Equal(AlertState.Open, Assert.Single(before.Stores.Alerts).State);

        // The sizes from before are no statuses: with them the average would reach 450.
        var after = new TestPipeline(rules: Load("type: value_avg, rules: [http-404], group-by: [c-ip], timespan: 1m, condition: {field: sc-status, gte: 450}"), before: before);
        await EvaluateAsync(after, 1, Lines(10, 1));

        Assert.Equal(AlertState.Open, Assert.Single(after.Stores.Alerts).State);
        Assert.Contains("3 matches of the rule changing left out: stored before the rule was changed to group or to measure by other fields.", after.Stores.Reports.Last().Problems);
    }

    [Theory]
    [InlineData("type: event_count, rules: [http-404], group-by: [cs-method], timespan: 1m, condition: {gte: 2}", 3, 2)]
    [InlineData("type: value_count, rules: [http-404], group-by: [c-ip], timespan: 1m, condition: {field: cs-uri-stem, gte: 2}", 3)]
    [InlineData("type: event_count, rules: [http-404], timespan: 1m, condition: {gte: 2}", 3, 2)]
    public async Task MatchesFromBeforeAreNotTakenForOthers(string correlation, params int[] counts)
    {
        var before = new TestPipeline(rules: Load("type: event_count, rules: [http-404], group-by: [c-ip], timespan: 1m, condition: {gte: 2}"));
        await EvaluateAsync(before, 0, Lines(0, 3));
        Assert.Equal(3, Assert.Single(before.Stores.Alerts).Count);

        var after = new TestPipeline(rules: Load(correlation), before: before);
        await EvaluateAsync(after, 1, Lines(10, 2));

        // What was found before stands with its count; the new lines are looked at alone.
        Assert.Equal(counts, after.Stores.Alerts.Select(alert => (int)alert.Count).OrderDescending());
    }

    [Theory]
    [InlineData("type: event_count, rules: [http-404], group-by: [c-ip], timespan: 2m, condition: {gte: 5}")]
    [InlineData("type: event_count, rules: [http-404], group-by: [c-ip], timespan: 1m, condition: {gt: 4}")]
    public async Task AnotherThresholdOrTimespanLooksAtTheMatchesFromBefore(string correlation)
    {
        var before = new TestPipeline(rules: Load("type: event_count, rules: [http-404], group-by: [c-ip], timespan: 1m, condition: {gte: 50}"));
        await EvaluateAsync(before, 0, Lines(0, 3));
        Assert.Empty(before.Stores.Alerts);

        var after = new TestPipeline(rules: Load(correlation), before: before);
        await EvaluateAsync(after, 1, Lines(10, 2));
        Assert.Equal(5, Assert.Single(after.Stores.Alerts).Count);
        Assert.Empty(after.Stores.Reports.Last().Problems);
    }

    static RuleSet Load(string correlation)
    {
        var rules = SigmaLoader.Load([("rules.yml", $"{LineRule}\ntitle: Changing\nid: changing\ncorrelation: {{{correlation}}}\nlevel: medium\n")]);
        Assert.Empty(rules.Errors);
        return rules;
    }

    static string[] Lines(int second, int count) => [.. Enumerable.Range(second, count).Select(at => TestPipeline.Line(at, 404, bytes: 500))];

    static async Task EvaluateAsync(TestPipeline pipeline, int chunk, string[] lines)
    {
        await pipeline.IngestAsync(TestChunk.Of(lines, start: chunk * 10_000));
        pipeline.Clock.Advance(TimeSpan.FromMinutes(1));
        await pipeline.EvaluateAsync();
    }
}
