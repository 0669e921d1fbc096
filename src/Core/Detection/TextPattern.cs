using System.Buffers;
using System.Text;

namespace LogMonitor.Core.Detection;

/// <summary>How a text is compared; without regard to ASCII case unless a rule says <c>cased</c>.</summary>
enum TextComparison { Equals, Contains, StartsWith, EndsWith }

/// <summary>
/// A value of a rule, compiled: literal text in which <c>*</c> stands for any number of characters and <c>?</c> for one; <c>\*</c>, <c>\?</c> and
/// <c>\\</c> are the characters themselves, and a backslash before anything else is one too. A byte that is no part of a character in UTF-8 counts as one.
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
                if (IsEscape(value, i)) i++;
                i += builder.AddLiteral(value.AsSpan(i)) - 1;
            }
        }
        builder.EndInto(segments, cased);
        return new TextPattern([.. segments], fromStart, toEnd && !endsWithStar);
    }

    /// <summary>What a value says where it holds no wildcards; false where it does.</summary>
    public static bool TryUnescape(string value, out string text)
    {
        var builder = new StringBuilder(value.Length);
        text = "";
        for (var i = 0; i < value.Length; i++)
        {
            if (value[i] is '*' or '?') return false;
            if (IsEscape(value, i)) i++;
            builder.Append(value[i]);
        }
        text = builder.ToString();
        return true;
    }

    static bool IsEscape(string value, int at) => value[at] == '\\' && at + 1 < value.Length && value[at + 1] is '*' or '?' or '\\';

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
            var length = segments[0].LengthAtStart(text);
            if (length < 0) return false;
            if (last == 0) return !toEnd || text.Length == length;
            text = text[length..];
            first = 1;
        }
        if (toEnd)
        {
            var length = segments[last].LengthAtEnd(text);
            if (length < 0) return false;
            text = text[..^length];
            last--;
        }
        for (var i = first; i <= last; i++)
        {
            var end = segments[i].EndOfFirst(text);
            if (end < 0) return false;
            text = text[end..];
        }
        return true;
    }

    /// <summary>What stands between two <c>*</c>.</summary>
    sealed class Segment(byte[] text, bool[]? any, bool cased)
    {
        /// <summary>How many bytes it takes at the start of another text; -1 where it isn't there.</summary>
        public int LengthAtStart(ReadOnlySpan<byte> other)
        {
            if (other.Length < text.Length) return -1;
            if (any is null) return IsSame(other[..text.Length]) ? text.Length : -1;
            var at = 0;
            for (var i = 0; i < text.Length; i++)
            {
                if (at == other.Length || !any[i] && !IsSame(other[at], text[i])) return -1;
                at += any[i] ? FirstCharacter(other[at..]) : 1;
            }
            return at;
        }

        /// <summary>How many bytes it takes at the end of another text; -1 where it isn't there.</summary>
        public int LengthAtEnd(ReadOnlySpan<byte> other)
        {
            if (other.Length < text.Length) return -1;
            if (any is null) return IsSame(other[^text.Length..]) ? text.Length : -1;
            var at = other.Length;
            for (var i = text.Length - 1; i >= 0; i--)
            {
                if (at == 0 || !any[i] && !IsSame(other[at - 1], text[i])) return -1;
                at -= any[i] ? LastCharacter(other[..at]) : 1;
            }
            return other.Length - at;
        }

        /// <summary>Where it ends that it stands first in another text, or -1.</summary>
        public int EndOfFirst(ReadOnlySpan<byte> other)
        {
            if (any is null) return (cased ? other.IndexOf(text) : ByteText.IndexOfIgnoreCase(other, text)) is >= 0 and var start ? start + text.Length : -1;
            for (var at = 0; at + text.Length <= other.Length; at += FirstCharacter(other[at..]))
                if (LengthAtStart(other[at..]) is >= 0 and var length) return at + length;
            return -1;
        }

        bool IsSame(ReadOnlySpan<byte> other) => cased ? other.SequenceEqual(text) : ByteText.EqualsIgnoreCase(other, text);

        bool IsSame(byte a, byte b) => a == b || !cased && ByteText.Fold(a) == ByteText.Fold(b);

        // A character's bytes, or one byte that is part of none.
        static int FirstCharacter(ReadOnlySpan<byte> other) =>
            other[0] < 0x80 || Rune.DecodeFromUtf8(other, out _, out var length) != OperationStatus.Done ? 1 : length;

        static int LastCharacter(ReadOnlySpan<byte> other) =>
            other[^1] < 0x80 || Rune.DecodeLastFromUtf8(other, out _, out var length) != OperationStatus.Done ? 1 : length;

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
