namespace LogMonitor.Core.Parsing.Fields;

/// <summary>Words of logs.</summary>
static class Ascii
{
    /// <summary>Equal but for the case of ASCII letters.</summary>
    /// <param name="lower">In lower case.</param>
    public static bool EqualsIgnoreCase(ReadOnlySpan<byte> text, ReadOnlySpan<byte> lower) => text.Length == lower.Length && System.Text.Ascii.EqualsIgnoreCase(text, lower);

    /// <summary>Takes a prefix off; false where the text does not begin with it.</summary>
    public static bool Skip(ref ReadOnlySpan<byte> text, ReadOnlySpan<byte> prefix)
    {
        if (!text.StartsWith(prefix)) return false;
        text = text[prefix.Length..];
        return true;
    }
}
