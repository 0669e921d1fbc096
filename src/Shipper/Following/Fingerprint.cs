using System.Security.Cryptography;

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
    public static Fingerprint Before(LogContent content, long end)
    {
        Span<byte> bytes = stackalloc byte[MaxLength];
        var start = Math.Max(0, end - MaxLength);
        return Of(start, bytes[..content.ReadAt(start, bytes[..(int)(end - start)])]);
    }

    public bool Matches(LogContent content)
    {
        if (Length == 0) return true;
        Span<byte> bytes = stackalloc byte[MaxLength];
        return Length <= MaxLength && content.ReadAt(Start, bytes[..Length]) == Length && Of(Start, bytes[..Length]) == this;
    }
}
