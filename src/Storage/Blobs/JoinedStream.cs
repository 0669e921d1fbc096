namespace LogMonitor.Storage.Blobs;

/// <summary>Streams in memory, one behind the other, without a copy. Can be read again from anywhere, as an upload that is tried again asks for.</summary>
sealed class JoinedStream : Stream
{
    readonly IReadOnlyList<Stream> parts;
    readonly long length;
    int current;

    /// <param name="parts">Seekable.</param>
    public JoinedStream(IReadOnlyList<Stream> parts)
    {
        (this.parts, length) = (parts, parts.Sum(part => part.Length));
        Position = 0;
    }

    public override long Position
    {
        get => parts.Take(current).Sum(part => part.Length) + (current < parts.Count ? parts[current].Position : 0);
        set
        {
            for (current = 0; current < parts.Count && value >= parts[current].Length; current++) value -= parts[current].Length;
            if (current < parts.Count) parts[current].Position = value;
        }
    }

    public override int Read(Span<byte> buffer)
    {
        while (current < parts.Count && buffer.Length > 0)
        {
            var read = parts[current].Read(buffer);
            if (read > 0) return read;
            if (++current < parts.Count) parts[current].Position = 0;
        }
        return 0;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    // Memory does not keep anybody waiting.
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => ValueTask.FromResult(Read(buffer.Span));

    public override long Seek(long offset, SeekOrigin origin) => Position = offset + origin switch { SeekOrigin.Current => Position, SeekOrigin.End => length, _ => 0 };

    public override bool CanRead => true;
    public override bool CanSeek => true;
    public override bool CanWrite => false;
    public override long Length => length;
    public override void Flush() { }
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
