namespace LogMonitor.Core.Parsing.Formats;

/// <summary>The access and error lines that web servers send to syslog instead of a file.</summary>
/// <remarks>
/// Sources: https://nginx.org/en/docs/syslog.html, Apache's <c>ErrorLog syslog</c>. Only the web servers' own programs are
/// looked at: another program's message is no place to forge requests in.
/// </remarks>
sealed class WebServerPayload(params ReadOnlySpan<LogFormat> formats)
{
    readonly LogFormat[] formats = formats.ToArray();

    /// <summary>Reads the message of a syslog line as an access or error line, which then has the fields and the format of what is inside, but the syslog line's process.</summary>
    public bool TryRead(ref LogLine line)
    {
        if (!IsWebServer(line.Process)) return false;
        var header = line;
        line.Message = default;
        foreach (var format in formats)
        {
            if (format.Parse(header.Message, ref line) == Fit.Yes)
            {
                line.Process = header.Process;
                if (header.ProcessId != 0) line.ProcessId = header.ProcessId;
                return true;
            }
            line = header;
            line.Message = default;
        }
        if (ApacheErrorFormat.ReadBody(header.Message, ref line))
        {
            line.Process = header.Process;
            return true;
        }
        line = header;
        return false;
    }

    static bool IsWebServer(ReadOnlySpan<byte> process) =>
        process.StartsWith("nginx"u8) || process.StartsWith("httpd"u8) || process.StartsWith("apache"u8) || process.StartsWith("caddy"u8);
}
