using LogMonitor.Core.Parsing.Fields;

namespace LogMonitor.Core.Parsing.Formats;

/// <summary>Whose login a web server refused: the user in the messages of Apache's mod_auth_basic, mod_auth_digest and mod_authz_core, and nginx's auth_basic.</summary>
/// <remarks>
/// Sources: the log calls of those modules. A name is of the client's choosing; one that holds what follows names is cut there, and
/// misnames nobody but its owner: the client's address stands elsewhere.
/// </remarks>
static class AuthMessage
{
    /// <summary>Sets the user of an Apache message: <c>AH01617: user bob: authentication failure for "/": Password Mismatch</c>.</summary>
    public static void ReadApache(ref LogLine line)
    {
        var text = line.Message;
        if (text.StartsWith("AH"u8) && text[..Math.Min(text.Length, 10)].IndexOf(": "u8) is > 0 and var code) text = text[(code + 2)..];
        Ascii.Skip(ref text, "Digest: "u8);
        if (!Ascii.Skip(ref text, "user "u8)) return;
        if (Ascii.Skip(ref text, "`"u8)) Take(text, "' in realm "u8, ref line);
        else if (!Take(text, " not found: "u8, ref line) && !Take(text, ": authentication failure for "u8, ref line) && !Take(text, ": authorization failure for "u8, ref line))
            Take(text, ": password mismatch: "u8, ref line);
    }

    /// <summary>Sets the user of an nginx message: <c>user "bob" was not found in "/etc/nginx/htpasswd", client: …</c>.</summary>
    public static void ReadNginx(ref LogLine line)
    {
        var text = line.Message;
        if (Ascii.Skip(ref text, "user \""u8) && !Take(text, "\": password mismatch"u8, ref line)) Take(text, "\" was not found in \""u8, ref line);
    }

    static bool Take(ReadOnlySpan<byte> text, ReadOnlySpan<byte> end, ref LogLine line)
    {
        var at = text.IndexOf(end);
        if (at < 0) return false;
        line.User = text[..at];
        return true;
    }
}
