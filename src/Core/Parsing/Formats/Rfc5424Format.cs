using LogMonitor.Core.Parsing.Fields;

namespace LogMonitor.Core.Parsing.Formats;

/// <summary>Syslog by RFC 5424 section 6: <c>&lt;165&gt;1 2026-02-04T15:16:01.003Z host app 1234 ID47 [id name="value"] text</c>.</summary>
sealed class Rfc5424Format(TimeReader times, WebServerPayload payload) : LogFormat
{
    /// <inheritdoc/>
    public override Fit Parse(ReadOnlySpan<byte> text, ref LogLine line)
    {
        var behind = SyslogPriority.Take(text, out var severity);
        if (behind.Length == text.Length || behind.Length < 2 || behind[0] != '1' || behind[1] != ' ') return Fit.No;
        behind = behind[2..];
        var stamp = Word(ref behind);
        long time = LogLine.NoTime;
        var noTime = stamp.SequenceEqual("-"u8);
        if (!noTime && times.ReadIso(stamp, out time, out _) != stamp.Length) return Fit.No;
        if (Word(ref behind).IsEmpty) return Fit.No;
        var app = Word(ref behind);
        var process = Word(ref behind);
        if (app.IsEmpty || process.IsEmpty || Word(ref behind).IsEmpty || !SkipStructuredData(ref behind)) return Fit.No;
        line.Process = Quoted.Value(app);
        line.ProcessId = Digits.ProcessId(process);
        line.Message = behind;
        line.Time = time;
        if (time == LogLine.NoTime && !noTime) return Fit.BadTime;
        if (payload.TryRead(ref line)) return Fit.Yes;
        line.Class = LineClass.Error;
        line.Format = "syslog_rfc5424";
        line.Severity = severity;
        SyslogMessage.Read(ref line);
        return Fit.Yes;
    }

    static ReadOnlySpan<byte> Word(scoped ref ReadOnlySpan<byte> text)
    {
        var space = text.IndexOf((byte)' ');
        var word = space < 0 ? text : text[..space];
        text = space < 0 ? default : text[(space + 1)..];
        return word;
    }

    // "-" or "[id name="value" …]", once or more; within a value, ", \ and ] stand behind a backslash.
    static bool SkipStructuredData(scoped ref ReadOnlySpan<byte> text)
    {
        var at = 0;
        if (text.Length > 0 && text[0] == '-') at = 1;
        while (at < text.Length && text[at] == '[')
        {
            var quoted = false;
            for (at++; at < text.Length && (quoted || text[at] != ']'); at++)
            {
                if (text[at] == '\\' && quoted) at++;
                else if (text[at] == '"') quoted = !quoted;
            }
            if (at >= text.Length) return false;
            at++;
        }
        if (at == 0 || at < text.Length && text[at] != ' ') return false;
        text = at < text.Length ? text[(at + 1)..] : default;
        if (text.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF])) text = text[3..];
        return true;
    }
}
