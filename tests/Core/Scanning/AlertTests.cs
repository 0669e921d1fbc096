using CsCheck;
using LogMonitor.Core.Alerting;
using LogMonitor.Core.Scanning;
using LogMonitor.Core.Tests.Pipeline;
using LogMonitor.Tests.Support;

namespace LogMonitor.Core.Tests.Scanning;

/// <summary>The alerts of a scan: those of the pipeline, whatever the order of the lines, and what the limits leave of them.</summary>
public sealed class AlertTests
{
    static readonly Gen<string> line = Gen.Select(Gen.OneOf(Gen.Int[0, 9_000], Gen.Int[0, 300]), Gen.OneOf(Gen.Const(404), Gen.Const(404), Gen.Const(200)), Gen.Int[1, 3])
        .Select((second, status, client) => Some.Line(second, status, $"192.0.2.{client}"));

    [Fact]
    public void AShuffledFileGivesTheSameAlertsAsASortedOne()
    {
        var rules = Some.Rules(TestPipeline.Rules);
        Gen.Select(line.Array[0, 200], Gen.Int).Sample((lines, seed) =>
        {
            var sorted = lines.Order(StringComparer.Ordinal).ToArray();
            var shuffled = lines.ToArray();
            new Random(seed).Shuffle(shuffled);
            Assert.Equal(Some.Alerts(Some.ScanAsync(rules, sorted).GetAwaiter().GetResult()), Some.Alerts(Some.ScanAsync(rules, shuffled).GetAwaiter().GetResult()));
        }, iter: 200);
    }

    [Fact]
    public void AScanAlertsAsThePipelineDoes()
    {
        var rules = Some.Rules(TestPipeline.Rules);
        Gen.Select(line.Array[1, 120], Gen.Int[1, 5]).Sample((lines, size) =>
        {
            var pipeline = new TestPipeline();
            long start = 0;
            foreach (var part in lines.Chunk((lines.Length + size - 1) / size))
            {
                var chunk = TestChunk.Of(part, start: start);
                start += part.Sum(text => text.Length + 1);
                pipeline.IngestAsync(chunk).GetAwaiter().GetResult();
                pipeline.EvaluateAsync().GetAwaiter().GetResult();
            }
            var raised = pipeline.Stores.Alerts.Where(alert => alert.State is not (AlertState.Merged or AlertState.Withdrawn))
                .Select(alert => Some.Alert(alert.Rule, alert.Group.Select(value => value.Value), alert.First, alert.Last, alert.Count)).Order(StringComparer.Ordinal);
            Assert.Equal(raised, Some.Alerts(Some.ScanAsync(rules, lines).GetAwaiter().GetResult()));
        }, iter: 100);
    }

    [Fact]
    public void BeyondTheGroupsThatAreKeptTheLargestStayAndTheOthersAreCounted()
    {
        var matches = Timelines(maxGroups: 8, maxPoints: 1_000);
        for (var second = 0; second < 20; second++) matches.Add("192.0.2.1", second);
        for (var second = 0; second < 15; second++) matches.Add("192.0.2.2", second);
        for (var i = 0; i < 100; i++) matches.Add($"198.51.100.{i}", i);

        Assert.Equal(["192.0.2.1", "192.0.2.2"], matches.Timelines.FindAlerts().Select(alert => alert.Group["c-ip"]).Order(StringComparer.Ordinal));
        Assert.Equal([20, 15], matches.Timelines.FindAlerts().Select(alert => alert.Count));
        Assert.InRange(matches.Timelines.DroppedGroups, 92, 99);
        Assert.Equal(matches.Timelines.DroppedGroups, matches.Timelines.DroppedMatches); // one match each
    }

    [Fact]
    public void BeyondThePointsThatAreKeptTheEarliestGoAndAreCountedOnce()
    {
        var matches = Timelines(maxGroups: 8, maxPoints: 64);
        const int Count = 500;
        // Too far apart to alert, so that none can be forgotten for free; and at the end a burst.
        for (var i = 0; i < Count; i++) matches.Add("192.0.2.1", i * 100);
        for (var i = 0; i < 4; i++) matches.Add("192.0.2.1", Count * 100 + i);

        var alert = Assert.Single(matches.Timelines.FindAlerts());
        Assert.Equal(4, alert.Count);
        Assert.InRange(matches.Timelines.DroppedMatches, Count - 64, Count);
        Assert.Equal(0, matches.Timelines.DroppedGroups);
    }

    [Fact]
    public void WhatIsDroppedAndWhatIsKeptIsEverything()
    {
        Gen.Select(Gen.Int[0, 40], Gen.Int[0, 5_000]).Array[0, 400].Sample(added =>
        {
            var matches = Timelines(maxGroups: 6, maxPoints: 50);
            foreach (var (client, second) in added) matches.Add($"192.0.2.{client}", second);
            Assert.InRange(matches.Timelines.DroppedMatches, 0, added.Length);
            Assert.True(matches.Timelines.FindAlerts().Sum(alert => alert.Count) + matches.Timelines.DroppedMatches <= added.Length);
        }, iter: 300);
    }

    static (MatchTimelines Timelines, Action<string, int> Add) Of(int maxGroups, int maxPoints)
    {
        var rules = Some.Rules("""
            title: Any
            id: any
            logsource: {category: webserver}
            detection: {selection: {sc-status: 404}, condition: selection}
            level: low
            ---
            title: Many
            id: many
            correlation: {type: event_count, rules: [any], group-by: [c-ip], timespan: 1m, condition: {gte: 3}}
            level: medium
            """);
        var timelines = new MatchTimelines(rules, new AlertOptions(), maxGroups, maxPoints);
        var parser = Some.Parser();
        return (timelines, (client, second) =>
        {
            var raw = System.Text.Encoding.UTF8.GetBytes(Some.Line(second, 404, client));
            parser.Parse(raw, out var line);
            timelines.Add(0, 0, line, line.Time);
        }
        );
    }

    static Adder Timelines(int maxGroups, int maxPoints) => new(Of(maxGroups, maxPoints));

    sealed class Adder((MatchTimelines Timelines, Action<string, int> Add) of)
    {
        public MatchTimelines Timelines => of.Timelines;
        public void Add(string client, int second) => of.Add(client, second);
    }
}
