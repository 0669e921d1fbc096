using LogMonitor.Core.Parsing.Fields;

namespace LogMonitor.Core.Parsing.Formats;

/// <summary>Messages of pam_unix, from whichever program speaks: <c>authentication failure; logname= … rhost=192.0.2.1  user=root</c>.</summary>
/// <remarks>Source: modules/pam_unix of Linux-PAM; its predecessor in Red Hat Linux puts the module into the tag, <c>sshd(pam_unix)[1]:</c>.</remarks>
static class PamMessage
{
    /// <summary>Whether it is one; then client and user are set, where it names them.</summary>
    public static bool TryRead(ref LogLine line)
    {
        var text = line.Message;
        if (text.StartsWith("pam_"u8))
        {
            var colon = text[..Math.Min(text.Length, 80)].IndexOf("): "u8);
            if (colon < 0) return false;
            text = text[(colon + 3)..];
        }
        if (Ascii.Skip(ref text, "authentication failure; "u8) || SkipFurtherFailures(ref text))
        {
            if (!SkipToHost(ref text)) return true;
            var end = text.IndexOf((byte)' ');
            var host = end < 0 ? text : text[..end];
            if (ClientText.IsName(host)) line.Client = ClientText.Normalise(host);
            if (end >= 0)
            {
                text = text[end..].TrimStart((byte)' ');
                if (Ascii.Skip(ref text, "user="u8)) line.User = text.TrimEnd((byte)' ');
            }
            return true;
        }
        if (Ascii.Skip(ref text, "session opened for user "u8) || Ascii.Skip(ref text, "session closed for user "u8))
        {
            var end = text.IndexOfAny((byte)' ', (byte)'(');
            line.User = end < 0 ? text : text[..end];
            return true;
        }
        return false;
    }

    // "PAM 2 more authentication failures; ": what libpam says at the end of a connection.
    static bool SkipFurtherFailures(ref ReadOnlySpan<byte> text)
    {
        var rest = text;
        if (!Ascii.Skip(ref rest, "PAM "u8)) return false;
        Digits.Read(rest, 5, out var digits);
        rest = rest[digits..];
        if (digits == 0 || !Ascii.Skip(ref rest, " more authentication failure; "u8) && !Ascii.Skip(ref rest, " more authentication failures; "u8)) return false;
        text = rest;
        return true;
    }

    // The fields' order is fixed, with names of the client's choosing on both sides of rhost: ruser (ftp has one, ssh none) and user.
    // Behind an empty ruser the first rhost is the real one; otherwise it has to be the only one.
    static bool SkipToHost(ref ReadOnlySpan<byte> text)
    {
        var user = text.IndexOf("ruser="u8);
        if (user >= 0) text = text[(user + 6)..];
        if (Ascii.Skip(ref text, " rhost="u8)) return true;
        var host = text.IndexOf("rhost="u8);
        if (host < 0 || text.LastIndexOf("rhost="u8) != host) return false;
        text = text[(host + 6)..];
        return true;
    }
}
