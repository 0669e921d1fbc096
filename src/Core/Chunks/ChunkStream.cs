using System.IO.Compression;
using System.Security.Cryptography;
using ZstdSharp;
using ZstdSharp.Unsafe;

namespace LogMonitor.Core.Chunks;

/// <summary>
/// Reads one chunk as a stream and proves it: what is decompressed must have the length and the hash that the name says.
/// Nothing is trusted before <see cref="Verify"/> has returned.
/// </summary>
public sealed class ChunkStream : Stream
{
    readonly ChunkId id;
    readonly Stream decompressed;
    readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    long length;

    /// <summary>Reads a chunk's compressed bytes; disposing it disposes <paramref name="compressed"/>.</summary>
    /// <exception cref="BadChunkException">The name claims more than <see cref="ChunkLimits.MaxRawBytes"/>, or nothing.</exception>
    public ChunkStream(ChunkId id, Stream compressed)
    {
        if (id.Length == 0) throw new BadChunkException("empty chunk: its range holds no bytes");
        if (id.Length > ChunkLimits.MaxRawBytes)
            throw new BadChunkException($"too large: {id.Length} raw bytes, at most {ChunkLimits.MaxRawBytes} are read");
        this.id = id;
        decompressed = id.Compression == ChunkCompression.Zstd ? OpenZstd(compressed) : new GZipStream(compressed, CompressionMode.Decompress);
    }

    /// <inheritdoc/>
    /// <exception cref="BadChunkException">It is not what its name says (gzip or zstd), or decompresses to more than its name says.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int read;
        try
        {
            read = await decompressed.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is InvalidDataException or ZstdException or EndOfStreamException)
        {
            var format = id.Compression == ChunkCompression.Zstd ? "zstd" : "gzip";
            throw new BadChunkException(length == 0 ? $"not {format}" : $"{format} data broken behind {length} raw bytes", e);
        }
        length += read;
        if (length > id.Length) throw new BadChunkException($"decompresses to more than the {id.Length} bytes that its name says");
        hash.AppendData(buffer.Span[..read]);
        return read;
    }

    static DecompressionStream OpenZstd(Stream compressed)
    {
        const int maxWindowBits = 23;
        var stream = new DecompressionStream(compressed, leaveOpen: false);
        stream.SetParameter(ZSTD_dParameter.ZSTD_d_windowLogMax, maxWindowBits);
        return stream;
    }

    /// <summary>Call when everything was read.</summary>
    /// <exception cref="BadChunkException">The content is not what the name says.</exception>
    public void Verify()
    {
        if (length == 0) throw new BadChunkException("empty: no bytes where the name says " + id.Length);
        if (length != id.Length) throw new BadChunkException($"truncated: {length} raw bytes where the name says {id.Length}");
        if (Convert.ToHexStringLower(hash.GetHashAndReset()) != id.Hash) throw new BadChunkException("the SHA-256 of the content is not the one in the name");
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            decompressed.Dispose();
            hash.Dispose();
        }
        base.Dispose(disposing);
    }

    /// <inheritdoc/>
    public override bool CanRead => true;
    /// <inheritdoc/>
    public override bool CanSeek => false;
    /// <inheritdoc/>
    public override bool CanWrite => false;
    /// <inheritdoc/>
    public override long Length => id.Length;
    /// <inheritdoc/>
    public override long Position { get => length; set => throw new NotSupportedException(); }
    /// <inheritdoc/>
    public override void Flush() { }
    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Asynchronous only.");
    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();
    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}

/// <summary>A blob whose content can't be ingested, now or later: it is quarantined with this message.</summary>
public sealed class BadChunkException : Exception
{
    /// <param name="message">What is wrong, in a form that fits behind the blob's name.</param>
    /// <param name="innerException">What said so.</param>
    public BadChunkException(string message, Exception? innerException = null) : base(message, innerException) { }
    public BadChunkException() { }
    public BadChunkException(string message) : base(message) { }
}
