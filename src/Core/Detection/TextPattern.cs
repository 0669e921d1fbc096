using System.Text;

namespace LogMonitor.Core.Detection;

/// <summary>How a text is compared; without regard to ASCII case unless a rule says <c>cased</c>.</summary>
enum TextComparison { Equals, Contains, StartsWith, EndsWith }

/// <summary>
/// A value of a rule, compiled: literal text in which <c>*</c> stands for any number of bytes and <c>?</c> for one; <c>\*</c>, <c>\?</c> and
/// <c>\\</c> are the characters themselves, and a backslash before anything else is one too.
/// </summary>
/// <remarks>Source: Sigma Rules Specification 2.1, "String Wildcard" and "Escaping". Takes time linear in the text for each <c>*</c>.</remarks>
sealed class TextPattern
{
    readonly Segment[] segments;
    readonly bool fromStart, toEnd;

    TextPattern(Segment[] segments, bool fromStart, bool toEnd) => (this.segments, this.fromStart, this.toEnd) = (segments, fromStart, toEnd);

    /// <summary>The longest text that stands in all that matches, without regard to case.</summary>
    public byte[] LongestLiteral => segments.Select(segment => segment.LongestLiteral).MaxBy(literal => literal.Length) ?? [];

    /// <summary>Compiles a value.</summary>
    /// <param name="value">As it stands in a rule.</param>
    /// <param name="comparison">Where in a text it must stand.</param>
    /// <param name="cased">Whether case counts.</param>
    public static TextPattern Parse(string value, TextComparison comparison, bool cased)
    {
        var segments = new List<Segment>();
        var builder = new SegmentBuilder();
        bool fromStart = comparison is TextComparison.Equals or TextComparison.StartsWith, toEnd = comparison is TextComparison.Equals or TextComparison.EndsWith;
        var endsWithStar = false;
        for (var i = 0; i < value.Length; i++)
        {
            endsWithStar = false;
            if (value[i] == '*')
            {
                if (i == 0) fromStart = false;
                endsWithStar = true;
                builder.EndInto(segments, cased);
            }
            else if (value[i] == '?') builder.AddAny();
            else
            {
                if (value[i] == '\\' && i + 1 < value.Length && value[i + 1] is '*' or '?' or '\\') i++;
                i += builder.AddLiteral(value.AsSpan(i)) - 1;
            }
        }
        builder.EndInto(segments, cased);
        return new TextPattern([.. segments], fromStart, toEnd && !endsWithStar);
    }

    /// <summary>Text that is taken as it is.</summary>
    public static TextPattern Literal(byte[] text, TextComparison comparison, bool cased) => new(
        text.Length == 0 ? [] : [new Segment(text, null, cased)],
        comparison is TextComparison.Equals or TextComparison.StartsWith, comparison is TextComparison.Equals or TextComparison.EndsWith);

    public bool IsMatch(ReadOnlySpan<byte> text)
    {
        if (segments.Length == 0) return !(fromStart && toEnd) || text.IsEmpty;
        var (first, last) = (0, segments.Length - 1);
        if (fromStart)
        {
            if (!segments[0].IsAt(text)) return false;
            if (last == 0) return !toEnd || text.Length == segments[0].Length;
            text = text[segments[0].Length..];
            first = 1;
        }
        if (toEnd)
        {
            if (text.Length < segments[last].Length || !segments[last].IsAt(text[^segments[last].Length..])) return false;
            text = text[..^segments[last].Length];
            last--;
        }
        for (var i = first; i <= last; i++)
        {
            var at = segments[i].IndexIn(text);
            if (at < 0) return false;
            text = text[(at + segments[i].Length)..];
        }
        return true;
    }

    /// <summary>What stands between two <c>*</c>.</summary>
    sealed class Segment(byte[] text, bool[]? any, bool cased)
    {
        public int Length => text.Length;

        public bool IsAt(ReadOnlySpan<byte> other)
        {
            if (other.Length < text.Length) return false;
            other = other[..text.Length];
            if (any is null) return cased ? other.SequenceEqual(text) : ByteText.EqualsIgnoreCase(other, text);
            for (var i = 0; i < text.Length; i++)
                if (!any[i] && other[i] != text[i] && (cased || ByteText.Fold(other[i]) != ByteText.Fold(text[i]))) return false;
            return true;
        }

        public int IndexIn(ReadOnlySpan<byte> other)
        {
            if (any is null) return cased ? other.IndexOf(text) : ByteText.IndexOfIgnoreCase(other, text);
            for (var at = 0; at + text.Length <= other.Length; at++) if (IsAt(other[at..])) return at;
            return -1;
        }

        public byte[] LongestLiteral
        {
            get
            {
                if (any is null) return text;
                ReadOnlySpan<byte> longest = [];
                for (int start = 0, i = 0; i <= text.Length; i++)
                {
                    if (i < text.Length && !any[i]) continue;
                    if (i - start > longest.Length) longest = text.AsSpan(start..i);
                    start = i + 1;
                }
                return longest.ToArray();
            }
        }
    }

    sealed class SegmentBuilder
    {
        readonly List<byte> text = [];
        readonly List<bool> any = [];

        public void AddAny()
        {
            text.Add(0);
            any.Add(true);
        }

        /// <summary>Adds the first character; returns how many UTF-16 units it takes.</summary>
        public int AddLiteral(ReadOnlySpan<char> value)
        {
            Rune.DecodeFromUtf16(value, out var rune, out var consumed);
            Span<byte> utf8 = stackalloc byte[4];
            foreach (var b in utf8[..rune.EncodeToUtf8(utf8)])
            {
                text.Add(b);
                any.Add(false);
            }
            return consumed;
        }

        public void EndInto(List<Segment> segments, bool cased)
        {
            if (text.Count > 0) segments.Add(new Segment([.. text], any.Contains(true) ? [.. any] : null, cased));
            text.Clear();
            any.Clear();
        }
    }
}
