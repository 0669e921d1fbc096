using System.Text.Json;
using CsCheck;
using LogMonitor.Core.Alerting;
using LogMonitor.Core.Chunks;
using LogMonitor.Core.Detection;
using LogMonitor.Core.Pipeline;
using LogMonitor.Core.Retention;
using LogMonitor.Core.Tests.Pipeline;
using LogMonitor.Tests.Support;

namespace LogMonitor.Core.Tests.Retention;

/// <summary>The invariants of docs/design.md, while what is old expires.</summary>
public sealed class ExpiryInvariantTests
{
    static readonly CancellationToken none = TestContext.Current.CancellationToken;
    static readonly RetentionOptions shortest = new()
    {
        Counts = TimeSpan.FromDays(30),
        Reports = TimeSpan.FromDays(30),
        Alerts = TimeSpan.FromDays(60),
        Matches = TimeSpan.FromDays(60),
        Chunks = TimeSpan.FromDays(30),
    };
    static readonly RetentionOptions forEver = new() { Counts = default, Reports = default, Alerts = default, Matches = default, Chunks = default };
    static readonly RuleSet allKinds = SigmaLoader.Load([("rules.yml", InvariantTests.AllKinds)]);

    [Fact]
    public async Task WhatIsKeptIsWhatItWouldBeIfNothingHadEverExpired()
    {
        // Bursts over 200 days, shipped up to ten days late, each delivered again within the time for which its blob or an event may be around.
        await Gen.Select(Gen.Select(Gen.Int[0, 200], Gen.Int[0, 2], Gen.Int[2, 6], Gen.Int[0, 10], Gen.Int[0, 25]).Array[1, 25], Gen.Int[1, 9]).SampleAsync(async (bursts, sweeps) =>
        {
            var deliveries = bursts.SelectMany((burst, number) =>
            {
                var (day, client, lines, late, again) = burst;
                var chunk = TestChunk.Of(
                    Enumerable.Range(0, lines).Select(line => TestPipeline.Line((day * 86_400) + (line * 7) + (number % 4), line == 3 ? 500 : 404, $"192.0.2.{client}", line)),
                    start: number * 100_000L, cut: Noon(day));
                return new (int Day, TestChunk Chunk, bool IsFirst)[] { (day + late, chunk, true), (day + late + again, chunk, false) };
            }).OrderBy(delivery => delivery.Day).ThenBy(delivery => !delivery.IsFirst).ToList();

            var (kept, expiring) = (new TestPipeline(rules: allKinds, retention: forEver), new TestPipeline(rules: allKinds, retention: shortest));
            for (var number = 0; number < deliveries.Count; number++)
                foreach (var pipeline in (TestPipeline[])[kept, expiring])
                {
                    var (day, chunk, isFirst) = deliveries[number];
                    if (Noon(day) > pipeline.Clock.GetUtcNow()) pipeline.Clock.SetUtcNow(Noon(day));
                    if (number % sweeps == 0) await pipeline.Expirer.RunAsync(none);
                    Assert.Equal(isFirst ? IngestOutcome.Ingested : IngestOutcome.AlreadyIngested, await pipeline.IngestAsync(chunk));
                    await pipeline.EvaluateAsync();
                    // The next night.
                    if (isFirst) await pipeline.Stores.MarkArchivedAsync(pipeline.Stores.Ledger.Single(entry => entry.BlobName == chunk.Name), none);
                }
            await expiring.Expirer.RunAsync(none);

            var now = kept.Clock.GetUtcNow();
            var cutoffs = shortest.At(now);
            // An alert is old when nothing has happened to it for so long.
            Assert.Equal(Json(kept.Stores.Alerts.Where(alert => kept.Stores.WrittenAt(alert) >= cutoffs.Alerts || alert.IsPending)), Json(expiring.Stores.Alerts));
            Assert.Equal(Lines(kept, cutoffs.Reports!.Value), Lines(expiring, cutoffs.Reports!.Value));
            Assert.DoesNotContain(expiring.Stores.Reports, report => report.Time.UtcDateTime.Date < cutoffs.Reports.Value.UtcDateTime.Date);
            Assert.Equal(await CountAsync(kept, cutoffs.Counts!.Value, now), await CountAsync(expiring, cutoffs.Counts!.Value, now));
            Assert.Equal(0, await CountAsync(expiring, Noon(-1), cutoffs.Counts!.Value.AddHours(-1)));
        }, iter: 60);
    }

    [Fact]
    public async Task AChunkWhoseBlobIsStillThereIsNeverForgotten()
    {
        var pipeline = new TestPipeline(retention: shortest);
        var (there, gone) = (TestChunk.Of([TestPipeline.Line(0, 404)]), TestChunk.Of([TestPipeline.Line(1, 404)], start: 1_000));
        pipeline.Stores.IsIncoming = name => name == there.Name;
        foreach (var chunk in (TestChunk[])[there, gone]) await pipeline.IngestAsync(chunk);
        await pipeline.EvaluateAsync();
        pipeline.Clock.Advance(TimeSpan.FromDays(500));
        await pipeline.Expirer.RunAsync(none);

        Assert.Equal([there.Name], pipeline.Stores.Ledger.Select(entry => entry.BlobName));
        // Its event comes once more, and that of the other: its blob is gone.
        gone.IsGone = true;
        Assert.Equal(IngestOutcome.AlreadyIngested, await pipeline.IngestAsync(there));
        Assert.Equal(IngestOutcome.Gone, await pipeline.IngestAsync(gone));
        await pipeline.EvaluateAsync();
        Assert.Equal(0, pipeline.Stores.Reports.Sum(report => report.Lines));
    }

    [Fact]
    public async Task WhatNoReportHoldsYetIsNotOld()
    {
        var pipeline = new TestPipeline(retention: shortest);
        await pipeline.IngestAsync(TestChunk.Of(Enumerable.Range(0, 6).Select(second => TestPipeline.Line(second, 404))));
        pipeline.Clock.Advance(TimeSpan.FromDays(45));
        await pipeline.Expirer.RunAsync(none);
        Assert.Single(pipeline.Stores.Ledger);
        await pipeline.EvaluateAsync();
        Assert.Equal(6, pipeline.Stores.Reports.Sum(report => report.Lines));
        Assert.Equal(2, pipeline.Stores.Alerts.Count);
    }

    [Fact]
    public async Task AnOpenAlertNeverExpiresAndOneThatIsOverDoesWithItsHistory()
    {
        var pipeline = new TestPipeline(retention: shortest);
        await pipeline.IngestAsync(TestChunk.Of(Enumerable.Range(0, 6).Select(second => TestPipeline.Line(second, 404))));
        await pipeline.EvaluateAsync();
        pipeline.Clock.Advance(TimeSpan.FromDays(500));
        await pipeline.Expirer.RunAsync(none);
        Assert.Equal(2, pipeline.Stores.Alerts.Count(alert => alert.State == AlertState.Open));

        // They end now, and are kept from now on.
        await pipeline.EvaluateAsync();
        await pipeline.Expirer.RunAsync(none);
        Assert.Equal(2, pipeline.Stores.Alerts.Count(alert => alert.State == AlertState.Resolved));
        Assert.NotEmpty(pipeline.Stores.Completed);
        pipeline.Clock.Advance(TimeSpan.FromDays(61));
        await pipeline.Expirer.RunAsync(none);
        Assert.Empty(pipeline.Stores.Alerts);
        Assert.Empty(pipeline.Stores.Completed);
    }

    [Fact]
    public async Task LinesThatComeAfterTheMatchesAreGoneTakeNoAlertBackAndMakeNoneSmaller()
    {
        // At each line there are at most three: more lines would take it back.
        var rules = SigmaLoader.Load([("rules.yml", InvariantTests.AllKinds.Split("---")[0] + """
            ---
            {title: Few, id: few, correlation: {type: event_count, rules: [missing], timespan: 1h, condition: {gte: 2, lte: 3}}}
            ---
            {title: Many, id: many, correlation: {type: event_count, rules: [missing], timespan: 1h, condition: {gte: 2}}}
            """)]);
        var pipeline = new TestPipeline(rules: rules, retention: shortest with { Alerts = TimeSpan.FromDays(400) });
        await pipeline.IngestAsync(TestChunk.Of([TestPipeline.Line(0, 404), TestPipeline.Line(60, 404), TestPipeline.Line(120, 404)]));
        await pipeline.EvaluateAsync();
        pipeline.Clock.Advance(TimeSpan.FromHours(3));
        await pipeline.EvaluateAsync();
        var before = pipeline.Stores.Alerts.Select(alert => (alert.Id, alert.First, alert.Last, alert.Count)).ToList();
        Assert.Equal(2, before.Count);

        pipeline.Clock.Advance(TimeSpan.FromDays(70));
        await pipeline.Expirer.RunAsync(none);
        Assert.Equal(0, pipeline.Stores.MatchRows);
        await pipeline.IngestAsync(TestChunk.Of([TestPipeline.Line(30, 404), TestPipeline.Line(31, 404)], start: 1_000));
        await pipeline.EvaluateAsync();
        Assert.All(before, known =>
        {
            var alert = pipeline.Stores.Alerts.Single(alert => alert.Id == known.Id);
            Assert.NotEqual(AlertState.Withdrawn, alert.State);
            Assert.True(alert.First <= known.First && alert.Last >= known.Last && alert.Count >= known.Count, alert.ToString());
        });
        Assert.Equal(2, pipeline.Stores.Alerts.Count);
    }

    static DateTimeOffset Noon(int day) => new DateTimeOffset(2026, 11, 1, 12, 0, 0, TimeSpan.Zero).AddDays(day);

    static string Json(IEnumerable<Alert> alerts) => string.Join('\n', alerts.Select(alert => JsonSerializer.Serialize(alert, CoreJson.Default.Alert)).Order(StringComparer.Ordinal));

    static long Lines(TestPipeline pipeline, DateTimeOffset since) => pipeline.Stores.Reports.Where(report => report.Time >= since).Sum(report => report.Lines);

    static async Task<long> CountAsync(TestPipeline pipeline, DateTimeOffset from, DateTimeOffset to) =>
        (await ((ICountStore)pipeline.Stores).ReadAsync("web1", EventHour.Of(from), EventHour.Of(to), none)).Values.Sum(counts => (long)counts.Access);
}
