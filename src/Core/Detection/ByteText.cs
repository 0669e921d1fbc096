using System.Text;

namespace LogMonitor.Core.Detection;

/// <summary>Byte text without regard to ASCII case. Other bytes compare as they are.</summary>
static class ByteText
{
    public static bool EqualsIgnoreCase(ReadOnlySpan<byte> text, ReadOnlySpan<byte> other)
    {
        if (text.Length != other.Length) return false;
        if (Ascii.EqualsIgnoreCase(text, other)) return true;
        // Ascii.EqualsIgnoreCase is false for anything beyond ASCII: compare byte by byte there.
        for (var i = 0; i < text.Length; i++) if (Fold(text[i]) != Fold(other[i])) return false;
        return true;
    }

    /// <summary>Where a value begins first, or -1.</summary>
    public static int IndexOfIgnoreCase(ReadOnlySpan<byte> text, ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty) return 0;
        byte lower = Fold(value[0]), upper = SwapCase(lower);
        for (var from = 0; text.Length - from >= value.Length;)
        {
            var at = text[from..(text.Length - value.Length + 1)].IndexOfAny(lower, upper);
            if (at < 0) return -1;
            if (EqualsIgnoreCase(text.Slice(from + at, value.Length), value)) return from + at;
            from += at + 1;
        }
        return -1;
    }

    /// <summary>A letter in its other case; other bytes as they are.</summary>
    public static byte SwapCase(byte b) => Fold(b) is >= (byte)'a' and <= (byte)'z' ? (byte)(b ^ 0x20) : b;

    /// <summary>A letter in lower case; other bytes as they are.</summary>
    public static byte Fold(byte b) => b is >= (byte)'A' and <= (byte)'Z' ? (byte)(b + 32) : b;
}
