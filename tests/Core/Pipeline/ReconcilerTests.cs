using LogMonitor.Core.Chunks;
using LogMonitor.Core.Pipeline;
using LogMonitor.Tests.Support;

namespace LogMonitor.Core.Tests.Pipeline;

/// <summary>What the blob trigger has missed is found, counted once, and told of.</summary>
public class ReconcilerTests
{
    static readonly CancellationToken none = TestContext.Current.CancellationToken;

    readonly TestPipeline pipeline = new();

    [Fact]
    public async Task AMissedUploadIsReadWhenItIsOldEnoughAndCountsOnce()
    {
        var chunk = Upload(0);
        await SweepAfterAsync(TimeSpan.FromMinutes(14));
        Assert.Empty(pipeline.Incoming.Opened);

        await SweepAfterAsync(TimeSpan.FromMinutes(1));
        Assert.Equal([chunk.Name], pipeline.Incoming.Opened);
        // Its event comes at last.
        Assert.Equal(IngestOutcome.AlreadyIngested, await pipeline.IngestAsync(chunk));
        await pipeline.EvaluateAsync();
        var report = Assert.Single(pipeline.Stores.Reports, report => report.Host == "web1");
        Assert.Equal((1, 1), (report.Chunks, (int)report.Lines));
        Assert.Equal(["1 upload missed by the trigger and read by the sweep."], report.Problems);
    }

    [Fact]
    public async Task PeopleAreToldOnceThatLogsWereReadLateAndWhy()
    {
        Upload(0);
        Upload(1_000);
        await SweepAfterAsync(TimeSpan.FromMinutes(20));
        await pipeline.EvaluateAsync();
        var told = Assert.Single(pipeline.Channel.Sent).Message;
        Assert.Equal(("logmonitor_ingest_lag", "2 chunks of web1 read up to 20 minutes after the upload; 2 of them by the sweep, since the trigger had missed them"), (told.RuleId, told.Samples[0].ToString()));
    }

    [Fact]
    public async Task WhatWasReadIsAskedAboutOnce()
    {
        await pipeline.IngestAsync(Upload(0));
        await SweepAfterAsync(TimeSpan.FromMinutes(20));
        Assert.Empty(pipeline.Incoming.Opened);
        var asked = pipeline.Stores.LedgerReads;
        for (var sweep = 0; sweep < 5; sweep++) await SweepAfterAsync(TimeSpan.FromMinutes(15));
        Assert.Equal(asked, pipeline.Stores.LedgerReads);
    }

    [Fact]
    public async Task WhatCannotBeReadIsTriedAgainByEachSweepAndToldOf()
    {
        Upload(0);
        pipeline.Stores.BeforeWrite = what => { if (what == "counts") throw new IOException("the table is away"); };
        await SweepAfterAsync(TimeSpan.FromMinutes(20));
        pipeline.Stores.BeforeWrite = _ => { };
        await pipeline.EvaluateAsync();
        var told = Assert.Single(pipeline.Channel.Sent).Message;
        Assert.Equal("logmonitor_stuck", told.RuleId);
        Assert.EndsWith(": the table is away", told.Samples[0].ToString(), StringComparison.Ordinal);

        await SweepAfterAsync(TimeSpan.FromMinutes(15));
        await pipeline.EvaluateAsync();
        Assert.Equal(1, pipeline.Stores.Reports.Sum(report => report.Lines));
    }

    [Fact]
    public async Task ASweepThatCrashesIsDoneAgain()
    {
        Upload(0);
        Upload(1_000);
        pipeline.Stores.BeforeWrite = what => { if (what == "sweep") throw new IOException("killed"); };
        await Assert.ThrowsAsync<IOException>(() => SweepAfterAsync(TimeSpan.FromMinutes(20)));
        pipeline.Stores.BeforeWrite = _ => { };
        Upload(2_000);
        await SweepAfterAsync(TimeSpan.FromMinutes(20));
        await pipeline.EvaluateAsync();
        Assert.Equal(3, pipeline.Stores.Reports.Sum(report => report.Lines));
    }

    [Fact]
    public async Task ABadUploadIsQuarantinedAHeartbeatNotedAndATestLeftAlone()
    {
        var bad = pipeline.Incoming.Add(TestChunk.Raw("not-a-chunk", [1, 2, 3]), pipeline.Clock.GetUtcNow());
        pipeline.Incoming.Add(TestChunk.Heartbeat("web2", pipeline.Clock.GetUtcNow()), pipeline.Clock.GetUtcNow());
        pipeline.Incoming.Add(TestChunk.Raw(TestBlob.NameOf("web1"), [1]), pipeline.Clock.GetUtcNow());
        await SweepAfterAsync(TimeSpan.FromMinutes(20));
        Assert.NotNull(bad.QuarantinedFor);
        Assert.NotNull((await pipeline.Stores.FindAsync("web2", none))!.LastHeartbeat);
        Assert.Equal(["not-a-chunk", HeartbeatBlob.NameOf("web2", pipeline.Clock.GetUtcNow().AddMinutes(-20))], pipeline.Incoming.Opened.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task WithTooMuchThatCannotBeReadNothingIsForgotten()
    {
        for (var number = 0; number < 501; number++) Upload(number * 1_000);
        pipeline.Stores.BeforeWrite = what => { if (what == "counts") throw new IOException("the table is away"); };
        await SweepAfterAsync(TimeSpan.FromMinutes(20));
        pipeline.Stores.BeforeWrite = _ => { };
        await SweepAfterAsync(TimeSpan.FromMinutes(20));
        await pipeline.EvaluateAsync();
        Assert.Equal(501, pipeline.Stores.Reports.Sum(report => report.Lines));
    }

    TestChunk Upload(long start) => pipeline.Incoming.Add(TestChunk.Of([TestPipeline.Line(0, 200)], start: start), pipeline.Clock.GetUtcNow());

    Task SweepAfterAsync(TimeSpan time)
    {
        pipeline.Clock.Advance(time);
        return pipeline.Reconciler.RunAsync(none);
    }
}

/// <summary>Uploads that wait, in memory.</summary>
sealed class MemoryIncoming : IIncomingContainer
{
    readonly SortedDictionary<string, TestChunk> blobs = new(StringComparer.Ordinal);
    readonly Lock gate = new();

    /// <summary>The names that were opened.</summary>
    public List<string> Opened { get; } = [];

    public TestChunk Add(TestChunk chunk, DateTimeOffset at) => blobs[chunk.Name] = chunk.UploadedAt(at);

    public IAsyncEnumerable<(string Name, DateTimeOffset UploadedAt)> ListAsync(CancellationToken cancellationToken) =>
        blobs.Values.Where(blob => !blob.IsGone && blob.QuarantinedFor is null).Select(blob => (blob.Name, blob.Metadata.UploadedAt!.Value)).ToAsyncEnumerable();

    public IIncomingBlob Open(string name)
    {
        lock (gate) Opened.Add(name);
        return blobs[name];
    }
}
