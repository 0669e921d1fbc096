using System.Buffers.Text;

namespace LogMonitor.Core.Parsing.Fields;

/// <summary>Sets a line's fields from their text.</summary>
static class FieldSetter
{
    /// <summary>Sets one field; false where the text can't be one: letters for a status, say. <c>-</c> is absent. Times are the caller's.</summary>
    public static bool TrySet(LineField field, ReadOnlySpan<byte> text, ref LogLine line)
    {
        if (text.Length == 1 && text[0] == '-') return true;
        switch (field)
        {
            case LineField.Client:
                // A list is what proxies make of it: the client is the first.
                var comma = text.IndexOf((byte)',');
                line.Client = ClientText.SplitPort(comma < 0 ? text : text[..comma], out var port);
                if (port != 0) line.ClientPort = port;
                return true;
            case LineField.ClientPort:
                line.ClientPort = Digits.Port(text);
                return text.IsEmpty || Digits.ReadAll(text) >= 0;
            case LineField.User: line.User = text; return true;
            case LineField.Request: RequestLine.Split(text, ref line); return true;
            case LineField.Method: line.Method = text; return true;
            case LineField.Target: RequestLine.SetTarget(text, ref line); return true;
            case LineField.Path: line.Path = text; return true;
            case LineField.Query: line.Query = text.Length > 0 && text[0] == '?' ? text[1..] : text; return true;
            case LineField.Protocol: line.Protocol = text; return true;
            case LineField.VirtualHost: line.VirtualHost = ClientText.SplitPort(text, out _); return true;
            case LineField.Status:
                if (text.Length != 3 || Digits.ReadAll(text) is not (>= 0 and var status)) return false;
                line.Status = status >= 100 ? (int)status : 0;
                return true;
            case LineField.Bytes:
                line.Bytes = Digits.ReadAll(text);
                return line.Bytes >= 0 || IsNumber(text);
            case LineField.Referer: line.Referer = text; return true;
            case LineField.UserAgent: line.UserAgent = text; return true;
            case LineField.Seconds: return TrySetDuration(text, 1_000_000, ref line);
            case LineField.Milliseconds: return TrySetDuration(text, 1_000, ref line);
            case LineField.Microseconds: return TrySetDuration(text, 1, ref line);
            case LineField.Nanoseconds: return TrySetDuration(text, 0.001, ref line);
            case LineField.Severity: line.Severity = SeverityText.FromWord(text); return true;
            case LineField.Process: line.Process = text; return true;
            case LineField.ProcessId: line.ProcessId = Digits.ProcessId(text); return true;
            case LineField.Message: line.Message = text; return true;
            default: return true;
        }
    }

    /// <summary>Completes what formats that log a request in parts can't: the target, from path and query.</summary>
    public static void CompleteTarget(ReadOnlySpan<byte> text, ref LogLine line)
    {
        if (!line.Target.IsEmpty || line.Path.IsEmpty) return;
        line.Target = line.Path;
        if (!line.Query.IsEmpty && text.Overlaps(line.Path, out var path) && text.Overlaps(line.Query, out var query)
            && query == path + line.Path.Length + 1 && text[query - 1] == '?')
            line.Target = text.Slice(path, query - path + line.Query.Length);
    }

    /// <summary>Whether it is a whole number, of any sign and size.</summary>
    public static bool IsNumber(ReadOnlySpan<byte> text)
    {
        if (text.Length > 0 && text[0] == '-') text = text[1..];
        return text.Length > 0 && text.IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0;
    }

    static bool TrySetDuration(ReadOnlySpan<byte> text, double microseconds, ref LogLine line)
    {
        if (!Utf8Parser.TryParse(text, out double value, out var length) || length != text.Length) return text.IsEmpty;
        // Negative, when a clock was set back; longer than a century, when it was set forward.
        value *= microseconds;
        line.DurationMicroseconds = value is >= 0 and < 4e15 ? (long)Math.Round(value) : -1;
        return true;
    }
}
