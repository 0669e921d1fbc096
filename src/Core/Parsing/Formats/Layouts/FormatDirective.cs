using System.Text;

namespace LogMonitor.Core.Parsing.Formats.Layouts;

/// <summary>Takes a format string out of the configuration line it stands in, so that the line can be pasted as it is.</summary>
static class FormatDirective
{
    /// <summary>The format within <c>LogFormat "…" name</c> or <c>log_format name '…' '…';</c>; other text as it is.</summary>
    /// <exception cref="FormatException">It begins as such a line and has no quoted format.</exception>
    public static string Unwrap(string text)
    {
        text = text.Trim();
        if (text.StartsWith("LogFormat ", StringComparison.OrdinalIgnoreCase)) return Pieces(text, "LogFormat \"%h …\" name", first: true);
        if (text.StartsWith("log_format ", StringComparison.Ordinal)) return Pieces(text, "log_format name '$remote_addr …';", first: false);
        return text;
    }

    // The quoted pieces joined, as nginx does; Apache has one.
    static string Pieces(string text, string expected, bool first)
    {
        var format = new StringBuilder();
        var found = false;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] is not ('"' or '\'')) continue;
            var quote = text[i];
            var start = ++i;
            for (; i < text.Length && text[i] != quote; i++)
            {
                if (text[i] != '\\' || i + 1 == text.Length) format.Append(text[i]);
                // Within its quotes, a directive's own quotes stand behind backslashes.
                else if (text[++i] is '"' or '\'' or '\\') format.Append(text[i]);
                else format.Append('\\').Append(text[i]);
            }
            if (i == text.Length) throw new FormatException($"The log format's quote at position {start} is not closed: expected {expected}.");
            found = true;
            if (first) break;
        }
        return found ? format.ToString() : throw new FormatException($"The configuration line '{text}' has no quoted format: expected {expected}.");
    }
}
