using LogMonitor.Core.Parsing;

namespace LogMonitor.Core.Detection;

/// <summary>
/// What sudo says that it does: <c>alice : TTY=pts/0 ; PWD=/home/alice ; USER=root ; COMMAND=/usr/bin/id</c>, between user and TTY perhaps why not.
/// </summary>
/// <remarks>Source: https://www.sudo.ws/docs/man/sudoers.man/#LOG_FORMAT. The command is last and takes all that follows, so that no argument of it can pass for another part.
/// A directory can: one named <c>x ; USER=alice</c> hides the user behind it.</remarks>
static class SudoMessage
{
    /// <summary>As whom the command runs, <c>root</c> or <c>#1000</c>. Lines of other programs have the user that they name.</summary>
    public static ReadOnlySpan<byte> User(in LogLine line) => IsSudo(line) ? Value(line, "USER="u8) : line.User;

    public static ReadOnlySpan<byte> Terminal(in LogLine line) => IsSudo(line) ? Value(line, "TTY="u8) : default;

    public static ReadOnlySpan<byte> Directory(in LogLine line) => IsSudo(line) ? Value(line, "PWD="u8) : default;

    /// <summary>The command and its arguments.</summary>
    public static ReadOnlySpan<byte> Command(in LogLine line) => IsSudo(line) && CommandOf(line.Message) is >= 0 and var at ? line.Message[(at + CommandName.Length)..] : default;

    static ReadOnlySpan<byte> Value(in LogLine line, ReadOnlySpan<byte> name)
    {
        var text = line.Message;
        if (CommandOf(text) is >= 0 and var end) text = text[..end];
        for (var from = 0; text[from..].IndexOf(name) is >= 0 and var found; from += found + name.Length)
        {
            var at = from + found;
            if (at < 2 || text[at - 1] != ' ' || text[at - 2] is not ((byte)';' or (byte)':')) continue;
            var value = text[(at + name.Length)..];
            var close = value.IndexOf(" ;"u8);
            return close < 0 ? value : value[..close];
        }
        return default;
    }

    static ReadOnlySpan<byte> CommandName => " ; COMMAND="u8;

    static int CommandOf(ReadOnlySpan<byte> message) => message.IndexOf(CommandName);

    static bool IsSudo(in LogLine line) => line.Process.SequenceEqual("sudo"u8);
}
