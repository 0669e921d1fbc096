namespace LogMonitor.Storage.Blobs;

/// <summary>The next bytes of a stream, which stays open: what is not read of them is passed over by <see cref="SkipAsync"/>.</summary>
sealed class PartStream(Stream inner, long length) : Stream
{
    long left = length;

    /// <exception cref="EndOfStreamException">The stream ends before.</exception>
    public async Task SkipAsync(CancellationToken cancellationToken)
    {
        var buffer = new byte[(int)Math.Min(left, 32 << 10)];
        while (left > 0)
            if (await ReadAsync(buffer, cancellationToken).ConfigureAwait(false) == 0) throw new EndOfStreamException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await inner.ReadAsync(buffer[..(int)Math.Min(buffer.Length, left)], cancellationToken).ConfigureAwait(false);
        left -= read;
        return read;
    }

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Asynchronous only.");
    public override void Flush() { }
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
