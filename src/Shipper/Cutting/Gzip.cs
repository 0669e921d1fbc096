using System.IO.Compression;

namespace LogMonitor.Shipper.Cutting;

/// <summary>One gzip member of level 6: every tool reads it, and members concatenate. The result is valid until the next call.</summary>
sealed class Gzip : IDisposable
{
    readonly MemoryStream output = new();

    /// <inheritdoc/>
    public void Dispose() => output.Dispose();

    public Stream Compress(ReadOnlySpan<byte> raw)
    {
        output.SetLength(0);
        using (var gzip = new GZipStream(output, CompressionLevel.Optimal, leaveOpen: true)) gzip.Write(raw);
        output.Position = 0;
        return output;
    }
}
