using System.Text.Json.Serialization;

namespace LogMonitor.Core.Scanning;

/// <summary>
/// One line of a log: a line of <c>logmonitor scan --output ndjson</c>. A contract like <see cref="ScanReport"/>. What the line doesn't have is absent.
/// It is written by <see cref="ScanLineWriter"/>, without an object for each line; this is the same document to read, and its description.
/// </summary>
public sealed record ScanLine
{
    /// <summary>The file as it was given; absent where one input is scanned.</summary>
    public string? File { get; init; }

    /// <summary>Its number in the file, from 1.</summary>
    public required long Line { get; init; }

    /// <summary><c>access</c>, <c>error</c> or <c>unknown</c>.</summary>
    public required string Class { get; init; }

    /// <summary>Such as <c>combined</c>; <c>unknown</c> where none fits.</summary>
    public required string Format { get; init; }

    /// <summary>Of an unknown line: why no format fits.</summary>
    public string? Reason { get; init; }

    /// <summary>Event time, UTC.</summary>
    public DateTime? Time { get; init; }
    public string? Client { get; init; }
    public string? User { get; init; }
    public string? Method { get; init; }
    public string? Path { get; init; }

    /// <summary>Behind the first <c>?</c>, undecoded.</summary>
    public string? Query { get; init; }
    public int? Status { get; init; }

    /// <summary>Bytes sent.</summary>
    public long? Bytes { get; init; }
    public string? Referer { get; init; }
    public string? UserAgent { get; init; }

    /// <summary>By RFC 5424: <c>emergency</c>, <c>alert</c>, <c>critical</c>, <c>error</c>, <c>warning</c>, <c>notice</c>, <c>informational</c> or <c>debug</c>.</summary>
    public string? Severity { get; init; }

    /// <summary>The program of a syslog line, or the module of an Apache error line.</summary>
    public string? Process { get; init; }
    public string? Message { get; init; }

    /// <summary>The ids of the rules about single lines that match, in the order in which they were loaded; absent where none does.</summary>
    [JsonPropertyName("rules")]
    public IReadOnlyList<string>? Rules { get; init; }
}
