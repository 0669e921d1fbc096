using LogMonitor.Core.Chunks;
using LogMonitor.Core.Parsing.Formats;

namespace LogMonitor.Core.Parsing;

/// <summary>
/// Parses the lines of one stream, in order. With <c>auto</c>, the format that fitted the line before is tried first and the
/// others behind it, so a stream that changes its format, or mixes several, is read all the same. Not thread-safe.
/// </summary>
/// <exception cref="FormatException">The options name no known format; the message says which there are.</exception>
public sealed class LineParser(ParserOptions options)
{
    static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    // The current format first: a misfit is rare, and moves another to the front.
    readonly LogFormat[] formats = KnownFormats.For(options);

    /// <summary>The name of the format that fits the stream: that of the last line that fitted one; the configured one (<c>auto</c>, say) before.</summary>
    public string Format { get; private set; } = options.Format;

    /// <summary>
    /// Parses one line without its line feed; a carriage return at its end is not part of it. Never throws for any bytes, takes time linear
    /// in the line, and allocates nothing. What fits no format is <see cref="LineClass.Unknown"/>, with the reason and without fields.
    /// </summary>
    public void Parse(ReadOnlySpan<byte> raw, out LogLine line)
    {
        line = new LogLine(raw);
        if (raw.Length > ChunkLimits.MaxParsedLineBytes)
        {
            line.Reason = UnknownReason.TooLong;
            return;
        }
        var text = raw;
        if (text.Length > 0 && text[^1] == '\r') text = text[..^1];
        if (text.StartsWith(ByteOrderMark)) text = text[3..];
        if (text.Trim((byte)' ').IsEmpty)
        {
            line.Reason = UnknownReason.EmptyLine;
            return;
        }

        var reason = UnknownReason.NoFormatMatches;
        for (var i = 0; i < formats.Length; i++)
        {
            var fit = formats[i].Parse(text, ref line);
            if (fit is Fit.Yes or Fit.Header)
            {
                Format = line.Format;
                if (i > 0) MoveToFront(i);
                if (fit == Fit.Header) line.Reason = UnknownReason.Header;
                return;
            }
            if (fit == Fit.BadTime) reason = UnknownReason.BadTime;
            line = new LogLine(raw);
        }
        line.Reason = reason;
    }

    void MoveToFront(int index)
    {
        var format = formats[index];
        formats.AsSpan(0, index).CopyTo(formats.AsSpan(1));
        formats[0] = format;
    }
}
