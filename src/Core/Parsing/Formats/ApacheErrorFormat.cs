using LogMonitor.Core.Parsing.Fields;

namespace LogMonitor.Core.Parsing.Formats;

/// <summary>
/// Apache's error log, 2.4 (<c>[Fri Oct 08 17:08:41.203277 2021] [core:error] [pid 7005:tid 140] [client 192.0.2.1:1453] AH00126: …</c>)
/// and 2.2 (<c>[Sun Dec 04 04:47:44 2005] [error] [client 192.0.2.1] …</c>).
/// </summary>
/// <remarks>
/// Source: https://httpd.apache.org/docs/2.4/mod/core.html#errorlogformat; an ISO time is its <c>%{cu}t</c>. <br/>
/// Only a <c>[client …]</c> in its own place counts. Within the message it is text of the client's choosing.
/// </remarks>
sealed class ApacheErrorFormat(TimeReader times) : LogFormat
{
    /// <inheritdoc/>
    public override Fit Parse(ReadOnlySpan<byte> text, ref LogLine line)
    {
        if (text.Length < 22 || text[0] != '[') return Fit.No;
        var length = times.ReadAsctime(text[1..], out var time);
        if (length == 0) length = times.ReadIso(text[1..], out time, out _);
        var end = 1 + length;
        if (length == 0 || end + 2 >= text.Length || text[end] != ']' || text[end + 1] != ' ') return Fit.No;
        if (!ReadBody(text[(end + 2)..], ref line)) return Fit.No;
        line.Time = time;
        return time == LogLine.NoTime ? Fit.BadTime : Fit.Yes;
    }

    /// <summary>What stands behind the time; also what Apache sends to syslog, which has a time of its own.</summary>
    public static bool ReadBody(ReadOnlySpan<byte> text, ref LogLine line)
    {
        if (text.Length < 6 || text[0] != '[') return false;
        var close = text[..Math.Min(text.Length, 64)].IndexOf((byte)']');
        if (close < 0) return false;
        var level = text[1..close];
        var colon = level.IndexOf((byte)':');
        line.Severity = SeverityText.FromLevel(level[(colon + 1)..]);
        if (line.Severity == Severity.None) return false;
        // Only 2.4 names the module; only 2.4 puts the port behind every client.
        var modern = colon >= 0;
        if (colon > 0) line.Process = level[..colon];

        var rest = text[(close + 1)..].TrimStart((byte)' ');
        while (TakeGroup(ref rest, "[pid "u8, out var group) || TakeGroup(ref rest, "[tid "u8, out group))
        {
            var pid = Digits.Read(group, 10, out var digits);
            if (line.ProcessId == 0 && digits > 0 && pid <= int.MaxValue) line.ProcessId = (int)pid;
        }
        if (!TakeClient(ref rest, modern, ref line)) TakeClientBehindSystemError(ref rest, modern, ref line);
        line.Message = rest;
        AuthMessage.ReadApache(ref line);
        var referer = rest.LastIndexOf(", referer: "u8);
        if (referer >= 0) line.Referer = rest[(referer + 11)..];
        line.Class = LineClass.Error;
        line.Format = "apache_error";
        return true;
    }

    static bool TakeClient(scoped ref ReadOnlySpan<byte> rest, bool modern, ref LogLine line)
    {
        if (!TakeGroup(ref rest, "[client "u8, out var group) && !TakeGroup(ref rest, "[remote "u8, out group)) return false;
        line.Client = ClientText.SplitPort(group, out var port, unbracketedIpv6Port: modern);
        line.ClientPort = port;
        return true;
    }

    // "(13)Permission denied: [client …] AH…": 2.4 writes the system's error before the client, 2.2 behind it.
    static void TakeClientBehindSystemError(scoped ref ReadOnlySpan<byte> rest, bool modern, ref LogLine line)
    {
        if (rest.Length < 3 || rest[0] != '(' || !Digits.At(rest, 1)) return;
        var bracket = rest[..Math.Min(rest.Length, 256)].IndexOf((byte)'[');
        if (bracket < 2 || rest[bracket - 1] != ' ' || rest[bracket - 2] != ':') return;
        var behind = rest[bracket..];
        if (TakeClient(ref behind, modern, ref line)) rest = behind;
    }

    // "[name value] ": a value in brackets of its own, as an IPv6 address has, ends at "]]" or "]:port]".
    static bool TakeGroup(scoped ref ReadOnlySpan<byte> rest, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        value = default;
        if (!rest.StartsWith(name)) return false;
        var body = rest[name.Length..];
        var close = body.IndexOf((byte)']');
        if (close >= 0 && body[0] == '[')
        {
            var next = body[(close + 1)..].IndexOf((byte)']');
            close = next is >= 0 and <= 6 ? close + 1 + next : -1;
        }
        if (close < 0 || close > 300) return false;
        value = body[..close];
        rest = body[(close + 1)..].TrimStart((byte)' ');
        return true;
    }
}
