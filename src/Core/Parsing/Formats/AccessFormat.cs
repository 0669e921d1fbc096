using LogMonitor.Core.Parsing.Fields;

namespace LogMonitor.Core.Parsing.Formats;

/// <summary>The shapes of an access log that <see cref="AccessFormat"/> tells apart.</summary>
enum AccessShape : byte { Any, Common, Combined, VhostCombined }

/// <summary>
/// The access logs that servers write when nobody configured another: Apache's <c>common</c>, <c>combined</c> and
/// <c>vhost_combined</c>, nginx's <c>combined</c> (equal to Apache's), with or without further fields at the end.
/// Other layouts with the same parts in the same order are <c>access</c>.
/// </summary>
/// <remarks>
/// Sources: https://httpd.apache.org/docs/2.4/logs.html#accesslog, Debian's apache2.conf for vhost_combined
/// (<c>%v:%p %h %l %u %t "%r" %>s %O "%{Referer}i" "%{User-Agent}i"</c>),
/// https://nginx.org/en/docs/http/ngx_http_log_module.html, and mod_ssl's ssl.conf for ssl_request_log
/// (<c>%t %h %{SSL_PROTOCOL}x %{SSL_CIPHER}x \"%r\" %b</c>). <br/>
/// A client chooses its user name, request, referer and agent, but servers let no bare quote into them. So the first
/// one is where the request begins, and the time is what stands right before it: a user named
/// <c>x [01/Jan/2020:00:00:00 +0000]</c> fools nobody.
/// </remarks>
sealed class AccessFormat(TimeReader times, AccessShape wanted = AccessShape.Any) : LogFormat
{
    // "[" time "] " before the quote.
    const int TimeWidth = TimeReader.ClfLength + 3;

    /// <inheritdoc/>
    public override Fit Parse(ReadOnlySpan<byte> text, ref LogLine line)
    {
        var quote = text.IndexOf((byte)'"');
        while (quote > 0 && text[quote - 1] == '\\' && Quoted.IsEscaped(text, 0, quote)) quote = NextQuote(text, quote);
        if (quote < 20) return Fit.No;
        if (!ReadUsualHead(text, quote, ref line, out var time, out var shape) && !ReadUnusualHead(text[..quote], ref line, out time, out shape)) return Fit.No;
        var combined = false;
        if (shape != AccessShape.Any || !ReadWithoutStatus(text, quote, ref line))
        {
            if (!ReadRequest(text, quote + 1, ref line, out var rest)) return Fit.No;
            combined = ReadRefererAndAgent(rest, ref line);
        }
        if (shape == AccessShape.Common && combined) shape = AccessShape.Combined;
        if (!IsWanted(shape, combined)) return Fit.No;
        line.Class = LineClass.Access;
        line.Format = shape switch { AccessShape.Combined => "combined", AccessShape.Common => "common", AccessShape.VhostCombined => "vhost_combined", _ => "access" };
        line.Time = time;
        return time == LogLine.NoTime ? Fit.BadTime : Fit.Yes;
    }

    static int NextQuote(ReadOnlySpan<byte> text, int quote)
    {
        var next = text[(quote + 1)..].IndexOf((byte)'"');
        return next < 0 ? -1 : quote + 1 + next;
    }

    bool IsWanted(AccessShape shape, bool combined) => wanted switch
    {
        AccessShape.Any => true,
        AccessShape.Common => shape is AccessShape.Common or AccessShape.Combined,
        AccessShape.Combined => shape is AccessShape.Combined || shape is AccessShape.Any && combined,
        _ => shape == wanted,
    };

    // … [time] "
    bool ReadUsualHead(ReadOnlySpan<byte> text, int quote, ref LogLine line, out long time, out AccessShape shape)
    {
        time = LogLine.NoTime;
        shape = AccessShape.Any;
        var open = quote - TimeWidth;
        return open > 0 && text[open] == '[' && text[open - 1] == ' ' && text[quote - 1] == ' ' && text[quote - 2] == ']'
            && times.TryReadClf(text.Slice(open + 1, TimeReader.ClfLength), out time)
            && ReadHead(text[..(open - 1)], ref line, out shape);
    }

    // client ident user, with a virtual host before them or not. A user name may hold spaces, the others can't. Nobody has asked a client
    // for its ident in decades: where it is no "-", only an address before it and one word behind it prove an access line.
    bool ReadHead(ReadOnlySpan<byte> head, ref LogLine line, out AccessShape shape)
    {
        shape = AccessShape.Common;
        var space = head.IndexOf((byte)' ');
        if (space <= 0) return false;
        var first = head[..space];
        var rest = head[(space + 1)..];
        space = rest.IndexOf((byte)' ');
        if (space < 0) return false;
        var second = rest[..space];
        if (second.Length > 1 && (wanted == AccessShape.VhostCombined || ClientText.IsAddress(second)) && rest[(space + 1)..].Contains((byte)' '))
        {
            if (!ClientText.IsName(first)) return false;
            shape = AccessShape.VhostCombined;
            line.VirtualHost = ClientText.SplitPort(first, out _);
            first = second;
            rest = rest[(space + 1)..];
            space = rest.IndexOf((byte)' ');
        }
        var user = rest[(space + 1)..];
        var words = user.Contains((byte)' ');
        var ident = space != 1 || rest[0] != '-';
        if (ident && (words || wanted == AccessShape.Any && !ClientText.IsAddress(first)) || !ClientText.IsName(first)) return false;
        if (words && user.IndexOfAnyExcept((byte)'-', (byte)' ') < 0) user = default;
        line.Client = ClientText.SplitPort(first, out var port);
        line.ClientPort = port;
        line.User = Quoted.Value(user);
        return true;
    }

    // What a person still reads as an access line: other fields around the time, a day of one digit, no zone.
    bool ReadUnusualHead(ReadOnlySpan<byte> head, ref LogLine line, out long time, out AccessShape shape)
    {
        time = LogLine.NoTime;
        shape = AccessShape.Any;
        var close = head.LastIndexOf((byte)']');
        if (close < 0 || IsOfAnotherFormat(head)) return false;
        var open = head[..close].LastIndexOf((byte)'[');
        if (open < 0) return false;
        var inner = head[(open + 1)..close].TrimEnd((byte)' ');
        if (times.ReadClf(inner, out time) != inner.Length) return false;
        var before = head[..open].TrimEnd((byte)' ');
        var between = head[(close + 1)..].Trim((byte)' ');
        if (between.IsEmpty && ReadHead(before, ref line, out shape)) return true;
        // Another bracket, or an address further on, is the mark of a message that quotes an access line.
        if (before.IndexOfAny((byte)'[', (byte)']') >= 0) return false;
        shape = AccessShape.Any;
        line.Client = ClientText.Normalise(AddressOf(before.IsEmpty ? between : before));
        return !line.Client.IsEmpty;
    }

    // A server's access line within a syslog line is the syslog format's to read; a column header and a JSON text have theirs.
    static bool IsOfAnotherFormat(ReadOnlySpan<byte> head) =>
        head[0] is (byte)'<' or (byte)'#' or (byte)'{' || Calendar.Month(head) > 0 && head[3] == ' ' || head[4] == '-' && head[7] == '-' && Digits.At(head, 0);

    // The address that a layout begins with, or has behind its virtual host.
    static ReadOnlySpan<byte> AddressOf(ReadOnlySpan<byte> words)
    {
        for (var i = 0; i < 2; i++)
        {
            var space = words.IndexOf((byte)' ');
            var word = (space < 0 ? words : words[..space]).TrimEnd((byte)',');
            if (ClientText.IsAddress(word)) return word;
            words = space < 0 ? default : words[(space + 1)..];
        }
        return default;
    }

    // mod_ssl's ssl_request_log: [time] client protocol cipher "request" bytes. Its one number is no status.
    static bool ReadWithoutStatus(ReadOnlySpan<byte> text, int quote, ref LogLine line)
    {
        if (text[0] != '[') return false;
        var between = text[(text.IndexOf((byte)']') + 1)..quote].Trim((byte)' ');
        var end = text.LastIndexOf((byte)'"');
        if (between.Count((byte)' ') != 2 || end == quote || end + 2 >= text.Length || text[end + 1] != ' ') return false;
        var bytes = text[(end + 2)..];
        if (bytes.Contains((byte)' ') || !FieldSetter.TrySet(LineField.Bytes, bytes, ref line)) return false;
        RequestLine.Split(text[(quote + 1)..end], ref line);
        return true;
    }

    // request" status bytes
    static bool ReadRequest(ReadOnlySpan<byte> text, int start, scoped ref LogLine line, out ReadOnlySpan<byte> rest)
    {
        rest = default;
        for (var end = start; ; end++)
        {
            end = Quoted.Close(text, end);
            if (end < 0) return false;
            // A quote that no status follows is one that the server should have escaped.
            if (ReadStatus(text[(end + 1)..], ref line, out rest))
            {
                RequestLine.Split(text[start..end], ref line);
                return true;
            }
        }
    }

    // " 404 209" or " 404 -"; "-" is a request that got no answer.
    static bool ReadStatus(ReadOnlySpan<byte> text, scoped ref LogLine line, out ReadOnlySpan<byte> rest)
    {
        rest = default;
        int at;
        if (text.Length >= 4 && Digits.At(text, 1) && Digits.At(text, 2) && Digits.At(text, 3))
        {
            var status = (text[1] - '0') * 100 + (text[2] - '0') * 10 + (text[3] - '0');
            line.Status = status >= 100 ? status : 0;
            at = 4;
        }
        else if (text.Length >= 2 && text[1] == '-') at = 2;
        else return false;
        if (at == text.Length) return true;
        if (text[at] != ' ') return false;
        var bytes = text[(at + 1)..];
        line.Bytes = Digits.Read(bytes, 18, out var length);
        if (length == 0 || length < bytes.Length && bytes[length] != ' ')
        {
            // Absent, or no number of bytes: negative, larger than any file.
            line.Bytes = -1;
            length = bytes.IndexOf((byte)' ');
            if (length < 0) length = bytes.Length;
            var number = bytes[..length];
            if (!number.IsEmpty && !number.SequenceEqual("-"u8) && !FieldSetter.IsNumber(number)) return false;
        }
        rest = bytes[length..];
        return true;
    }

    // ` "referer" "agent"`, the last of them perhaps cut off; what follows is the administrator's own.
    static bool ReadRefererAndAgent(ReadOnlySpan<byte> text, ref LogLine line)
    {
        if (text.Length < 2 || text[1] != '"') return false;
        var end = Quoted.Close(text, 2);
        if (end < 0)
        {
            line.Referer = Quoted.Value(text[2..]);
            return true;
        }
        line.Referer = Quoted.Value(text[2..end]);
        text = text[(end + 1)..];
        if (text.Length < 2 || text[1] != '"') return true;
        end = Quoted.Close(text, 2);
        line.UserAgent = Quoted.Value(end < 0 ? text[2..] : text[2..end]);
        return true;
    }
}
