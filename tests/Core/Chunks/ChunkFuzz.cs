using System.Security.Cryptography;
using System.Text;
using LogMonitor.Core.Chunks;
using LogMonitor.Core.Pipeline;
using LogMonitor.Core.Tests.Parsing;
using LogMonitor.Core.Tests.Pipeline;
using LogMonitor.Tests.Support;

namespace LogMonitor.Core.Tests.Chunks;

/// <summary>Chunks that are broken in every way: what decompresses to garbage, or to more or less than the name says, or is no name.</summary>
public sealed class ChunkFuzz
{
    static readonly byte[] raw = Encoding.Latin1.GetBytes(string.Join('\n', SampleLines.Auto) + "\n");

    [Theory]
    [InlineData(ChunkCompression.Gzip)]
    [InlineData(ChunkCompression.Zstd)]
    public void WhateverAChunkHoldsItIsReadOrRefused(ChunkCompression compression) => Fuzz.Repeat(random => Broken(random, compression == ChunkCompression.Zstd ? TestChunk.Zstd(raw) : TestChunk.Gzip(raw)), (random, compressed) =>
    {
        // What the bytes really are, or not.
        var length = random.Next(4) == 0 ? random.Next(1, 3 * raw.Length) : raw.Length;
        var id = new ChunkId("web1", "access", GenerationId.Of("fuzz"u8), 0, length, Convert.ToHexStringLower(SHA256.HashData(raw))) { Compression = compression };
        try
        {
            Read(id, compressed).GetAwaiter().GetResult();
        }
        catch (BadChunkException)
        {
            return;
        }
        Assert.Equal(raw.Length, length);
    });

    [Fact]
    public void WhateverABlobIsCalledAndHoldsItIsIngestedOrQuarantined()
    {
        var pipeline = new TestPipeline();
        var name = TestChunk.Of(raw).Name;
        Fuzz.Repeat(random => Broken(random, Encoding.UTF8.GetBytes(name)), (random, bytes) =>
        {
            var chunk = random.Next(3) == 0
                ? TestChunk.Of(Broken(random, raw), start: random.Next())
                : TestChunk.Raw(Encoding.UTF8.GetString(bytes), Broken(random, TestChunk.Gzip(raw)));
            var outcome = pipeline.IngestAsync(chunk).GetAwaiter().GetResult();
            Assert.True(outcome is IngestOutcome.Ingested or IngestOutcome.AlreadyIngested or IngestOutcome.Quarantined, outcome.ToString());
            if (pipeline.Stores.Ledger.Count < 300) return;
            Assert.All(pipeline.Stores.Ledger, entry => Assert.Equal(entry.Summary.Lines, entry.Summary.Access + entry.Summary.Error + entry.Summary.Unknown));
            pipeline = new TestPipeline();
        });
    }

    static async Task Read(ChunkId id, byte[] compressed)
    {
        await using var chunk = new ChunkStream(id, new MemoryStream(compressed));
        var reader = new LineReader(chunk);
        long end = 0;
        while (await reader.FillAsync(CancellationToken.None))
            while (reader.TryReadLine(out var line, out _))
            {
                Assert.True(line.Length <= ChunkLimits.MaxParsedLineBytes && reader.LineStart >= end, "a line overlaps the one before it");
                end = reader.LineStart + line.Length;
                Assert.True(end <= id.Length, "a line lies behind the chunk's end");
            }
        chunk.Verify();
    }

    static byte[] Broken(Random random, byte[] good)
    {
        byte[] bytes = [.. good];
        for (var i = random.Next(5); i > 0 && bytes.Length > 0; i--)
        {
            int at = random.Next(bytes.Length), to = random.Next(at, bytes.Length + 1);
            bytes = random.Next(5) switch
            {
                0 => [.. bytes[..at], (byte)random.Next(256), .. bytes[(at + 1)..]],
                1 => bytes[..at],
                2 => [.. bytes[..at], .. bytes[to..]],
                3 => [.. bytes[..to], .. bytes[at..]],
                _ => [.. bytes, .. good],
            };
        }
        return bytes;
    }
}
