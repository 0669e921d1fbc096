namespace LogMonitor.Core.Parsing.Fields;

/// <summary>The <c>&lt;PRI&gt;</c> before a syslog line: RFC 5424 section 6.2.1, RFC 3164 section 4.1.1.</summary>
static class SyslogPriority
{
    /// <summary>The text without its priority; as it is where it has none, or none from 0 to 191.</summary>
    public static ReadOnlySpan<byte> Take(ReadOnlySpan<byte> text, out Severity severity)
    {
        severity = Severity.None;
        if (text.Length < 3 || text[0] != '<') return text;
        var priority = Digits.Read(text[1..], 3, out var length);
        if (length == 0 || priority > 191 || text.Length <= length + 1 || text[length + 1] != '>') return text;
        severity = (Severity)(priority & 7);
        return text[(length + 2)..];
    }
}
