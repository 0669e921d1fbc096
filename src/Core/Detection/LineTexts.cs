using System.Buffers;
using LogMonitor.Core.Parsing;

namespace LogMonitor.Core.Detection;

/// <summary>The parts of a line that a client sends URL-encoded.</summary>
enum EncodedPart { None = -1, Target, Path, Query, Referer }

/// <summary>
/// What is made of a line's texts, at most once for a line, and only where a rule asks: copies that are URL-decoded once and twice, since attackers encode
/// twice what is to pass a filter; and the request target where the log has its path and query apart. One for each stream; not thread-safe.
/// Its buffers grow to the longest line that is parsed, and stay.
/// </summary>
sealed class LineTexts
{
    const int Parts = 4;

    static readonly SearchValues<byte> encoded = SearchValues.Create("%+"u8);

    readonly Copies[] copies = [.. Enumerable.Range(0, Parts).Select(_ => new Copies())];

    byte[] joined = [];
    int joinedLength;
    long joinedLine = -1;
    char[] characters = [];
    long line;

    /// <summary>Forgets the line before.</summary>
    public void Begin() => line++;

    /// <summary>Whether a text has anything to decode.</summary>
    public static bool IsEncoded(ReadOnlySpan<byte> text) => text.ContainsAny(encoded);

    /// <summary>A text decoded once; empty where that changes nothing.</summary>
    public ReadOnlySpan<byte> Once(EncodedPart part, ReadOnlySpan<byte> text) => Of(part, text).Once;

    /// <summary>A text decoded twice; empty where that changes nothing.</summary>
    public ReadOnlySpan<byte> Twice(EncodedPart part, ReadOnlySpan<byte> text) => Of(part, text).Twice;

    /// <summary>The request target: of a log that has a path and a query, both with the question mark between.</summary>
    public ReadOnlySpan<byte> Target(in LogLine line)
    {
        if (line.Query.IsEmpty || line.Target.IsEmpty || line.Target.Overlaps(line.Query)) return line.Target;
        if (joinedLine != this.line)
        {
            joinedLine = this.line;
            joinedLength = line.Target.Length + 1 + line.Query.Length;
            var room = Room(ref joined, joinedLength);
            line.Target.CopyTo(room);
            room[line.Target.Length] = (byte)'?';
            line.Query.CopyTo(room[(line.Target.Length + 1)..]);
        }
        return joined.AsSpan(0, joinedLength);
    }

    /// <summary>A text in UTF-16, for regular expressions; bytes that are no UTF-8 are U+FFFD. Valid until the next one.</summary>
    public ReadOnlySpan<char> Characters(ReadOnlySpan<byte> text)
    {
        // No byte becomes more than one character.
        System.Text.Unicode.Utf8.ToUtf16(text, Room(ref characters, text.Length), out _, out var length, replaceInvalidSequences: true);
        return characters.AsSpan(0, length);
    }

    Copies Of(EncodedPart part, ReadOnlySpan<byte> text)
    {
        var copy = copies[(int)part];
        if (copy.Line != line) copy.Make(text, line);
        return copy;
    }

    /// <summary>Writes a text with each <c>%XX</c> as its byte and each <c>+</c> as a space; returns how many bytes.</summary>
    internal static int Decode(ReadOnlySpan<byte> text, Span<byte> destination)
    {
        var length = 0;
        while (true)
        {
            var next = text.IndexOfAny(encoded);
            if (next < 0) break;
            text[..next].CopyTo(destination[length..]);
            length += next;
            var isHex = text[next] == '%' && text.Length - next >= 3 && char.IsAsciiHexDigit((char)text[next + 1]) && char.IsAsciiHexDigit((char)text[next + 2]);
            destination[length++] = isHex ? (byte)(Hex(text[next + 1]) << 4 | Hex(text[next + 2])) : text[next] == '+' ? (byte)' ' : text[next];
            text = text[(next + (isHex ? 3 : 1))..];
        }
        text.CopyTo(destination[length..]);
        return length + text.Length;
    }

    static int Hex(byte digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;

    sealed class Copies
    {
        byte[] once = [], twice = [];
        int onceLength, twiceLength;

        /// <summary>The line that they are of.</summary>
        public long Line { get; private set; } = -1;

        public ReadOnlySpan<byte> Once => once.AsSpan(0, onceLength);

        public ReadOnlySpan<byte> Twice => twice.AsSpan(0, twiceLength);

        public void Make(ReadOnlySpan<byte> text, long line)
        {
            Line = line;
            onceLength = IsEncoded(text) ? Decode(text, Room(ref once, text.Length)) : 0;
            twiceLength = IsEncoded(Once) ? Decode(Once, Room(ref twice, onceLength)) : 0;
        }
    }

    static Span<T> Room<T>(ref T[] buffer, int length) => buffer.Length >= length ? buffer : buffer = new T[Math.Max(256, length * 2)];
}
