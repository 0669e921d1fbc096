namespace LogMonitor.Core.Chunks;

/// <summary>
/// Frames a stream into lines, in constant memory. Fill, then take lines until there are none, and so on:
/// <c>while (await reader.FillAsync(ct)) while (reader.TryReadLine(out var line, out _)) …</c>
/// </summary>
/// <remarks>
/// A line ends at <c>\n</c> or at the end of the stream. Of a line longer than the limit the beginning is returned, marked as
/// cut, and the rest skipped: it stays one line.
/// </remarks>
public sealed class LineReader
{
    readonly Stream stream;
    readonly int maxLineBytes;
    readonly byte[] buffer;
    int start, end;
    // What the buffer's first byte is in the stream.
    long position;
    bool atEnd, skipping;

    /// <summary>Reads from a stream that the caller owns.</summary>
    /// <param name="stream">What to frame.</param>
    /// <param name="maxLineBytes">The longest line returned whole, in bytes.</param>
    /// <param name="bufferBytes">How much is read at once; no less than twice the longest line.</param>
    public LineReader(Stream stream, int maxLineBytes = ChunkLimits.MaxParsedLineBytes, int bufferBytes = 128 << 10)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxLineBytes, 1);
        this.stream = stream;
        this.maxLineBytes = maxLineBytes;
#if DEBUG
        _ = bufferBytes;
        buffer = new byte[maxLineBytes + 1];      // as small as it can be, so that every edge is crossed often
#else
        buffer = new byte[Math.Max(2 * maxLineBytes, bufferBytes)];
#endif
    }

    /// <summary>Bytes read from the stream so far.</summary>
    public long BytesRead { get; private set; }

    /// <summary>The number of the line returned last, from 1.</summary>
    public long LineNumber { get; private set; }

    /// <summary>Where the line returned last begins: the offset of its first byte in the stream.</summary>
    public long LineStart { get; private set; }

    /// <summary>Reads more; false when the stream has ended and every line was taken.</summary>
    public async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        if (start > 0)
        {
            buffer.AsSpan(start..end).CopyTo(buffer);
            position += start;
            (start, end) = (0, end - start);
        }
        if (atEnd) return end > start;
        if (end == buffer.Length) throw new InvalidOperationException("Take the lines that are there before filling again.");
        var read = await stream.ReadAsync(buffer.AsMemory(end), cancellationToken).ConfigureAwait(false);
        end += read;
        BytesRead += read;
        atEnd = read == 0;
        return !atEnd || end > start;
    }

    /// <summary>The next line without its <c>\n</c>, valid until the next <see cref="FillAsync"/>; false when more must be read first.</summary>
    public bool TryReadLine(out ReadOnlySpan<byte> line, out bool isCut)
    {
        isCut = false;
        while (true)
        {
            var unread = buffer.AsSpan(start..end);
            var length = unread.IndexOf((byte)'\n');
            var hasEnd = length >= 0;
            if (!hasEnd) length = unread.Length;

            if (skipping)
            {
                start += hasEnd ? length + 1 : length;
                skipping = !hasEnd;
                if (hasEnd) continue;
                break;
            }
            if (length > maxLineBytes)
            {
                isCut = skipping = true;
                line = Take(maxLineBytes, maxLineBytes);
                return true;
            }
            if (!hasEnd && (!atEnd || length == 0)) break;
            line = Take(length, hasEnd ? length + 1 : length);
            return true;
        }
        line = default;
        return false;
    }

    ReadOnlySpan<byte> Take(int length, int consumed)
    {
        LineNumber++;
        LineStart = position + start;
        var line = buffer.AsSpan(start, length);
        start += consumed;
        return line;
    }
}
