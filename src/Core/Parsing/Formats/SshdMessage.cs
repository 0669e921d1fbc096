using LogMonitor.Core.Parsing.Fields;

namespace LogMonitor.Core.Parsing.Formats;

/// <summary>Who speaks to sshd: client, port and user from its messages.</summary>
/// <remarks>
/// Source: the log calls of OpenSSH (auth.c, packet.c, sshd.c, kex.c) from 5 to 10, and of libwrap. <br/>
/// A user name is of the client's choosing, spaces and all: <c>Invalid user x from 192.0.2.99 port 1 from 198.51.100.7 port 4022</c>.
/// Where sshd writes the address behind the name, the last address counts. Where something else of the client's choosing comes
/// behind it as well, and two could be meant, neither is taken.
/// </remarks>
static class SshdMessage
{
    /// <summary>Reads <see cref="LogLine.Message"/> and sets client, port and user as far as it names them.</summary>
    public static void Read(ref LogLine line)
    {
        var text = line.Message;
        SkipRepetition(ref text);
        SkipLevel(ref text);
        if (text.IsEmpty) return;
        switch (text[0])
        {
            case (byte)'A':
                if (Ascii.Skip(ref text, "Accepted "u8)) MethodForUser(text, ref line);
                else if (Ascii.Skip(ref text, "Address "u8)) Begin(text, ref line);
                break;
            case (byte)'B':
                if (text.StartsWith("Bad protocol version identification "u8)) UserFrom(text, ref line, named: false);
                break;
            case (byte)'C':
                if (Ascii.Skip(ref text, "Connection closed by "u8) || Ascii.Skip(ref text, "Connection reset by "u8)) UserThenAddress(text, ref line);
                else if (Ascii.Skip(ref text, "Connection from "u8)) Begin(text, ref line);
                break;
            case (byte)'D':
                if (Ascii.Skip(ref text, "Disconnected from "u8) || Ascii.Skip(ref text, "Disconnecting "u8)) UserThenAddress(text, ref line);
                else if (Ascii.Skip(ref text, "Did not receive identification string from "u8)) Begin(text, ref line);
                break;
            case (byte)'F':
                if (Ascii.Skip(ref text, "Failed "u8)) MethodForUser(text, ref line);
                break;
            case (byte)'I':
                if (Ascii.Skip(ref text, "Invalid user "u8) || Ascii.Skip(ref text, "Illegal user "u8)) UserFrom(text, ref line, named: true);
                break;
            case (byte)'M':
                if (text.StartsWith("Magic value check failed "u8)) UserFrom(text, ref line, named: false);
                break;
            case (byte)'N':
                // Of all messages the only one that quotes a name before it.
                if (text.StartsWith("Nasty PTR record \""u8) && text.LastIndexOf("\" is set up for "u8) is > 0 and var quote) Begin(text[(quote + 16)..], ref line);
                break;
            case (byte)'P':
                if (Ascii.Skip(ref text, "Postponed "u8) || Ascii.Skip(ref text, "Partial "u8)) MethodForUser(text, ref line);
                else if (Ascii.Skip(ref text, "Protocol major versions differ for "u8)) Begin(text, ref line);
                else if (text.StartsWith("PAM: "u8) && text.IndexOf(" for "u8) is > 0 and var at) UserFrom(text[(at + 5)..], ref line, named: true);
                break;
            case (byte)'R':
                if (Ascii.Skip(ref text, "Received disconnect from "u8) || Ascii.Skip(ref text, "Read error from remote host "u8) || Ascii.Skip(ref text, "ROOT LOGIN REFUSED FROM "u8)) Begin(text, ref line);
                break;
            case (byte)'S':
                if (text.StartsWith("Starting session: "u8) && text.LastIndexOf(" for "u8) is > 0 and var session) UserFrom(text[(session + 5)..], ref line, named: true);
                break;
            case (byte)'T':
                if (Ascii.Skip(ref text, "Timeout, client not responding from "u8)) UserThenAddress(text, ref line);
                if (Ascii.Skip(ref text, "Timeout before authentication for "u8))
                {
                    Ascii.Skip(ref text, "connection from "u8);
                    Begin(text, ref line);
                }
                break;
            case (byte)'U':
                if (Ascii.Skip(ref text, "Unable to negotiate with "u8)) Begin(text, ref line);
                else if (Ascii.Skip(ref text, "User "u8) && text.LastIndexOf(" not allowed because "u8) is > 0 and var reason) Refused(text[..reason], text[(reason + 21)..], ref line);
                break;
            case (byte)'b':
                if (Ascii.Skip(ref text, "banner exchange: Connection from "u8)) Begin(text, ref line);
                break;
            case (byte)'d':
                if (Ascii.Skip(ref text, "drop connection "u8) && text.IndexOf(" from "u8) is > 0 and var from) Begin(text[(from + 6)..], ref line);
                break;
            case (byte)'i':
                if (Ascii.Skip(ref text, "input_userauth_request: invalid user "u8)) line.User = WithoutPhase(text);
                break;
            case (byte)'m':
                if (Ascii.Skip(ref text, "maximum authentication attempts exceeded for "u8)) UserFrom(text, ref line, named: true);
                break;
            case (byte)'p':
                if (Ascii.Skip(ref text, "packet_write_wait: Connection to "u8) || Ascii.Skip(ref text, "packet_write_wait: Connection from "u8) || Ascii.Skip(ref text, "packet_write_poll: Connection from "u8)) UserThenAddress(text, ref line);
                else if (Ascii.Skip(ref text, "probed from "u8)) Begin(text, ref line);
                break;
            case (byte)'r':
                if (Ascii.Skip(ref text, "refused connect from "u8)) InParentheses(text, ref line);
                else if (text.StartsWith("reverse mapping checking getaddrinfo for "u8)) InBrackets(text, ref line);
                break;
            case (byte)'s':
                if (Ascii.Skip(ref text, "ssh_dispatch_run_fatal: Connection from "u8)) UserThenAddress(text, ref line);
                else if (Ascii.Skip(ref text, "scanned from "u8)) Begin(text, ref line);
                break;
        }
    }

    // "message repeated 2 times: [ text]": how rsyslog writes what it was told again.
    static void SkipRepetition(ref ReadOnlySpan<byte> text)
    {
        if (!text.StartsWith("message repeated "u8) || text[^1] != ']') return;
        var open = text[..Math.Min(text.Length, 48)].IndexOf(" times: [ "u8);
        if (open > 0) text = text[(open + 10)..^1];
    }

    // "error: ", "fatal: ": the level is known already, the message stands behind it.
    static void SkipLevel(ref ReadOnlySpan<byte> text)
    {
        if (!Ascii.Skip(ref text, "error: "u8) && !Ascii.Skip(ref text, "fatal: "u8) && !Ascii.Skip(ref text, "info: "u8)) Ascii.Skip(ref text, "debug1: "u8);
    }

    // "password for [invalid user ]NAME from ADDRESS port N ssh2[: key]".
    static void MethodForUser(ReadOnlySpan<byte> text, ref LogLine line)
    {
        var space = text.IndexOf((byte)' ');
        if (space < 0) return;
        var method = text[..space];
        text = text[(space + 1)..];
        if (!Ascii.Skip(ref text, "for "u8)) return;
        // A certificate's ID is of the client's choosing and stands behind the address.
        UserFrom(text, ref line, named: true, doubtful: (method.StartsWith("publickey"u8) || method.StartsWith("hostbased"u8)) && text.IndexOf(" ID "u8) >= 0);
    }

    // "[invalid user ]NAME from ADDRESS[ port N]…", by the last " from " that an address follows.
    static void UserFrom(ReadOnlySpan<byte> text, ref LogLine line, bool named, bool doubtful = false)
    {
        if (named && !Ascii.Skip(ref text, "invalid user "u8)) Ascii.Skip(ref text, "illegal user "u8);
        var end = text.Length;
        while (end > 0)
        {
            var from = text[..end].LastIndexOf("from "u8);
            if (from < 0) return;
            if ((from == 0 || text[from - 1] == ' ') && Endpoint(text[(from + 5)..], out var client, out var port) > 0)
            {
                if (doubtful && text[..from].IndexOf(" from "u8) >= 0) return;
                line.Client = client;
                line.ClientPort = port;
                if (named && from > 0) line.User = text[..(from - 1)];
                return;
            }
            end = from;
        }
    }

    // "[[authenticating|invalid] user NAME ]ADDRESS port N[: reason][ [preauth]]".
    static void UserThenAddress(ReadOnlySpan<byte> text, ref LogLine line)
    {
        var space = text.IndexOf((byte)' ');
        var user = text.StartsWith("user "u8) ? 5 : space > 0 && text[(space + 1)..].StartsWith("user "u8) ? space + 6 : 0;
        if (user == 0)
        {
            Begin(text, ref line);
            return;
        }
        text = text[user..];
        var found = false;
        for (var end = text.Length; text[..end].LastIndexOf(" port "u8) is > 0 and var port; end = port)
        {
            var start = text[..port].LastIndexOf((byte)' ') + 1;
            if (Endpoint(text[start..], out var client, out var number) == 0 || number == 0) continue;
            // A second one, before it, is part of the name or the first part of a message with another forged in its reason: no telling.
            if (found)
            {
                if (!ReasonFollows(text[start..])) return;
                line.Client = default;
                line.ClientPort = 0;
                line.User = default;
                return;
            }
            found = true;
            line.Client = client;
            line.ClientPort = number;
            line.User = text[..Math.Max(0, start - 1)];
        }
    }

    // Whether an "ADDRESS port N" is followed by ": ", as the one before a disconnection's reason is.
    static bool ReasonFollows(ReadOnlySpan<byte> text)
    {
        var length = Endpoint(text, out _, out _);
        return text[length..].StartsWith(": "u8);
    }

    // "NAME from ADDRESS not allowed because …"; without an address where the account itself is the reason.
    static void Refused(ReadOnlySpan<byte> text, ReadOnlySpan<byte> reason, ref LogLine line)
    {
        if (reason.StartsWith("account is locked"u8) || reason.StartsWith("shell "u8)) line.User = text;
        else UserFrom(text, ref line, named: true);
    }

    static void Begin(ReadOnlySpan<byte> text, ref LogLine line)
    {
        if (Endpoint(text, out var client, out var port) == 0) return;
        line.Client = client;
        line.ClientPort = port;
    }

    // "HOST (ADDRESS)".
    static void InParentheses(ReadOnlySpan<byte> text, ref LogLine line)
    {
        var open = text.LastIndexOf((byte)'(');
        if (open < 0) Begin(text, ref line);
        else if (text[^1] == ')' && ClientText.IsName(text[(open + 1)..^1])) line.Client = ClientText.Normalise(text[(open + 1)..^1]);
    }

    // "HOST [ADDRESS] failed".
    static void InBrackets(ReadOnlySpan<byte> text, ref LogLine line)
    {
        var open = text.IndexOf((byte)'[');
        var close = text.IndexOf((byte)']');
        if (open > 0 && close > open && ClientText.IsName(text[(open + 1)..close])) line.Client = ClientText.Normalise(text[(open + 1)..close]);
    }

    // "ADDRESS[ port N]" at the beginning of a text; the length it takes, 0 where there is none.
    static int Endpoint(ReadOnlySpan<byte> text, out ReadOnlySpan<byte> client, out int port)
    {
        port = 0;
        client = default;
        var end = text.IndexOf((byte)' ');
        if (end < 0) end = text.Length;
        var name = text[..end];
        if (name.Length > 0 && name[0] == '[')
        {
            // "[ADDRESS]:port", as the limiter of connections writes it.
            client = ClientText.SplitPort(name, out port);
            return ClientText.IsName(client) ? end : 0;
        }
        name = name.TrimEnd((byte)',');
        // Without a port, the address ends with what follows: "from ADDRESS: 11: Bye".
        if (name.Length > 0 && name[^1] == ':' && !name.EndsWith("::"u8)) name = name[..^1];
        // What sshd writes when the connection has gone already.
        if (!ClientText.IsName(name) || name.SequenceEqual("UNKNOWN"u8)) return 0;
        client = ClientText.Normalise(name);
        if (!text[end..].StartsWith(" port "u8)) return end;
        var number = Digits.Read(text[(end + 6)..], 5, out var length);
        if (length == 0) return end;
        port = number <= 65535 ? (int)number : 0;
        return end + 6 + length;
    }

    static ReadOnlySpan<byte> WithoutPhase(ReadOnlySpan<byte> text) => text.EndsWith(" [preauth]"u8) ? text[..^10] : text;
}
