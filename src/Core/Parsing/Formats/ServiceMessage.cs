using System.Buffers;
using LogMonitor.Core.Parsing.Fields;

namespace LogMonitor.Core.Parsing.Formats;

/// <summary>The client that mail, FTP, DNS and other servers name in their messages.</summary>
/// <remarks>
/// Sources: the log calls of Dovecot's login-common, Postfix's smtpd and postscreen, vsftpd, ProFTPD, Pure-FTPd, Dropbear, BIND, Courier, BSD's ftpd,
/// libwrap, mod_evasive and the WordPress plugin WP fail2ban. <br/>
/// User names and paths are of the client's choosing: each program is read from the side on which it writes the address before them, or after them and
/// nothing else. Where two addresses could be meant, none is taken.
/// </remarks>
static class ServiceMessage
{
    static readonly SearchValues<byte> endOfAddress = SearchValues.Create(" ,#)>\"];"u8);

    /// <summary>Reads <see cref="LogLine.Message"/> by <see cref="LogLine.Process"/>, and sets the client where it names one.</summary>
    public static void Read(ref LogLine line)
    {
        var text = line.Message;
        var process = line.Process;
        if (process.IsEmpty || text.Length < 8) return;
        if (Ascii.Skip(ref text, "refused connect from "u8)) Take(InParentheses(text), ref line);
        else if (process.StartsWith("dovecot"u8)) Take(BehindLast(text, ", rip="u8), ref line);
        else if (process.StartsWith("postfix"u8)) FromMail(process, text, ref line);
        else if (process.SequenceEqual("vsftpd"u8)) Take(BehindOnly(text, "Client \""u8), ref line);
        else if (process.SequenceEqual("proftpd"u8)) Take(InFirstBrackets(text), ref line);
        else if (process.SequenceEqual("pure-ftpd"u8)) FromPureFtpd(text, ref line);
        else if (process.SequenceEqual("dropbear"u8)) FromDropbear(text, ref line);
        else if (process.SequenceEqual("named"u8)) FromNamed(text, ref line);
        else if (process.EndsWith("ftpd"u8)) FromFtpd(text, ref line);
        else if (process.StartsWith("imapd"u8) || process.StartsWith("pop3d"u8) || process.StartsWith("courier"u8)) Take(BehindLast(text, "ip=["u8), ref line);
        else if (process.SequenceEqual("mod_evasive"u8) && Ascii.Skip(ref text, "Blacklisting address "u8)) Take(text, ref line);
        else if (process.SequenceEqual("wordpress"u8)) Take(BehindLast(text, " from "u8), ref line);
    }

    // "unknown[192.0.2.1]: SASL …": a host name has no bracket. postfix/smtp is a client itself, and names servers.
    static void FromMail(ReadOnlySpan<byte> process, ReadOnlySpan<byte> text, ref LogLine line)
    {
        if (process.EndsWith("/smtpd"u8) || process.EndsWith("/postscreen"u8) || process.IndexOf("submission"u8) >= 0) Take(InFirstBrackets(text), ref line);
    }

    // "(name@192.0.2.1) [WARNING] …": the address is behind the last @ within the first parentheses.
    static void FromPureFtpd(ReadOnlySpan<byte> text, ref LogLine line)
    {
        if (!Ascii.Skip(ref text, "("u8) || text.IndexOf(") ["u8) is not (> 0 and var close)) return;
        text = text[..close];
        Take(text[(text.LastIndexOf((byte)'@') + 1)..], ref line);
    }

    // "Bad password attempt for 'name' from 192.0.2.1:4022", "Exit before auth from <192.0.2.1:4022>: (user 'name', 1 fails): …".
    static void FromDropbear(ReadOnlySpan<byte> text, ref LogLine line)
    {
        if (!Ascii.Skip(ref text, "Exit before auth from <"u8) && !Ascii.Skip(ref text, "Child connection from "u8)) text = BehindLast(text, " from "u8);
        Take(text, ref line, alwaysPort: true);
    }

    // "client 192.0.2.1#4711: …", "client @0x7f12 192.0.2.1#4711 (example.org): …".
    static void FromNamed(ReadOnlySpan<byte> text, ref LogLine line)
    {
        if (!Ascii.Skip(ref text, "client "u8)) return;
        if (text.StartsWith("@"u8) && text.IndexOf((byte)' ') is > 0 and var space) text = text[(space + 1)..];
        Take(text, ref line);
    }

    static void FromFtpd(ReadOnlySpan<byte> text, ref LogLine line)
    {
        if (Ascii.Skip(ref text, "connection from "u8) || Ascii.Skip(ref text, "ANONYMOUS FTP LOGIN FROM "u8) || Ascii.Skip(ref text, "FTP LOGIN FAILED FROM "u8)) Take(text, ref line);
    }

    static ReadOnlySpan<byte> BehindLast(ReadOnlySpan<byte> text, ReadOnlySpan<byte> key) => text.LastIndexOf(key) is >= 0 and var at ? text[(at + key.Length)..] : default;

    static ReadOnlySpan<byte> BehindOnly(ReadOnlySpan<byte> text, ReadOnlySpan<byte> key) =>
        text.IndexOf(key) is >= 0 and var at && text.LastIndexOf(key) == at ? text[(at + key.Length)..] : default;

    static ReadOnlySpan<byte> InFirstBrackets(ReadOnlySpan<byte> text) => text.IndexOf((byte)'[') is >= 0 and var open ? text[(open + 1)..] : default;

    // "host (192.0.2.1)", or the address alone.
    static ReadOnlySpan<byte> InParentheses(ReadOnlySpan<byte> text) => text.LastIndexOf((byte)'(') is >= 0 and var open ? text[(open + 1)..] : text;

    static void Take(ReadOnlySpan<byte> text, ref LogLine line, bool alwaysPort = false)
    {
        var end = text.IndexOfAny(endOfAddress);
        if (end >= 0) text = text[..end];
        if (text.EndsWith(":"u8) && !text.EndsWith("::"u8)) text = text[..^1];
        if (text.IsEmpty) return;
        var port = 0;
        // An IPv6 address has colons of its own: only where there is always a port is the last part one.
        var client = ClientText.Normalise(text);
        if (alwaysPort || !ClientText.IsAddress(client)) client = ClientText.SplitPort(text, out port, unbracketedIpv6Port: alwaysPort);
        if (!ClientText.IsAddress(client)) return;
        line.Client = client;
        line.ClientPort = port;
    }
}
