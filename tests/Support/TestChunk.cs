using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using LogMonitor.Core.Chunks;
using LogMonitor.Core.Pipeline;

namespace LogMonitor.Tests.Support;

/// <summary>A chunk as a shipper would upload it; also an <see cref="IIncomingBlob"/> that remembers what was done to it.</summary>
public sealed class TestChunk : IIncomingBlob
{
    TestChunk(string name, byte[] content, ChunkMetadata metadata) => (Name, Content, Metadata) = (name, content, metadata);

    public string Name { get; }
    public byte[] Content { get; }
    public ChunkMetadata Metadata { get; }

    /// <summary>The reason, once it was quarantined.</summary>
    public string? QuarantinedFor { get; private set; }

    /// <summary>Whether the blob has gone since its event was sent.</summary>
    public bool IsGone { get; set; }

    /// <summary>A good chunk of these lines.</summary>
    public static TestChunk Of(IEnumerable<string> lines, string host = "web1", string stream = "access", long start = 0, DateTimeOffset? cut = null, string zone = "UTC",
        ChunkCompression compression = ChunkCompression.Gzip) =>
        Of(Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => line + "\n"))), host, stream, start, cut, zone, compression);

    /// <summary>A good chunk of these bytes.</summary>
    public static TestChunk Of(
        byte[] raw, string host = "web1", string stream = "access", long start = 0, DateTimeOffset? cut = null, string zone = "UTC", ChunkCompression compression = ChunkCompression.Gzip)
    {
        var id = new ChunkId(host, stream, GenerationId.Of("test"u8), start, start + raw.Length, Convert.ToHexStringLower(SHA256.HashData(raw))) { Compression = compression };
        return new TestChunk(id.BlobName, compression == ChunkCompression.Zstd ? Zstd(raw) : Gzip(raw), new ChunkMetadata($"/var/log/{stream}.log", raw.Count(b => b == (byte)'\n'), cut ?? new DateTimeOffset(2026, 11, 1, 12, 0, 0, TimeSpan.Zero), Zone: zone));
    }

    /// <summary>Anything under any name.</summary>
    public static TestChunk Raw(string name, byte[] content) => new(name, content, new ChunkMetadata("", -1, new DateTimeOffset(2026, 11, 1, 12, 0, 0, TimeSpan.Zero)));

    /// <summary>That a host is there.</summary>
    public static TestChunk Heartbeat(string host, DateTimeOffset at) =>
        new(HeartbeatBlob.NameOf(host, at), ((MemoryStream)HeartbeatBlob.Content()).ToArray(), new ChunkMetadata("", -1, at) { UploadedAt = at });

    /// <summary>The same, taken by the store at this time.</summary>
    public TestChunk UploadedAt(DateTimeOffset at) => new(Name, Content, Metadata with { UploadedAt = at });

    /// <summary>The same name with other content.</summary>
    public TestChunk With(byte[] content) => new(Name, content, Metadata);

    public static byte[] Gzip(byte[] raw)
    {
        using var memory = new MemoryStream();
        using (var gzip = new GZipStream(memory, CompressionLevel.Optimal)) gzip.Write(raw);
        return memory.ToArray();
    }

    public static byte[] Zstd(byte[] raw)
    {
        using var zstd = new ZstdSharp.Compressor();
        return zstd.Wrap(raw).ToArray();
    }

    public Task<(Stream Content, ChunkMetadata Metadata)?> OpenAsync(CancellationToken cancellationToken) =>
        Task.FromResult<(Stream, ChunkMetadata)?>(IsGone ? null : (new MemoryStream(Content), Metadata));

    public Task DeleteAsync(CancellationToken cancellationToken)
    {
        IsGone = true;
        return Task.CompletedTask;
    }

    public Task QuarantineAsync(string reason, CancellationToken cancellationToken)
    {
        QuarantinedFor = reason;
        return Task.CompletedTask;
    }
}
