using LogMonitor.Core.Alerting;
using LogMonitor.Core.Chunks;
using LogMonitor.Core.Pipeline;
using LogMonitor.Tests.Support;

namespace LogMonitor.Core.Tests.Pipeline;

/// <summary>Alerts about hosts that are silent, late, or write what can't be parsed.</summary>
public class HostWatchTests
{
    readonly TestPipeline pipeline = new();

    [Fact]
    public async Task AHeartbeatIsNotedAndItsBlobIsGone()
    {
        var beat = TestChunk.Heartbeat("web1", pipeline.Clock.GetUtcNow().AddMinutes(-1));
        Assert.Equal(IngestOutcome.Heartbeat, await pipeline.IngestAsync(beat));
        Assert.True(beat.IsGone);
        // Delivered again, as events are.
        Assert.Equal(IngestOutcome.Gone, await pipeline.IngestAsync(beat));
        Assert.Equal(pipeline.Clock.GetUtcNow().AddMinutes(-1), (await pipeline.Stores.FindAsync("web1", CancellationToken.None))!.LastHeartbeat);
        await pipeline.EvaluateAsync();
        Assert.DoesNotContain(pipeline.Stores.Reports, report => report.Host == "web1");
    }

    [Fact]
    public async Task AHostThatIsSilentIsToldOfOnceAndItsEndIsSeen()
    {
        await BeatAsync();
        await pipeline.EvaluateEachAsync(TimeSpan.FromMinutes(1), 14);
        Assert.Empty(pipeline.Channel.Sent);

        await pipeline.EvaluateEachAsync(TimeSpan.FromMinutes(1), 60);
        var told = Assert.Single(pipeline.Channel.Sent).Message;
        Assert.Equal(("logmonitor_host_silent", "web1", "high"), (told.RuleId, told.Host.ToString(), told.Level));
        Assert.Equal("Nothing was heard of web1 since 2026-11-01 12:00 UTC", told.Samples[0].ToString());
        Assert.Equal(AlertState.Open, Assert.Single(pipeline.Stores.Alerts).State);

        for (var minute = 0; minute < 10; minute++)
        {
            await BeatAsync();
            await pipeline.EvaluateEachAsync(TimeSpan.FromMinutes(1), 1);
        }
        Assert.Equal(AlertState.Resolved, Assert.Single(pipeline.Stores.Alerts).State);
        Assert.Single(pipeline.Channel.Sent);
    }

    [Fact]
    public async Task LogsAreAsGoodAsHeartbeats()
    {
        await BeatAsync();
        for (var minute = 0; minute < 40; minute++)
        {
            await pipeline.IngestAsync(TestChunk.Of([TestPipeline.Line(minute, 200)], start: minute * 100));
            await pipeline.EvaluateEachAsync(TimeSpan.FromMinutes(1), 1);
        }
        Assert.Empty(pipeline.Stores.Alerts);
    }

    [Fact]
    public async Task AHostThatSendsNoHeartbeatsMayBeIdle()
    {
        await pipeline.IngestAsync(TestChunk.Of([TestPipeline.Line(0, 200)]));
        await pipeline.EvaluateEachAsync(TimeSpan.FromMinutes(1), 120);
        Assert.Empty(pipeline.Stores.Alerts);
    }

    [Fact]
    public async Task WhatHostsSentWhileNothingWasEvaluatedMayStillComeIn()
    {
        await BeatAsync();
        await pipeline.EvaluateAsync();
        // The app was away for three hours, and is back before what was sent meanwhile.
        pipeline.Clock.Advance(TimeSpan.FromHours(3));
        await pipeline.EvaluateEachAsync(TimeSpan.FromMinutes(1), 10);
        await BeatAsync();
        await pipeline.EvaluateEachAsync(TimeSpan.FromMinutes(1), 14);
        Assert.Empty(pipeline.Stores.Alerts);
        // One that does not come back is told of all the same.
        await pipeline.EvaluateEachAsync(TimeSpan.FromMinutes(1), 2);
        Assert.Single(pipeline.Channel.Sent);
    }

    [Fact]
    public async Task TheTimeOfWatchingOutlivesARestart()
    {
        await BeatAsync();
        await pipeline.EvaluateEachAsync(TimeSpan.FromMinutes(1), 10);
        var restarted = new TestPipeline(before: pipeline);
        await restarted.EvaluateEachAsync(TimeSpan.FromMinutes(1), 6);
        Assert.Single(restarted.Channel.Sent);
    }

    [Fact]
    public async Task AHostThatIsSilentForAWeekIsForgotten()
    {
        await BeatAsync();
        await pipeline.EvaluateEachAsync(TimeSpan.FromMinutes(4), 8 * 24 * 15);
        Assert.Equal(AlertState.Resolved, Assert.Single(pipeline.Stores.Alerts).State);
    }

    [Fact]
    public async Task ChunksThatAreReadLongAfterTheirUploadAreToldOf()
    {
        var chunk = TestChunk.Of([TestPipeline.Line(0, 200)]);
        await pipeline.IngestAsync(chunk.UploadedAt(pipeline.Clock.GetUtcNow().AddMinutes(-14)));
        await pipeline.EvaluateAsync();
        Assert.Empty(pipeline.Stores.Alerts);

        await pipeline.IngestAsync(TestChunk.Of([TestPipeline.Line(1, 200)], start: 1_000).UploadedAt(pipeline.Clock.GetUtcNow().AddMinutes(-90)));
        await pipeline.EvaluateAsync();
        var told = Assert.Single(pipeline.Channel.Sent).Message;
        Assert.Equal(("logmonitor_ingest_lag", "1 chunk of web1 read up to 90 minutes after the upload"), (told.RuleId, told.Samples[0].ToString()));
    }

    [Fact]
    public async Task AStreamWhoseLinesNoLongerFitIsToldOf()
    {
        for (var chunk = 0; chunk < 10; chunk++) await IngestAsync(chunk, known: 300, unknown: 3);
        Assert.Empty(pipeline.Stores.Alerts);
        await IngestAsync(10, known: 100, unknown: 400);
        var told = Assert.Single(pipeline.Channel.Sent).Message;
        Assert.Equal(("logmonitor_unknown_lines", "stream access"), (told.RuleId, string.Join(", ", told.Group.Select(group => $"{group.Key} {group.Value}"))));
        Assert.Equal("40% of the last lines of web1/access fit no format; as a rule 1% do not", told.Samples[0].ToString());
    }

    [Fact]
    public async Task AStreamThatNeverFittedIsNoNews()
    {
        for (var chunk = 0; chunk < 10; chunk++) await IngestAsync(chunk, known: 20, unknown: 480);
        Assert.Empty(pipeline.Stores.Alerts);
    }

    [Fact]
    public async Task TheFirstLinesOfAStreamAreNothingToCompareWith()
    {
        await IngestAsync(0, known: 500, unknown: 0);
        await IngestAsync(1, known: 0, unknown: 500);
        Assert.Empty(pipeline.Stores.Alerts);
    }

    [Theory]
    [InlineData("web1/_alive/20261101T120000000Z", true)]
    [InlineData("web1/_alive/", false)]
    [InlineData("web1/_alive/20261101T120000000Z.log.gz", false)]
    [InlineData("web1/_alive/20261341T120000000Z", false)]
    [InlineData("/_alive/20261101T120000000Z", false)]
    [InlineData("a/b/_alive/20261101T120000000Z", false)]
    [InlineData("web1/_alive/_alive/20261101T120000000Z", false)]
    public void OnlyItsNameMakesAHeartbeat(string name, bool isOne) => Assert.Equal(isOne, HeartbeatBlob.TryParse(name, out _));

    Task<IngestOutcome> BeatAsync() => pipeline.IngestAsync(TestChunk.Heartbeat("web1", pipeline.Clock.GetUtcNow()));

    async Task IngestAsync(int chunk, int known, int unknown)
    {
        var lines = Enumerable.Range(0, known).Select(second => TestPipeline.Line(second, 200)).Concat(Enumerable.Repeat("no format fits this", unknown));
        await pipeline.IngestAsync(TestChunk.Of(lines, start: chunk * 1_000_000L));
        await pipeline.EvaluateAsync();
    }
}
