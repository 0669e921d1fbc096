using LogMonitor.Shipper.Following;

namespace LogMonitor.Shipper.Cutting;

/// <summary>
/// Reads the bytes of one chunk. There is one reader, and so one buffer, for all files: memory does not depend on how many
/// there are. What it returns is valid until the next call.
/// </summary>
sealed class ChunkReader(int maxChunkBytes, int maxLineBytes)
{
    byte[] buffer = [];

    /// <summary>
    /// The next chunk from <paramref name="start"/>: as many whole lines as fit, or one longer line, or a piece of the maximum
    /// length of a line that is longer still. Empty when no line is complete.
    /// </summary>
    /// <param name="size">The file's size.</param>
    /// <param name="takesAll">The end of an unfinished last line is not waited for: it is taken too.</param>
    public Cut Next(LogContent file, long start, long size, bool takesAll)
    {
        var available = Math.Max(0, size - start);
        var length = Fill(file, start, 0, (int)Math.Min(available, maxChunkBytes));
        var end = buffer.AsSpan(0, length).LastIndexOf((byte)'\n') + 1;
        while (end == 0 && length < Math.Min(available, maxLineBytes))
        {
            var from = length;
            length = Fill(file, start, from, (int)Math.Min(Math.Min(available, maxLineBytes), Math.Max(2L * from, maxChunkBytes)));
            if (length == from) break; // Shorter than it was said to be: the caller finds out why.
            if (buffer.AsSpan(from, length - from).IndexOf((byte)'\n') is >= 0 and var newline) end = from + newline + 1;
        }
        var isPiece = end == 0 && length >= maxLineBytes;
        if (isPiece || (end == 0 && takesAll)) end = length;
        // At the end of a file, whatever follows its last newline comes along if it fits.
        else if (takesAll && length == available) end = length;
        return new Cut(buffer.AsMemory(0, end), isPiece);
    }

    /// <summary>Exactly this range; shorter if the file has become so.</summary>
    public Memory<byte> Range(LogContent file, long start, long end)
    {
        var length = Fill(file, start, 0, (int)(end - start));
        return buffer.AsMemory(0, length);
    }

    /// <summary>Gives the memory of an extraordinarily long line back.</summary>
    public void Release()
    {
        if (buffer.Length > maxChunkBytes) buffer = [];
    }

    /// <summary>Gives all memory back, until there is something to read again.</summary>
    public void Clear() => buffer = [];

    int Fill(LogContent file, long start, int from, int to)
    {
        if (buffer.Length < to) Array.Resize(ref buffer, Math.Max(to, Math.Min(maxChunkBytes, 2 * buffer.Length)));
        return from + file.ReadAt(start + from, buffer.AsSpan(from, to - from));
    }
}

/// <param name="IsPiece">Of a line that is longer than the limit: it does not end with the line.</param>
readonly record struct Cut(Memory<byte> Bytes, bool IsPiece);
