using System.IO.Compression;
using LogMonitor.Core.Chunks;

namespace LogMonitor.Shipper.Cutting;

/// <summary>One gzip member of level 6, which every tool reads, or one zstd frame of level 3. The result is valid until the next call.</summary>
sealed class Compressor : IDisposable
{
    const int ZstdLevel = 3;

    readonly MemoryStream output = new();
    ZstdSharp.Compressor? zstd;

    /// <inheritdoc/>
    public void Dispose()
    {
        output.Dispose();
        zstd?.Dispose();
    }

    /// <summary>Gives all memory back, until there is something to compress again.</summary>
    public void Clear()
    {
        output.SetLength(0);
        output.Capacity = 0;
        zstd?.Dispose();
        zstd = null;
    }

    public Stream Compress(ReadOnlySpan<byte> raw, ChunkCompression compression)
    {
        output.SetLength(0);
        if (compression == ChunkCompression.Zstd)
        {
            zstd ??= new ZstdSharp.Compressor(ZstdLevel);
            output.SetLength(ZstdSharp.Compressor.GetCompressBound(raw.Length));
            output.SetLength(zstd.Wrap(raw, output.GetBuffer().AsSpan(0, (int)output.Length)));
        }
        else
        {
            using var gzip = new GZipStream(output, CompressionLevel.Optimal, leaveOpen: true);
            gzip.Write(raw);
        }
        output.Position = 0;
        return output;
    }
}
