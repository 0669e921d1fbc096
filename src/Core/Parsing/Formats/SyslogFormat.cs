using LogMonitor.Core.Parsing.Fields;

namespace LogMonitor.Core.Parsing.Formats;

/// <summary>
/// Syslog files: <c>Jun 14 15:16:01 host sshd[19939]: text</c>, with or without a priority before it; and with an ISO time, as
/// rsyslog and <c>journalctl -o short-iso</c> write it: <c>2023-11-14T00:20:42.738197+01:00 host sshd[1112]: text</c>.
/// </summary>
/// <remarks>
/// Sources: RFC 3164 section 4.1, https://www.freedesktop.org/software/systemd/man/journalctl.html#-o,
/// rsyslog's RSYSLOG_FileFormat. <br/>
/// What a web server sent to syslog is read as what it is: an access or an error line within the syslog line.
/// </remarks>
sealed class SyslogFormat(TimeReader times, WebServerPayload payload) : LogFormat
{
    /// <inheritdoc/>
    public override Fit Parse(ReadOnlySpan<byte> text, ref LogLine line)
    {
        text = SyslogPriority.Take(text, out var severity);
        var length = times.ReadSyslog(text, out var time);
        // An ISO time begins many kinds of line, so those must also name a zone and a program.
        var iso = length == 0;
        if (iso)
        {
            length = times.ReadIso(text, out time, out var zoned);
            if (!zoned || text[10] != 'T') return Fit.No;
        }
        if (length >= text.Length || text[length] != ' ') return Fit.No;
        line.Message = ReadHostAndTag(text[(length + 1)..].TrimStart((byte)' '), ref line);
        if (iso && line.Process.IsEmpty) return Fit.No;
        line.Time = time;
        if (time == LogLine.NoTime) return Fit.BadTime;
        if (payload.TryRead(ref line)) return Fit.Yes;
        line.Class = LineClass.Error;
        line.Format = "syslog";
        line.Severity = severity;
        SyslogMessage.Read(ref line);
        return Fit.Yes;
    }

    static ReadOnlySpan<byte> ReadHostAndTag(ReadOnlySpan<byte> text, scoped ref LogLine line)
    {
        // A host, unless the first word is the tag already (as a logger on the same machine writes it).
        if (ReadTag(text, ref line, out var message)) return message;
        var space = text.IndexOf((byte)' ');
        if (space < 0) return default;
        text = text[(space + 1)..].TrimStart((byte)' ');
        return ReadTag(text, ref line, out message) ? message : text;
    }

    // "program[pid]: " or "program: ".
    static bool ReadTag(ReadOnlySpan<byte> text, scoped ref LogLine line, out ReadOnlySpan<byte> message)
    {
        message = default;
        var end = text.IndexOfAny((byte)' ', (byte)'[', (byte)':');
        if (end is <= 0 or > 128) return false;
        var name = text[..end];
        var pid = 0;
        if (text[end] == '[')
        {
            var close = text[end..Math.Min(text.Length, end + 24)].IndexOf((byte)']');
            if (close < 0) return false;
            close += end;
            pid = Digits.ProcessId(text[(end + 1)..close]);
            end = close + 1;
            // Some programs leave out the colon behind the pid.
            if (end < text.Length && text[end] is not ((byte)':' or (byte)' ')) return false;
        }
        else if (text[end] == ' ') return false;
        if (end < text.Length && text[end] == ':') end++;
        if (end < text.Length && text[end] != ' ') return false;
        message = end < text.Length ? text[(end + 1)..] : default;
        // "sshd(pam_unix)" is sshd, speaking through a module.
        var module = name.IndexOf((byte)'(');
        line.Process = module > 0 ? name[..module] : name;
        line.ProcessId = pid;
        return true;
    }
}
