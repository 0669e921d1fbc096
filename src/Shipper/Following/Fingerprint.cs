using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace LogMonitor.Shipper.Following;

/// <summary>A few bytes of a file, by place and hash: whether it is still the file it was.</summary>
/// <param name="Start">Offset of the first byte.</param>
/// <param name="Length">At most <see cref="MaxLength"/>; 0 matches every file.</param>
/// <param name="Hash">The beginning of their SHA-256, 32 hex digits.</param>
sealed record Fingerprint(long Start, int Length, string Hash)
{
    public const int MaxLength = 1024;

    public static Fingerprint Of(long start, ReadOnlySpan<byte> bytes) =>
        new(start, bytes.Length, Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 16)));

    /// <summary>The bytes before <paramref name="end"/>, as many as a fingerprint takes.</summary>
    public static Fingerprint Before(SafeFileHandle file, long end)
    {
        Span<byte> bytes = stackalloc byte[MaxLength];
        var start = Math.Max(0, end - MaxLength);
        return Of(start, bytes[..file.ReadAt(start, bytes[..(int)(end - start)])]);
    }

    public bool Matches(SafeFileHandle file)
    {
        if (Length == 0) return true;
        Span<byte> bytes = stackalloc byte[MaxLength];
        return Length <= MaxLength && file.ReadAt(Start, bytes[..Length]) == Length && Of(Start, bytes[..Length]) == this;
    }
}

static class FileReading
{
    /// <summary>Reads until the buffer is full or the file ends; returns how much.</summary>
    public static int ReadAt(this SafeFileHandle file, long offset, Span<byte> buffer)
    {
        var length = 0;
        while (length < buffer.Length && RandomAccess.Read(file, buffer[length..], offset + length) is > 0 and var read) length += read;
        return length;
    }
}
