using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using LogMonitor.Core.Chunks;
using LogMonitor.Shipper.Upload;

namespace LogMonitor.Shipper.Tests.Support;

/// <summary>A store in memory that outlives engines, and says what the chunks in it amount to.</summary>
sealed class MemorySink : IChunkSink
{
    public Dictionary<ChunkId, byte[]> Chunks { get; } = [];

    public List<ChunkMetadata> Metadata { get; } = [];

    /// <summary>What the next put of a chunk answers instead of storing it.</summary>
    public Func<ChunkId, PutResult?> Fault { get; set; } = _ => null;

    public Task<PutResult> PutAsync(ChunkId id, ChunkMetadata metadata, Stream compressed, CancellationToken cancellationToken)
    {
        if (Fault(id) is { } fault) return Task.FromResult(fault);
        if (Chunks.ContainsKey(id)) return Task.FromResult(new PutResult(PutOutcome.Exists));
        var raw = new MemoryStream();
        using (Stream unpacked = id.Compression == ChunkCompression.Zstd ? new ZstdSharp.DecompressionStream(compressed) : new GZipStream(compressed, CompressionMode.Decompress, leaveOpen: true))
            unpacked.CopyTo(raw);
        Chunks[id] = raw.ToArray();
        Metadata.Add(metadata);
        return Task.FromResult(new PutResult(PutOutcome.Stored));
    }

    /// <summary>The heartbeats that came.</summary>
    public List<DateTimeOffset> Heartbeats { get; } = [];

    /// <summary>What the next heartbeat is answered.</summary>
    public PutResult HeartbeatAnswer { get; set; } = new(PutOutcome.Stored);

    public Task<PutResult> BeatAsync(string host, DateTimeOffset now, CancellationToken cancellationToken)
    {
        Heartbeats.Add(now);
        return Task.FromResult(HeartbeatAnswer);
    }

    /// <summary>Everything stored, generations in the order of their first chunk.</summary>
    public string Text => Encoding.Latin1.GetString([.. Generations.SelectMany(chunks => chunks.SelectMany(chunk => chunk.Value))]);

    public List<List<KeyValuePair<ChunkId, byte[]>>> Generations =>
        [.. Chunks.GroupBy(chunk => chunk.Key.Generation).Select(group => group.OrderBy(chunk => chunk.Key.Start).ToList())];

    /// <summary>The promise of every run: each generation is one range without gap or overlap, and each chunk is what its name says.</summary>
    public void AssertSound()
    {
        foreach (var generation in Generations)
        {
            var end = 0L;
            foreach (var (id, bytes) in generation)
            {
                Assert.Equal(end, id.Start);
                Assert.Equal(id.Length, bytes.Length);
                Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(bytes)), id.Hash);
                end = id.End;
            }
        }
    }
}
