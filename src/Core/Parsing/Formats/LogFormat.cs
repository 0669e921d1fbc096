namespace LogMonitor.Core.Parsing.Formats;

/// <summary>Whether a line is of a format.</summary>
enum Fit : byte
{
    /// <summary>It is not; the line's fields may be half set.</summary>
    No,
    /// <summary>It is, but its time is no moment that exists, or one before 1970.</summary>
    BadTime,
    /// <summary>It is part of the format, but no event: a line that names the columns.</summary>
    Header,
    /// <summary>It is, and the fields are set.</summary>
    Yes,
}

/// <summary>One format's parser. An instance belongs to one stream and may remember what its lines have in common.</summary>
abstract class LogFormat
{
    /// <summary>
    /// Sets the fields of <paramref name="line"/> from <paramref name="text"/>: class, format and time always, the rest as the
    /// format has it. Takes linear time, allocates nothing and throws for no bytes.
    /// </summary>
    public abstract Fit Parse(ReadOnlySpan<byte> text, ref LogLine line);
}
