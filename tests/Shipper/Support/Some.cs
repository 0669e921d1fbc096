using System.IO.Compression;
using System.Security.Cryptography;
using LogMonitor.Core.Chunks;

namespace LogMonitor.Shipper.Tests.Support;

static class Some
{
    public static (ChunkId Id, ChunkMetadata Metadata, MemoryStream Compressed) Chunk(string text = "one\n")
    {
        var raw = System.Text.Encoding.UTF8.GetBytes(text);
        var id = new ChunkId("web1", "access", GenerationId.Of("some"u8), 0, raw.Length, Convert.ToHexStringLower(SHA256.HashData(raw)));
        var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Optimal, leaveOpen: true)) gzip.Write(raw);
        compressed.Position = 0;
        return (id, new ChunkMetadata("/var/log/zugriff-ä.log", 1, DateTimeOffset.UnixEpoch), compressed);
    }
}
