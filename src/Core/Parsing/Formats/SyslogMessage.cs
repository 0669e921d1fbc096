using LogMonitor.Core.Parsing.Fields;

namespace LogMonitor.Core.Parsing.Formats;

/// <summary>What the text of a syslog line says about severity, client and user.</summary>
static class SyslogMessage
{
    /// <summary>Reads <see cref="LogLine.Message"/> and <see cref="LogLine.Process"/>, and sets what they tell.</summary>
    public static void Read(ref LogLine line)
    {
        if (line.Severity == Severity.None) line.Severity = SeverityText.FromMessage(line.Message);
        if (PamMessage.TryRead(ref line)) return;
        if (IsSshd(line.Process)) SshdMessage.Read(ref line);
        else ServiceMessage.Read(ref line);
    }

    // sshd-session and sshd-auth are where OpenSSH 9.8 and later speak from.
    static bool IsSshd(ReadOnlySpan<byte> process) => process.StartsWith("sshd"u8) && (process.Length == 4 || process[4] is (byte)'-' or (byte)'/');
}
