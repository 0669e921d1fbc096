using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace LogMonitor.Core.Parsing.Fields;

/// <summary>What <see cref="JsonScanner.Read"/> came upon.</summary>
enum JsonToken : byte { Bad, End, ObjectStart, ObjectEnd, ArrayStart, ArrayEnd, Name, String, Number, Literal }

/// <summary>Reads one JSON text token by token.</summary>
/// <remarks>
/// Utf8JsonReader says by exception that a text is not JSON. Anybody can write such lines into a log, and an exception costs as much as
/// a hundred good lines, so this one says it by <see cref="JsonToken.Bad"/>. It takes more than JSON (invalid UTF-8, raw
/// control characters, numbers with leading zeros): servers write such, and nothing is lost by reading them.
/// </remarks>
ref struct JsonScanner(ReadOnlySpan<byte> text)
{
    const int MaxDepth = 64;

    static readonly SearchValues<byte> NumberBytes = SearchValues.Create("0123456789+-.eE"u8);

    readonly ReadOnlySpan<byte> text = text;
    int at;
    int depth;
    // One bit for each open container: 1 for an object.
    ulong objects;
    bool started;
    bool commaDue;
    bool valueDue;

    /// <summary>A name, a string without its quotes and still escaped, a number or a literal.</summary>
    public ReadOnlySpan<byte> Value { get; private set; }

    /// <summary>Whether <see cref="Value"/> has escapes.</summary>
    public bool Escaped { get; private set; }

    /// <summary>Containers that are open.</summary>
    public readonly int Depth => depth;

    /// <summary>Whether the innermost open container is an array.</summary>
    public readonly bool InArray => depth > 0 && !InObject;

    readonly bool InObject => (objects >> (depth - 1) & 1) != 0;

    /// <summary>The next token; after <see cref="JsonToken.Bad"/> or <see cref="JsonToken.End"/> there is none.</summary>
    public JsonToken Read()
    {
        SkipSpace();
        if (started && depth == 0) return at == text.Length ? JsonToken.End : JsonToken.Bad;
        if (at == text.Length) return JsonToken.Bad;
        if (depth > 0 && !valueDue)
        {
            var inObject = InObject;
            if (text[at] == (inObject ? '}' : ']'))
            {
                at++;
                depth--;
                commaDue = true;
                return inObject ? JsonToken.ObjectEnd : JsonToken.ArrayEnd;
            }
            if (commaDue)
            {
                if (text[at] != ',') return JsonToken.Bad;
                at++;
                SkipSpace();
                if (at == text.Length) return JsonToken.Bad;
            }
            if (inObject)
            {
                if (text[at] != '"' || !ReadString()) return JsonToken.Bad;
                SkipSpace();
                if (at == text.Length || text[at] != ':') return JsonToken.Bad;
                at++;
                valueDue = true;
                return JsonToken.Name;
            }
        }
        started = true;
        valueDue = false;
        return ReadValue();
    }

    JsonToken ReadValue()
    {
        commaDue = true;
        switch (text[at])
        {
            case (byte)'{': return Open(isObject: true);
            case (byte)'[': return Open(isObject: false);
            case (byte)'"': return ReadString() ? JsonToken.String : JsonToken.Bad;
            case (byte)'t': return ReadLiteral("true"u8);
            case (byte)'f': return ReadLiteral("false"u8);
            case (byte)'n': return ReadLiteral("null"u8);
            default:
                var length = text[at..].IndexOfAnyExcept(NumberBytes);
                if (length < 0) length = text.Length - at;
                if (length == 0) return JsonToken.Bad;
                Value = text.Slice(at, length);
                Escaped = false;
                at += length;
                return JsonToken.Number;
        }
    }

    JsonToken Open(bool isObject)
    {
        if (depth == MaxDepth) return JsonToken.Bad;
        var bit = 1UL << depth;
        objects = isObject ? objects | bit : objects & ~bit;
        depth++;
        at++;
        commaDue = false;
        return isObject ? JsonToken.ObjectStart : JsonToken.ArrayStart;
    }

    JsonToken ReadLiteral(ReadOnlySpan<byte> literal)
    {
        if (!text[at..].StartsWith(literal)) return JsonToken.Bad;
        Value = literal;
        Escaped = false;
        at += literal.Length;
        return JsonToken.Literal;
    }

    bool ReadString()
    {
        var start = ++at;
        Escaped = false;
        while (true)
        {
            var next = text[at..].IndexOfAny((byte)'"', (byte)'\\');
            if (next < 0) return false;
            at += next;
            if (text[at] == '"') break;
            Escaped = true;
            at += 2;
            if (at > text.Length) return false;
        }
        Value = text[start..at];
        at++;
        return true;
    }

    void SkipSpace()
    {
        while (at < text.Length && text[at] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n') at++;
    }

    /// <summary>Writes a string without its escapes; never more bytes than it had with them. What JSON does not know as an escape (Apache's <c>\xHH</c>) stays.</summary>
    /// <returns>The number of bytes written.</returns>
    public static int Unescape(ReadOnlySpan<byte> escaped, Span<byte> target)
    {
        var written = 0;
        while (true)
        {
            var next = escaped.IndexOf((byte)'\\');
            if (next < 0 || next + 1 >= escaped.Length)
            {
                escaped.CopyTo(target[written..]);
                return written + escaped.Length;
            }
            escaped[..next].CopyTo(target[written..]);
            written += next;
            var c = escaped[next + 1];
            escaped = escaped[(next + 2)..];
            if (c == 'u' && TryHex(escaped, out var unit))
            {
                escaped = escaped[4..];
                var rune = Rune.ReplacementChar;
                if (char.IsHighSurrogate(unit) && escaped.StartsWith("\\u"u8) && TryHex(escaped[2..], out var low) && char.IsLowSurrogate(low))
                {
                    rune = new Rune(unit, low);
                    escaped = escaped[6..];
                }
                else if (!char.IsSurrogate(unit)) rune = new Rune(unit);
                written += rune.EncodeToUtf8(target[written..]);
                continue;
            }
            var plain = c switch { (byte)'n' => (byte)'\n', (byte)'r' => (byte)'\r', (byte)'t' => (byte)'\t', (byte)'b' => (byte)'\b', (byte)'f' => (byte)'\f', (byte)'"' or (byte)'\\' or (byte)'/' => c, _ => (byte)0 };
            if (plain == 0) target[written++] = (byte)'\\';
            target[written++] = plain == 0 ? c : plain;
        }
    }

    static bool TryHex(ReadOnlySpan<byte> text, out char unit)
    {
        var valid = text.Length >= 4 & Utf8Parser.TryParse(text[..Math.Min(4, text.Length)], out ushort value, out var length, 'x') && length == 4;
        unit = (char)value;
        return valid;
    }
}
