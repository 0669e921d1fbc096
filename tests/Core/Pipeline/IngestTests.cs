using System.Text;
using LogMonitor.Core.Chunks;
using LogMonitor.Core.Parsing;
using LogMonitor.Core.Pipeline;
using LogMonitor.Tests.Support;

namespace LogMonitor.Core.Tests.Pipeline;

public sealed class IngestTests
{
    static readonly DateTimeOffset cut = new(2026, 1, 1, 0, 30, 0, TimeSpan.Zero);

    [Fact]
    public async Task TimesWithoutAZoneAreOfTheHosts()
    {
        var entry = await LedgerOf(TestChunk.Of(["Dec 31 23:59:58 web1 su: text", "Jan  1 00:10:00 web1 su: text"], cut: cut, zone: "Europe/Berlin"));
        Assert.Equal(new DateTimeOffset(2025, 12, 31, 22, 59, 58, TimeSpan.Zero), entry.Summary.FirstEvent);
        Assert.Equal(new DateTimeOffset(2025, 12, 31, 23, 10, 0, TimeSpan.Zero), entry.Summary.LastEvent);
    }

    [Fact]
    public async Task AZoneThatIsNotKnownHereHoldsNothingUp()
    {
        var entry = await LedgerOf(TestChunk.Of(["Dec 31 23:59:58 web1 su: text"], cut: cut, zone: "Mars/Olympus"));
        Assert.Equal(new DateTimeOffset(2025, 12, 31, 23, 59, 58, TimeSpan.Zero), entry.Summary.FirstEvent);
    }

    [Fact]
    public async Task TheLedgerSaysWhichFormatAChunkHas()
    {
        Assert.Equal("combined", (await LedgerOf(TestChunk.Of(["junk", TestPipeline.Line(0, 200)]))).Summary.Format);
        Assert.Equal("auto", (await LedgerOf(TestChunk.Of(["junk"]))).Summary.Format);
    }

    [Fact]
    public async Task AChunkInZstdCountsAsOneInGzipAndTheSameRangeInBothOnce()
    {
        var pipeline = new TestPipeline();
        string[] lines = [.. Enumerable.Range(0, 500).Select(i => TestPipeline.Line(i, 404))];
        Assert.Equal(IngestOutcome.Ingested, await pipeline.IngestAsync(TestChunk.Of(lines, compression: ChunkCompression.Zstd)));
        Assert.Equal(IngestOutcome.AlreadyIngested, await pipeline.IngestAsync(TestChunk.Of(lines)));
        Assert.Equal(500, Assert.Single(pipeline.Stores.Ledger).Summary.Lines);
    }

    [Fact]
    public async Task ZstdThatWantsMoreMemoryThanAChunkIsWorthIsQuarantined()
    {
        var raw = Encoding.UTF8.GetBytes(TestPipeline.Line(0, 200) + "\n");
        using var memory = new MemoryStream();
        await using (var zstd = new ZstdSharp.CompressionStream(memory, leaveOpen: true))
        {
            zstd.SetParameter(ZstdSharp.Unsafe.ZSTD_cParameter.ZSTD_c_windowLog, 27);
            await zstd.WriteAsync(raw, TestContext.Current.CancellationToken);
        }
        var chunk = TestChunk.Of(raw, compression: ChunkCompression.Zstd).With(memory.ToArray());
        Assert.Equal(IngestOutcome.Quarantined, await new TestPipeline().IngestAsync(chunk));
        Assert.Contains("not zstd", chunk.QuarantinedFor, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ALineOfTenMegabytesIsOneLineThatIsTooLong()
    {
        var summary = (await LedgerOf(TestChunk.Of([TestPipeline.Line(0, 200), new string('x', 10 << 20), TestPipeline.Line(1, 200)]))).Summary;
        Assert.Equal((3, 2, 1), (summary.Lines, summary.Access, summary.Unknown));
        var sample = Assert.Single(summary.UnknownSamples);
        Assert.Equal((2, UnknownReason.TooLong), (sample.Line, sample.Reason));
    }

    static async Task<LedgerEntry> LedgerOf(TestChunk chunk)
    {
        var pipeline = new TestPipeline();
        Assert.Equal(IngestOutcome.Ingested, await pipeline.IngestAsync(chunk));
        return Assert.Single(pipeline.Stores.Ledger);
    }
}
