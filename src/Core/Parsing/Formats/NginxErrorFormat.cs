using LogMonitor.Core.Parsing.Fields;

namespace LogMonitor.Core.Parsing.Formats;

/// <summary>nginx's error log: <c>2021/09/30 09:23:53 [error] 19#19: *17 text, client: 192.0.2.1, server: _, request: "GET / HTTP/1.1", host: "localhost"</c>.</summary>
/// <remarks>
/// Source: https://nginx.org/en/docs/ngx_core_module.html#error_log, and the log handlers of nginx's http, mail and stream modules. <br/>
/// A client's text (a decoded path, a user name, its referer) stands unescaped on either side of the real <c>, client: </c>. Of
/// two that look real the last counts, since a forged one in the text comes before; where the first could be the real
/// one and the other part of a request or a referer, the line gets no client rather than a forged one.
/// </remarks>
sealed class NginxErrorFormat(TimeReader times) : LogFormat
{
    /// <inheritdoc/>
    public override Fit Parse(ReadOnlySpan<byte> text, ref LogLine line)
    {
        var length = times.ReadSlashed(text, out var time);
        if (length == 0 || text.Length < length + 5 || text[length] != ' ' || text[length + 1] != '[') return Fit.No;
        text = text[(length + 2)..];
        var close = text[..Math.Min(text.Length, 8)].IndexOf((byte)']');
        if (close < 0) return Fit.No;
        line.Severity = SeverityText.FromLevel(text[..close]);
        if (line.Severity == Severity.None) return Fit.No;
        line.Message = ReadProcess(text[(close + 1)..].TrimStart((byte)' '), ref line);
        ReadContext(line.Message, ref line);
        AuthMessage.ReadNginx(ref line);
        line.Class = LineClass.Error;
        line.Format = "nginx_error";
        line.Time = time;
        return time == LogLine.NoTime ? Fit.BadTime : Fit.Yes;
    }

    // "pid#tid: *connection ", each of them optional.
    static ReadOnlySpan<byte> ReadProcess(ReadOnlySpan<byte> text, scoped ref LogLine line)
    {
        var pid = Digits.Read(text, 10, out var digits);
        if (digits == 0 || digits >= text.Length || text[digits] != '#') return text;
        var colon = text[..Math.Min(text.Length, 40)].IndexOf(": "u8);
        if (colon < 0) return text;
        line.ProcessId = pid <= int.MaxValue ? (int)pid : 0;
        text = text[(colon + 2)..];
        if (text.Length < 3 || text[0] != '*') return text;
        Digits.Read(text[1..], 18, out digits);
        return digits > 0 && digits + 1 < text.Length && text[digits + 1] == ' ' ? text[(digits + 2)..] : text;
    }

    static void ReadContext(ReadOnlySpan<byte> message, ref LogLine line)
    {
        var context = FindClient(message, out var client);
        if (context < 0)
        {
            // The mail proxy's greeting is the one text that names its client elsewhere.
            if (message.StartsWith("client "u8) && message[7..].IndexOf(" connected to "u8) is > 0 and < 64 and var end && ClientText.IsName(message.Slice(7, end)))
            {
                line.Client = ClientText.SplitPort(message.Slice(7, end), out var clientPort);
                line.ClientPort = clientPort;
            }
            return;
        }
        line.Client = ClientText.SplitPort(client, out var port);
        line.ClientPort = port;
        var rest = message[context..];
        if (ValueOf(rest, ", server: "u8, out _, quoted: false) is { IsEmpty: false } server && !server.SequenceEqual("_"u8)) line.VirtualHost = server;
        if (ValueOf(rest, ", request: "u8, out var behindRequest) is { IsEmpty: false } request)
        {
            RequestLine.Split(request, ref line);
            if (ValueOf(behindRequest, ", host: "u8, out var behindHost) is { IsEmpty: false } host)
            {
                line.VirtualHost = ClientText.SplitPort(host, out _);
                line.Referer = ValueOf(behindHost, ", referrer: "u8, out _);
            }
        }
    }

    // The index of the real ", client: "; -1 where there is none, or no telling which.
    static int FindClient(ReadOnlySpan<byte> message, out ReadOnlySpan<byte> client)
    {
        var found = -1;
        client = default;
        for (var at = 0; ;)
        {
            var next = message[at..].IndexOf(", client: "u8);
            if (next < 0) return found;
            next += at;
            at = next + 10;
            var candidate = Candidate(message[at..]);
            if (candidate.IsEmpty) continue;
            if (found >= 0 && !candidate.SequenceEqual(client) && message[found..next].IndexOf(", request: \""u8) >= 0)
            {
                client = default;
                return -1;
            }
            found = next;
            client = candidate;
        }
    }

    // "address, server: " or "address using starttls, server: ".
    static ReadOnlySpan<byte> Candidate(ReadOnlySpan<byte> text)
    {
        var end = text[..Math.Min(text.Length, 110)].IndexOfAny((byte)' ', (byte)',');
        if (end < 0) end = text.Length;
        var name = text[..end];
        if (name.StartsWith("unix:"u8)) name = name[..5];
        else if (!ClientText.IsName(name)) return default;
        var behind = text[end..];
        if (behind.StartsWith(" using starttls"u8)) behind = behind[15..];
        return behind.IsEmpty || behind.StartsWith(", server: "u8) ? name : default;
    }

    // The value behind a key, and what follows it. Quoted values end at a quote that ends the line or stands before ", ".
    static ReadOnlySpan<byte> ValueOf(ReadOnlySpan<byte> text, ReadOnlySpan<byte> key, out ReadOnlySpan<byte> behind, bool quoted = true)
    {
        behind = default;
        var start = text.IndexOf(key);
        if (start < 0) return default;
        text = text[(start + key.Length)..];
        if (!quoted)
        {
            var comma = text.IndexOf((byte)',');
            return comma < 0 ? text : text[..comma];
        }
        if (text.Length == 0 || text[0] != '"') return default;
        text = text[1..];
        var end = text.IndexOf("\", "u8);
        if (end < 0) return text.Length > 0 && text[^1] == '"' ? text[..^1] : text;
        behind = text[(end + 1)..];
        return text[..end];
    }
}
