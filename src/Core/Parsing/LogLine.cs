namespace LogMonitor.Core.Parsing;

/// <summary>What kind of line it is; every line is exactly one of these (invariant I4).</summary>
public enum LineClass : byte
{
    /// <summary>No format fits. Counted, kept and shown, with the <see cref="UnknownReason"/>.</summary>
    Unknown,
    /// <summary>A request that a web server answered.</summary>
    Access,
    /// <summary>A message of a server or the system: an error log or syslog.</summary>
    Error,
}

/// <summary>Severities by RFC 5424 section 6.2.1, plus <see cref="None"/> where the format has none.</summary>
public enum Severity : byte
{
    Emergency, Alert, Critical, Error, Warning, Notice, Informational, Debug,
    None = byte.MaxValue,
}

/// <summary>Why a line did not parse.</summary>
public enum UnknownReason : byte
{
    None,
    /// <summary>Nothing between two line ends.</summary>
    EmptyLine,
    /// <summary>No known format begins like this.</summary>
    NoFormatMatches,
    /// <summary>The stream's format fits, but the time is not one.</summary>
    BadTime,
    /// <summary>Longer than <see cref="Chunks.ChunkLimits.MaxParsedLineBytes"/>; only its beginning was looked at.</summary>
    TooLong,
    /// <summary>No event, but a header of the stream's format, such as a W3C log's <c>#Fields:</c>.</summary>
    Header,
}

/// <summary>
/// One parsed line. The spans point into the chunk's buffer (or, for formats with escapes, into the parser's scratch
/// buffer) and are valid until the next line is parsed: copy what must live longer. An absent field is an empty span;
/// a log's <c>-</c> is absent.
/// </summary>
public ref struct LogLine
{
    /// <summary>The value of <see cref="Time"/> where the line has no usable time.</summary>
    public const long NoTime = long.MinValue;

    public LogLine(ReadOnlySpan<byte> raw)
    {
        Raw = raw;
        Time = NoTime;
        Bytes = -1;
        DurationMicroseconds = -1;
        Severity = Severity.None;
        Format = "unknown";
    }

    /// <summary>The line as it was, without its line end.</summary>
    public ReadOnlySpan<byte> Raw { get; set; }

    /// <summary>Its number in the chunk or file, from 1; 0 where nobody counted. Set by who frames the lines, as is <see cref="Start"/>.</summary>
    public long Number { get; set; }

    /// <summary>The offset of its first byte in the chunk or file, decompressed. It ends at <c>Start + Raw.Length</c>.</summary>
    public long Start { get; set; }

    /// <summary>The short name of the format that fitted, such as <c>combined</c>; <c>unknown</c> where none did.</summary>
    public string Format { get; set; }
    public LineClass Class { get; set; }
    public UnknownReason Reason { get; set; }

    /// <summary>Event time: milliseconds since 1970-01-01T00:00:00Z, or <see cref="NoTime"/>.</summary>
    public long Time { get; set; }

    /// <summary>The client's address or host name, without brackets or port.</summary>
    public ReadOnlySpan<byte> Client { get; set; }
    public ReadOnlySpan<byte> User { get; set; }
    public ReadOnlySpan<byte> Method { get; set; }
    /// <summary>The request target as sent: path and query, an absolute URI, or an authority (CONNECT).</summary>
    public ReadOnlySpan<byte> Target { get; set; }
    /// <summary>The part of <see cref="Target"/> before the first <c>?</c>, undecoded.</summary>
    public ReadOnlySpan<byte> Path { get; set; }
    /// <summary>The part of <see cref="Target"/> behind the first <c>?</c>, undecoded.</summary>
    public ReadOnlySpan<byte> Query { get; set; }
    /// <summary>Such as <c>HTTP/1.1</c>.</summary>
    public ReadOnlySpan<byte> Protocol { get; set; }
    public ReadOnlySpan<byte> VirtualHost { get; set; }
    public ReadOnlySpan<byte> Referer { get; set; }
    public ReadOnlySpan<byte> UserAgent { get; set; }
    /// <summary>HTTP status, 100 to 999; 0 where absent.</summary>
    public int Status { get; set; }
    /// <summary>Bytes sent; -1 where absent.</summary>
    public long Bytes { get; set; }
    /// <summary>Time taken, in microseconds; -1 where absent.</summary>
    public long DurationMicroseconds { get; set; }

    public Severity Severity { get; set; }
    /// <summary>The program of a syslog line (<c>sshd</c>), or the module of an Apache error line (<c>core</c>).</summary>
    public ReadOnlySpan<byte> Process { get; set; }
    public int ProcessId { get; set; }
    /// <summary>The text of an error or syslog line behind its header.</summary>
    public ReadOnlySpan<byte> Message { get; set; }
    /// <summary>The client's port; 0 where absent.</summary>
    public int ClientPort { get; set; }
}
