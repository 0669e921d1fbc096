namespace LogMonitor.Core.Parsing.Fields;

/// <summary>Numbers of logs: unsigned decimal, bounded, never throwing.</summary>
static class Digits
{
    public static bool At(ReadOnlySpan<byte> text, int index) => (uint)index < (uint)text.Length && (uint)(text[index] - '0') <= 9;

    /// <summary>The number at the beginning, of at most <paramref name="maxDigits"/> digits (18 at most); <paramref name="length"/> is 0 where there is none.</summary>
    public static long Read(ReadOnlySpan<byte> text, int maxDigits, out int length)
    {
        long value = 0;
        var end = Math.Min(text.Length, maxDigits);
        for (length = 0; length < end && (uint)(text[length] - '0') <= 9; length++) value = value * 10 + (text[length] - '0');
        return value;
    }

    /// <summary>A whole field as a number; -1 where it is not one, or has more than 18 digits (no count of a server is that large).</summary>
    public static long ReadAll(ReadOnlySpan<byte> text)
    {
        if (text.Length is 0 or > 18) return -1;
        var value = Read(text, 18, out var length);
        return length == text.Length ? value : -1;
    }

    /// <summary>A port, 1 to 65535; 0 where it is not one.</summary>
    public static int Port(ReadOnlySpan<byte> text) => text.Length <= 5 && ReadAll(text) is > 0 and <= 65535 and var port ? (int)port : 0;

    /// <summary>A process id; 0 where it is not one.</summary>
    public static int ProcessId(ReadOnlySpan<byte> text) => ReadAll(text) is > 0 and <= int.MaxValue and var id ? (int)id : 0;
}
