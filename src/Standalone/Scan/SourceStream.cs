namespace LogMonitor.Standalone.Scan;

/// <summary>
/// The bytes of a file as they stand on the disk. It reads where it is asked, also asynchronously: for a file, handing each read to another
/// thread and back takes longer than reading, and nothing else waits for this one.
/// </summary>
sealed class SourceStream : Stream
{
    const int BeginningBytes = 4;

    readonly Stream file;
    readonly byte[] beginning = new byte[BeginningBytes];
    readonly int beginningLength;
    // Read on one thread, and by the progress bar on another.
    long position;

    /// <param name="file">Unbuffered; disposed with this.</param>
    public SourceStream(Stream file)
    {
        this.file = file;
        beginningLength = file.ReadAtLeast(beginning, BeginningBytes, throwOnEndOfStream: false);
        IsFile = file.CanSeek;
        Length = IsFile ? file.Length : 0;
    }

    /// <summary>Its first four bytes, or all there are.</summary>
    public ReadOnlySpan<byte> Beginning => beginning.AsSpan(0, beginningLength);

    /// <summary>Whether it is a file, and not a pipe or a terminal.</summary>
    public bool IsFile { get; }

    public override long Length { get; }

    public override long Position { get => Interlocked.Read(ref position); set => throw new NotSupportedException(); }

    public override int Read(Span<byte> buffer)
    {
        int read;
        if (position < beginningLength)
        {
            read = Math.Min(buffer.Length, beginningLength - (int)position);
            beginning.AsSpan((int)position, read).CopyTo(buffer);
        }
        else read = file.Read(buffer);
        Interlocked.Add(ref position, read);
        return read;
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(Read(buffer.Span));
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    protected override void Dispose(bool disposing)
    {
        if (disposing) file.Dispose();
        base.Dispose(disposing);
    }

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override void Flush() { }
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
