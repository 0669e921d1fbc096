using LogMonitor.Core.Parsing.Fields;

namespace LogMonitor.Core.Parsing.Formats.Layouts;

/// <summary>An access log of any layout: an Apache LogFormat or nginx log_format string, compiled into a list of steps.</summary>
/// <remarks>
/// Between two fields stands fixed text: literals and timestamps. A field ends where the whole fixed text behind it matches for the first
/// time, not just its first character; so a user name with a bracket in it, a request with an escaped quote, do not
/// mislead. Each such attempt is of constant length: a line takes linear time.
/// </remarks>
sealed class LayoutFormat : LogFormat
{
    readonly TimeReader times;
    readonly Fixed[] head;
    readonly Segment[] segments;
    readonly bool timed;

    /// <summary>A literal or a piece of a timestamp.</summary>
    internal readonly record struct Fixed(byte[]? Literal, TimePart Time);

    /// <summary>Fields (several, if each begins with a byte of its own), and the fixed text that ends them.</summary>
    internal readonly record struct Segment(LayoutPart[] Fields, Fixed[] End, bool Quoted)
    {
        /// <summary>Whether the first field is a number, so that a digit or a dash must stand here.</summary>
        public bool IsNumber => Fields[0].Field is LineField.Status or LineField.Bytes or LineField.Seconds or LineField.Milliseconds or LineField.Microseconds;
    }

    internal LayoutFormat(TimeReader times, Fixed[] head, Segment[] segments)
    {
        this.times = times;
        this.head = head;
        this.segments = segments;
        timed = head.Concat(segments.SelectMany(segment => segment.End)).Any(step => step.Time != TimePart.None);
    }

    /// <inheritdoc/>
    public override Fit Parse(ReadOnlySpan<byte> text, ref LogLine line)
    {
        var time = new TimeParts();
        var at = Match(head, text, ref time);
        if (at < 0) return Fit.No;
        for (var i = 0; i < segments.Length; i++)
        {
            ref readonly var segment = ref segments[i];
            var end = FindEnd(text, at, i, ref time, out var next);
            if (end < 0 || !SetFields(segment.Fields, text[at..end], ref line)) return Fit.No;
            at = next;
        }
        if (at != text.Length) return Fit.No;
        FieldSetter.CompleteTarget(text, ref line);
        line.Class = LineClass.Access;
        line.Format = "custom";
        if (!timed) return Fit.Yes;
        line.Time = time.Sum(times);
        return line.Time == LogLine.NoTime ? Fit.BadTime : Fit.Yes;
    }

    // Where the fields that begin at a place end; next is where the fixed text behind them does.
    int FindEnd(ReadOnlySpan<byte> text, int start, int index, ref TimeParts time, out int next)
    {
        ref readonly var segment = ref segments[index];
        var last = index == segments.Length - 1;
        next = text.Length;
        if (segment.End.Length == 0) return text.Length;
        var literal = segment.End[0].Literal.AsSpan();
        for (var at = start; at < text.Length; at++)
        {
            var found = text[at..].IndexOf(literal);
            if (found < 0) break;
            at += found;
            if (segment.Quoted ? Quoted.IsEscaped(text, start, at) : segment.Fields[^1].IsList && IsWithinList(text, start, at)) continue;
            var attempt = time;
            var length = Match(segment.End, text[at..], ref attempt);
            if (length < 0) continue;
            next = at + length;
            if (last ? next != text.Length : segments[index + 1].IsNumber && !(Digits.At(text, next) || next < text.Length && text[next] == '-')) continue;
            time = attempt;
            return at;
        }
        // A line that was cut off within its last field: what there is of it counts.
        next = text.Length;
        return last && segment.Quoted && segment.End.Length == 1 && literal.Length == 1 ? text.Length : -1;
    }

    // "a, b", "a : b": the space is not the one behind the list.
    static bool IsWithinList(ReadOnlySpan<byte> text, int start, int at) =>
        text[at] == ' ' && (at > start && text[at - 1] is (byte)',' or (byte)':' || at + 1 < text.Length && text[at + 1] == ':');

    int Match(ReadOnlySpan<Fixed> steps, ReadOnlySpan<byte> text, ref TimeParts time)
    {
        var at = 0;
        foreach (var step in steps)
        {
            if (step.Literal is null)
            {
                var length = time.Read(step.Time, text[at..], times);
                if (length < 0) return -1;
                at += length;
            }
            else
            {
                if (!text[at..].StartsWith(step.Literal)) return -1;
                at += step.Literal.Length;
            }
        }
        return at;
    }

    static bool SetFields(LayoutPart[] fields, ReadOnlySpan<byte> text, ref LogLine line)
    {
        for (var i = 0; i < fields.Length; i++)
        {
            var end = i + 1 < fields.Length ? text.IndexOf(fields[i + 1].Begins) : -1;
            if (end < 0) end = text.Length;
            if (!FieldSetter.TrySet(fields[i].Field, text[..end], ref line)) return false;
            text = text[end..];
        }
        return true;
    }
}
