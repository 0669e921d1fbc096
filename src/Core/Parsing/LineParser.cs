namespace LogMonitor.Core.Parsing;

/// <summary>How a stream's lines are to be read.</summary>
public sealed record ParserOptions
{
    /// <summary><c>auto</c>, or the name of a format.</summary>
    public string Format { get; init; } = "auto";

    /// <summary>The zone of times that name none. UTC unless configured.</summary>
    public TimeZoneInfo Zone { get; init; } = TimeZoneInfo.Utc;

    /// <summary>Where a format leaves out the year (RFC 3164), the year is the one that brings the time nearest to this, not after the day behind it.</summary>
    public required DateTimeOffset ReferenceTime { get; init; }
}

/// <summary>Parses the lines of one stream, in order; picks the format by itself where it is <c>auto</c>. Not thread-safe.</summary>
public sealed class LineParser(ParserOptions options)
{
    /// <summary>The name of the format that fits the stream, or <c>auto</c> while none has.</summary>
    public string Format => options.Format;

    /// <summary>Parses one line without its line end. Never throws for any bytes; what fits no format is <see cref="LineClass.Unknown"/>.</summary>
    public void Parse(ReadOnlySpan<byte> raw, out LogLine line) => line = new LogLine(raw) { Format = options.Format, Reason = UnknownReason.NoFormatMatches };
}
