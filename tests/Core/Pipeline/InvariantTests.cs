using CsCheck;
using LogMonitor.Core.Chunks;
using LogMonitor.Core.Pipeline;
using LogMonitor.Tests.Support;

namespace LogMonitor.Core.Tests.Pipeline;

/// <summary>The invariants of docs/design.md, over the whole pipeline.</summary>
public sealed class InvariantTests
{
    [Fact]
    public async Task AChunkDeliveredTwiceCountsOnce()
    {
        var pipeline = new TestPipeline();
        var chunk = TestChunk.Of(Enumerable.Range(0, 6).Select(i => TestPipeline.Line(i, 404)));

        Assert.Equal(IngestOutcome.Ingested, await pipeline.IngestAsync(chunk));
        Assert.Equal(IngestOutcome.AlreadyIngested, await pipeline.IngestAsync(chunk));
        await pipeline.EvaluateAsync();
        Assert.Equal(IngestOutcome.AlreadyIngested, await pipeline.IngestAsync(chunk));
        await pipeline.EvaluateAsync();

        Assert.Equal(6, pipeline.Stores.Reports.Sum(report => report.Lines));
        Assert.Equal(6, (await CountsAsync(pipeline)).Access);
        Assert.Equal(2, pipeline.Stores.Alerts.Count);
        Assert.Equal(2, pipeline.Channel.Sent.Count);
    }

    [Fact]
    public async Task ACrashAnywhereInIngestChangesNothing()
    {
        for (var step = 0; ; step++)
        {
            var pipeline = new TestPipeline();
            var chunk = TestChunk.Of(Enumerable.Range(0, 6).Select(i => TestPipeline.Line(i * 1000, 404)));
            var crashed = CrashAt(pipeline.Stores, step);
            try { await pipeline.IngestAsync(chunk); } catch (CrashException) { }
            pipeline.Stores.BeforeWrite = _ => { };
            await pipeline.IngestAsync(chunk);
            await pipeline.EvaluateAsync();

            Assert.Equal(6, pipeline.Stores.Reports.Sum(report => report.Lines));
            Assert.Equal(6, (await CountsAsync(pipeline)).Access);
            if (crashed()) continue;
            Assert.Equal(5, step); // counts and matches of two hours, and the ledger: it has crashed before each
            break;
        }
    }

    [Fact]
    public async Task ACrashAnywhereInAnEvaluationReportsEachChunkOnceAndNotifiesOnce()
    {
        var undisturbed = await RunAsync(-1);
        for (var step = 0; ; step++)
        {
            var (pipeline, crashed) = await RunAsync(step);
            Assert.Equal(12, pipeline.Stores.Reports.Sum(report => report.Lines));
            Assert.Equal(2, pipeline.Stores.Reports.Sum(report => report.Chunks));
            Assert.Equal(undisturbed.Pipeline.Incidents, pipeline.Incidents);
            // A crash between sending and recording repeats that one delivery under the same id; nothing else is said twice.
            Assert.Equal(undisturbed.Pipeline.Channel.Sent.Count, pipeline.Channel.Sent.Select(sent => sent.DeliveryId).Distinct().Count());
            Assert.InRange(pipeline.Channel.Sent.Count, undisturbed.Pipeline.Channel.Sent.Count, undisturbed.Pipeline.Channel.Sent.Count + 1);
            if (!crashed) break;
        }

        static async Task<(TestPipeline Pipeline, bool Crashed)> RunAsync(int crashStep)
        {
            var pipeline = new TestPipeline();
            await pipeline.IngestAsync(TestChunk.Of(Enumerable.Range(0, 6).Select(i => TestPipeline.Line(i, 404)), host: "web1"));
            await pipeline.IngestAsync(TestChunk.Of(Enumerable.Range(0, 6).Select(i => TestPipeline.Line(i, 404)), host: "web2"));
            var crashed = CrashAt(pipeline.Stores, crashStep);
            try { await pipeline.EvaluateAsync(); } catch (CrashException) { pipeline.Clock.Advance(TimeSpan.FromSeconds(15)); }
            pipeline.Stores.BeforeWrite = _ => { };
            await pipeline.EvaluateAsync();
            return (pipeline, crashed());
        }
    }

    [Fact]
    public async Task AHostThatCanNotBeEvaluatedSilencesNoOther()
    {
        var pipeline = new TestPipeline();
        foreach (var host in (string[])["web1", "web2"])
            await pipeline.IngestAsync(TestChunk.Of(Enumerable.Range(0, 6).Select(i => TestPipeline.Line(i, 404)), host));
        var alerts = 0;
        pipeline.Stores.BeforeWrite = write => { if (write == "alert" && alerts++ == 0) throw new CrashException(); };
        await pipeline.EvaluateAsync();
        Assert.Equal(["web2"], pipeline.Stores.Reports.Select(report => report.Host));
        Assert.All(pipeline.Channel.Sent, sent => Assert.Equal("web2", sent.Message.Host.ToString()));

        await pipeline.EvaluateAsync();
        Assert.Equal(["web1", "web2"], pipeline.Stores.Reports.Select(report => report.Host).Order(StringComparer.Ordinal));
        Assert.Equal(4, pipeline.Channel.Sent.Count);
    }

    [Fact]
    public async Task AnyOrderAndAnyDuplicationGiveTheSameAlertsAndCounts()
    {
        await Gen.Select(
            Gen.Select(Gen.Int[0, 9_000], Gen.Int[0, 3], Gen.Int[0, 9]).Array[1, 80],   // when, which client, 404 or not
            Gen.Int[1, 12], Gen.Int[0, 10_000], Gen.Int[1, 4]).SampleAsync(async (lines, chunkCount, seed, evaluations) =>
        {
            var chunks = lines
                .Select((line, i) => (Line: TestPipeline.Line(line.Item1, line.Item3 < 7 ? 404 : 200, $"192.0.2.{line.Item2}"), Chunk: i % chunkCount))
                .GroupBy(line => line.Chunk, line => line.Line)
                .Select((chunk, i) => TestChunk.Of(chunk, start: i * 100_000L)).ToList();

            var inOrder = new TestPipeline();
            foreach (var chunk in chunks) await inOrder.IngestAsync(chunk);
            await inOrder.EvaluateAsync();

            var shuffled = new TestPipeline();
            var random = new Random(seed);
            var deliveries = chunks.Concat(chunks).ToArray();
            random.Shuffle(deliveries);
            for (var i = 0; i < deliveries.Length; i++)
            {
                await shuffled.IngestAsync(deliveries[i]);
                if (i % evaluations == 0) await shuffled.EvaluateAsync();
                shuffled.Clock.Advance(TimeSpan.FromMinutes(random.Next(3)));
            }
            await shuffled.EvaluateAsync();

            Assert.Equal(inOrder.Incidents, shuffled.Incidents);
            Assert.Equal(inOrder.Stores.Reports.Sum(report => report.Lines), shuffled.Stores.Reports.Sum(report => report.Lines));
            Assert.Equal((await CountsAsync(inOrder)).Access, (await CountsAsync(shuffled)).Access);
            foreach (var notified in shuffled.Channel.Sent.GroupBy(sent => sent.DeliveryId)) Assert.Single(notified);
        }, iter: 150);
    }

    [Fact]
    public async Task EveryLineIsAccountedFor()
    {
        var pipeline = new TestPipeline();
        await pipeline.IngestAsync(TestChunk.Of(
        [
            TestPipeline.Line(0, 200), "", "what is this", TestPipeline.Line(5, 404),
            "[Sun Nov 01 09:00:07.000000 2026] [core:error] [pid 1:tid 1] [client 192.0.2.9:4711] AH00126: Invalid URI in request",
            new string('x', ChunkLimits.MaxParsedLineBytes + 10), "\0\u0001\u001b[31m",
        ]));
        await pipeline.EvaluateAsync();

        var report = Assert.Single(pipeline.Stores.Reports);
        Assert.Equal((7, 2, 1, 4), (report.Lines, report.Access, report.Error, report.Unknown));
        var counts = await CountsAsync(pipeline);
        Assert.Equal((2, 1, 4), (counts.Access, counts.Error, counts.Unknown));
        Assert.All(report.UnknownSamples, sample => Assert.NotEqual(Core.Parsing.UnknownReason.None, sample.Reason));
    }

    [Fact]
    public async Task LateLinesThatJoinTwoIncidentsMakeThemOneAndWakeNobodyAgain()
    {
        var pipeline = new TestPipeline();
        await pipeline.IngestAsync(TestChunk.Of(Enumerable.Range(0, 5).Select(i => TestPipeline.Line(i, 404, $"192.0.2.{i}"))));
        await pipeline.EvaluateAsync();
        await pipeline.IngestAsync(TestChunk.Of(Enumerable.Range(600, 5).Select(i => TestPipeline.Line(i, 404, $"192.0.2.{i - 600}")), start: 10_000));
        pipeline.Clock.Advance(TimeSpan.FromHours(1));
        await pipeline.EvaluateAsync();
        Assert.Equal(2, pipeline.Incidents.Count);
        var notified = pipeline.Channel.Sent.Count;

        await pipeline.IngestAsync(TestChunk.Of(Enumerable.Range(300, 5).Select(i => TestPipeline.Line(i, 404, $"192.0.2.{i - 300}")), start: 20_000));
        await pipeline.EvaluateAsync();

        Assert.Contains("count 15", Assert.Single(pipeline.Incidents), StringComparison.Ordinal);
        Assert.Equal(notified, pipeline.Channel.Sent.Count);
    }

    static async Task<MinuteCounts> CountsAsync(TestPipeline pipeline)
    {
        var sum = new MinuteCounts();
        ICountStore counts = pipeline.Stores;
        var start = EventHour.Of(new DateTimeOffset(2026, 11, 1, 0, 0, 0, TimeSpan.Zero));
        foreach (var minute in (await counts.ReadAsync("web1", start, start + 24, CancellationToken.None)).Values) sum.Add(minute);
        return sum;
    }

    /// <summary>Crashes before the n-th write: neither it nor any after it is made. The result says whether it came to that.</summary>
    static Func<bool> CrashAt(MemoryStores stores, int write)
    {
        var (step, crashed) = (0, false);
        stores.BeforeWrite = _ =>
        {
            if (step++ < write || write < 0) return;
            crashed = true;
            throw new CrashException();
        };
        return () => crashed;
    }

    sealed class CrashException : Exception;
}
