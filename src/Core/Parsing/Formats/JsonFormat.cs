using LogMonitor.Core.Chunks;
using LogMonitor.Core.Parsing.Fields;

namespace LogMonitor.Core.Parsing.Formats;

/// <summary>Lines that are JSON objects: what Caddy writes, and nginx, Traefik and applications where they are told to.</summary>
/// <remarks>
/// An object with a status and a request is an access line; one with a message or a severity is an error line, whatever its
/// severity; any other is unknown.
/// </remarks>
sealed class JsonFormat(TimeReader times, JsonNames names) : LogFormat
{
    // Room for every value of a line without its escapes; made when the first line needs it.
    byte[] scratch = [];

    /// <inheritdoc/>
    public override Fit Parse(ReadOnlySpan<byte> text, ref LogLine line)
    {
        text = text.Trim((byte)' ');
        if (text.Length < 2 || text[0] != '{' || text[^1] != '}') return Fit.No;
        var values = new Values();
        if (!ReadMembers(text, ref values, ref line)) return Fit.No;

        if (line.Target.IsEmpty && !line.Path.IsEmpty) RequestLine.SetTarget(line.Path, ref line);
        if (line.Target.IsEmpty && line.Method.IsEmpty) RequestLine.Split(values.Request, ref line);
        if (line.Query.IsEmpty && !values.Query.IsEmpty) line.Query = values.Query;
        line.Format = "json";
        line.Time = values.Time;
        if (line.Status > 0 && !(line.Target.IsEmpty && line.Method.IsEmpty) || line.Method.Length > 0 && line.Target.Length > 0 && line.Client.Length > 0)
        {
            // "info", "handled request": of every line, so of none.
            line.Severity = Severity.None;
            line.Message = default;
            line.Class = LineClass.Access;
        }
        else if (line.Message.Length > 0 || line.Severity != Severity.None) line.Class = LineClass.Error;
        else return Fit.No;
        return values.BadTime ? Fit.BadTime : Fit.Yes;
    }

    bool ReadMembers(ReadOnlySpan<byte> text, ref Values values, ref LogLine line)
    {
        Span<byte> path = stackalloc byte[JsonNames.MaxLength];
        // The length of the path at each depth; -1 where it is too long to be one of ours.
        Span<short> lengths = stackalloc short[66];
        lengths[0] = lengths[1] = 0;
        Span<byte> ranks = stackalloc byte[32];
        ranks.Fill(byte.MaxValue);
        var used = 0;
        var member = -1;

        var json = new JsonScanner(text);
        while (true)
        {
            var token = json.Read();
            switch (token)
            {
                case JsonToken.Bad: return false;
                case JsonToken.End: return true;
                case JsonToken.Name:
                    member = Append(path, lengths[json.Depth], json.Value);
                    break;
                case JsonToken.ObjectStart or JsonToken.ArrayStart:
                    lengths[json.Depth] = (short)(json.Depth == 1 ? 0 : member);
                    break;
                case JsonToken.ObjectEnd or JsonToken.ArrayEnd:
                    // Of an array, which is how Caddy writes headers, the first element counts: the others find the field taken.
                    if (json.InArray) member = lengths[json.Depth];
                    break;
                case JsonToken.String or JsonToken.Number:
                    if (member < 0) break;
                    var name = names.Find(path[..member]);
                    if (name.Field == LineField.None) break;
                    ref var rank = ref ranks[(int)Slot(name.Field)];
                    if (name.Rank >= rank) break;
                    var value = json.Value;
                    if (json.Escaped)
                    {
                        if (scratch.Length == 0) scratch = new byte[ChunkLimits.MaxParsedLineBytes];
                        var length = JsonScanner.Unescape(value, scratch.AsSpan(used));
                        value = scratch.AsSpan(used, length);
                        used += length;
                    }
                    if (Set(name.Field, value, ref values, ref line)) rank = name.Rank;
                    break;
            }
        }
    }

    bool Set(LineField field, ReadOnlySpan<byte> value, ref Values values, ref LogLine line)
    {
        if (value.IsEmpty || value.Length == 1 && value[0] == '-') return false;
        switch (field)
        {
            case LineField.Time:
                if (!times.TryReadAny(value, out var time)) return false;
                values.Time = time;
                values.BadTime = time == LogLine.NoTime;
                return true;
            case LineField.Request:
                values.Request = value;
                return true;
            case LineField.Query:
                values.Query = value[0] == '?' ? value[1..] : value;
                return true;
            default:
                return FieldSetter.TrySet(field, value, ref line);
        }
    }

    // Units of one duration share a place.
    static LineField Slot(LineField field) => field is LineField.Milliseconds or LineField.Microseconds or LineField.Nanoseconds ? LineField.Seconds : field;

    static int Append(Span<byte> path, int length, ReadOnlySpan<byte> name)
    {
        if (length < 0 || length + 1 + name.Length > path.Length) return -1;
        if (length > 0) path[length++] = (byte)'.';
        name.CopyTo(path[length..]);
        return length + name.Length;
    }

    // What can only be set when the whole line is known.
    ref struct Values()
    {
        public long Time = LogLine.NoTime;
        public bool BadTime;
        public ReadOnlySpan<byte> Request;
        public ReadOnlySpan<byte> Query;
    }
}
