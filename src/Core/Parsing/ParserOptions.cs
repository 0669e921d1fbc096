namespace LogMonitor.Core.Parsing;

/// <summary>How a stream's lines are to be read.</summary>
public sealed record ParserOptions
{
    /// <summary>
    /// <c>auto</c>; the name of a format, such as <c>combined</c>; an Apache LogFormat or nginx log_format string, or the whole line of the
    /// configuration that holds it; <c>json:field=name,…</c> for JSON with other names than the usual;
    /// <c>w3c:columns…</c> for W3C logs whose header is out of reach.
    /// </summary>
    public string Format { get; init; } = "auto";

    /// <summary>The zone of times that name none. UTC unless configured.</summary>
    public TimeZoneInfo Zone { get; init; } = TimeZoneInfo.Utc;

    /// <summary>Where a format leaves out the year (RFC 3164), the year is the one that brings the time nearest to this, not after the day behind it.</summary>
    public required DateTimeOffset ReferenceTime { get; init; }
}
