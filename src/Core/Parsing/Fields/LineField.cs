namespace LogMonitor.Core.Parsing.Fields;

/// <summary>What a part of a line says: the vocabulary in which formats whose parts are configurable (LogFormat strings, JSON, W3C) describe themselves.</summary>
enum LineField : byte
{
    /// <summary>Nothing that a line has a place for.</summary>
    None,
    Client,
    ClientPort,
    User,
    /// <summary>The whole request line: method, target and protocol.</summary>
    Request,
    Method,
    Target,
    Path,
    Query,
    Protocol,
    VirtualHost,
    Status,
    Bytes,
    Referer,
    UserAgent,
    Seconds,
    Milliseconds,
    Microseconds,
    Nanoseconds,
    Severity,
    Process,
    ProcessId,
    Message,
    /// <summary>An instant in one of the notations that <see cref="TimeReader.TryReadAny"/> knows.</summary>
    Time,
    /// <summary>The date alone, <c>2026-11-01</c>.</summary>
    Date,
    /// <summary>The time of day alone, <c>13:55:36</c>, in UTC.</summary>
    TimeOfDay,
}
