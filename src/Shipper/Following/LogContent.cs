using Microsoft.Win32.SafeHandles;

namespace LogMonitor.Shipper.Following;

/// <summary>The bytes of a log: a file as it is, or what a compressed one unpacks to.</summary>
abstract class LogContent : IDisposable
{
    /// <summary>Whether it may become longer, or other.</summary>
    public abstract bool CanChange { get; }

    /// <summary>What there is now; the size is that of the bytes that can be read.</summary>
    /// <exception cref="IOException">The file system failed.</exception>
    public abstract FileStat Stat();

    /// <summary>Reads until the buffer is full or the content ends; returns how much.</summary>
    /// <exception cref="IOException">The file can't be read.</exception>
    public abstract int ReadAt(long offset, Span<byte> buffer);

    /// <inheritdoc/>
    public abstract void Dispose();
}

/// <summary>An open file. It can be read to its end when it has been renamed or deleted.</summary>
sealed class PlainContent(SafeFileHandle handle) : LogContent
{
    /// <exception cref="IOException">It can't be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static PlainContent Open(string path) => new(File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));

    /// <inheritdoc/>
    public override bool CanChange => true;

    /// <inheritdoc/>
    public override FileStat Stat() => LinuxFile.Stat(handle);

    /// <inheritdoc/>
    public override int ReadAt(long offset, Span<byte> buffer)
    {
        var length = 0;
        while (length < buffer.Length && RandomAccess.Read(handle, buffer[length..], offset + length) is > 0 and var read) length += read;
        return length;
    }

    /// <inheritdoc/>
    public override void Dispose() => handle.Dispose();
}
