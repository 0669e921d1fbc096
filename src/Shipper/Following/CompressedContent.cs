using System.Buffers.Binary;
using System.IO.Compression;
using Microsoft.Win32.SafeHandles;

namespace LogMonitor.Shipper.Following;

/// <summary>
/// What a gzip file unpacks to, for a log that was rotated and compressed before it was shipped to its end. It is read forwards;
/// the bytes that were read last are kept, so that a chunk can begin before the end of what was read for the one before it.
/// </summary>
sealed class CompressedContent : LogContent
{
    const int Step = 64 << 10;

    readonly SafeFileHandle handle;
    readonly int kept;
    FileStat stat;
    Stream unpacked;
    byte[] window = new byte[2 * Step];
    long windowStart;
    int windowLength;

    CompressedContent(SafeFileHandle handle, int kept)
    {
        (this.handle, this.kept) = (handle, kept);
        unpacked = Unpack();
        stat = LinuxFile.Stat(handle);
    }

    /// <summary>
    /// Opens a gzip file that continues a log: it has the bytes that were shipped, and perhaps more. All of it is unpacked once, to
    /// know that it is whole and how long it is. Null where it is something else, or not yet whole.
    /// </summary>
    /// <param name="path">The file, as gzip writes it: of one member.</param>
    /// <param name="head">The log's first bytes.</param>
    /// <param name="tail">Those before <paramref name="offset"/>.</param>
    /// <param name="offset">How far the log is shipped.</param>
    /// <param name="kept">How many bytes behind the latest that was read can be read again without beginning anew.</param>
    /// <exception cref="IOException">It can't be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static CompressedContent? OpenContinuation(string path, Fingerprint head, Fingerprint tail, long offset, int kept)
    {
        var content = new CompressedContent(File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete), kept);
        try
        {
            if (head.Matches(content) && tail.Matches(content) && content.TryMeasure() && content.stat.Size >= offset) return content;
        }
        catch (IOException)
        {
            // Damaged, or no gzip file, or it can't be read.
        }
        content.Dispose();
        return null;
    }

    /// <inheritdoc/>
    public override bool CanChange => false;

    /// <inheritdoc/>
    public override FileStat Stat() => stat;

    /// <inheritdoc/>
    public override int ReadAt(long offset, Span<byte> buffer)
    {
        if (offset < windowStart)
        {
            unpacked.Dispose();
            unpacked = Unpack();
            (windowStart, windowLength) = (0, 0);
        }
        while (windowStart + windowLength < offset + buffer.Length && Advance(Math.Min(offset, windowStart + windowLength))) { }
        var available = (int)Math.Clamp(windowStart + windowLength - offset, 0, buffer.Length);
        if (available > 0) window.AsSpan((int)(offset - windowStart), available).CopyTo(buffer);
        return available;
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        unpacked.Dispose();
        handle.Dispose();
    }

    /// <summary>Reads all. What gzip is still writing unpacks without an error, but does not end with its size (RFC 1952, ISIZE).</summary>
    bool TryMeasure()
    {
        while (Advance(windowStart + windowLength)) { }
        var size = windowStart + windowLength;
        Span<byte> trailer = stackalloc byte[sizeof(uint)];
        var isWhole = stat.Size > trailer.Length && RandomAccess.Read(handle, trailer, stat.Size - trailer.Length) == trailer.Length
            && BinaryPrimitives.ReadUInt32LittleEndian(trailer) == unchecked((uint)size);
        stat = stat with { Size = size };
        return isWhole;
    }

    /// <summary>Reads on; false at the end. The window keeps what it should, and all from <paramref name="needed"/> on.</summary>
    bool Advance(long needed)
    {
        if (window.Length - windowLength < Step)
        {
            var end = windowStart + windowLength;
            var drop = (int)(Math.Max(windowStart, Math.Min(needed, end - kept)) - windowStart);
            // A quarter of it at least: what is kept is moved seldom.
            if (drop < window.Length / 4) Array.Resize(ref window, 2 * window.Length);
            else
            {
                window.AsSpan(drop, windowLength - drop).CopyTo(window);
                (windowStart, windowLength) = (windowStart + drop, windowLength - drop);
            }
        }
        try
        {
            var read = unpacked.Read(window, windowLength, Step);
            windowLength += read;
            return read > 0;
        }
        catch (InvalidDataException damaged)
        {
            throw new IOException($"The compressed log is damaged behind byte {windowStart + windowLength} of what it unpacks to.", damaged);
        }
    }

    GZipStream Unpack() => new(new HandleStream(handle), CompressionMode.Decompress);

    /// <summary>Reads a handle from its beginning, and leaves it open.</summary>
    sealed class HandleStream(SafeFileHandle handle) : Stream
    {
        long position;

        public override int Read(Span<byte> buffer)
        {
            var read = RandomAccess.Read(handle, buffer, position);
            position += read;
            return read;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));
        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => position; set => throw new NotSupportedException(); }
        public override void Flush() { }
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
