namespace LogMonitor.Core.Parsing.Fields;

/// <summary>Fields between double quotes. Apache escapes a quote inside as <c>\"</c>, nginx as <c>\x22</c>; some servers not at all.</summary>
static class Quoted
{
    /// <summary>The index of the quote that closes the field which begins at <paramref name="start"/>; -1 where none does. Linear in the text.</summary>
    /// <remarks>A quote that no space follows is taken as part of the field: that is how a server that does not escape writes one.</remarks>
    public static int Close(ReadOnlySpan<byte> text, int start)
    {
        var at = start;
        while (true)
        {
            var next = text[at..].IndexOf((byte)'"');
            if (next < 0) return -1;
            at += next;
            if ((at + 1 == text.Length || text[at + 1] == ' ') && !IsEscaped(text, start, at)) return at;
            at++;
        }
    }

    /// <summary>Whether an odd number of backslashes stands before the byte.</summary>
    public static bool IsEscaped(ReadOnlySpan<byte> text, int start, int at)
    {
        var first = at;
        while (first > start && text[first - 1] == '\\') first--;
        return ((at - first) & 1) != 0;
    }

    /// <summary>A field's value; <c>-</c> is absent.</summary>
    public static ReadOnlySpan<byte> Value(ReadOnlySpan<byte> text) => text.Length == 1 && text[0] == '-' ? default : text;
}
