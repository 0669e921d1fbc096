using System.Text;
using LogMonitor.Core.Parsing.Fields;

namespace LogMonitor.Core.Parsing.Formats.Layouts;

/// <summary>Format strings that write JSON: <c>{"time":"$time_iso8601","addr":"$remote_addr","status":$status}</c>. Such lines are read as JSON, by the names that the string gives.</summary>
static class JsonTemplate
{
    /// <exception cref="FormatException">It is not JSON, or names no directive.</exception>
    public static JsonNames Names(string format)
    {
        var quoted = QuoteBareValues(format);
        var json = new JsonScanner(quoted);
        List<(byte Rank, LineField Field, string Name)> names = [];
        List<string> path = [];
        for (var name = ""; ;)
        {
            switch (json.Read())
            {
                case JsonToken.Bad: throw new FormatException($"The log format '{format}' begins as JSON but is not: check its quotes, commas and braces.");
                case JsonToken.End:
                    if (names.Count == 0) throw new FormatException($"The JSON log format '{format}' has no member whose value is one directive that a line has a place for, such as \"status\":\"%>s\" or \"status\":\"$status\".");
                    return new JsonNames(names.OrderBy(one => one.Rank).Select(one => (one.Field, one.Name)));
                case JsonToken.ObjectStart or JsonToken.ArrayStart: path.Add(name); break;
                case JsonToken.ObjectEnd or JsonToken.ArrayEnd: path.RemoveAt(path.Count - 1); break;
                case JsonToken.Name: name = Encoding.UTF8.GetString(json.Value); break;
                case JsonToken.String:
                    var parts = LayoutCompiler.Parts(Encoding.UTF8.GetString(json.Value));
                    if (Field(parts) is (LineField.None, _)) break;
                    var (field, rank) = Field(parts);
                    names.Add((rank, field, string.Join('.', path.Skip(1).Append(name))));
                    break;
            }
        }
    }

    // A member is a field if it is one directive and nothing else; any notation of one time is a time.
    static (LineField, byte) Field(List<LayoutPart> parts) =>
        parts is [{ Kind: PartKind.Field } part] ? (part.Field, part.Rank)
        : parts is [{ Field: LineField.Path }, { Field: LineField.Query }] ? (LineField.Target, (byte)0)
        : parts.Exists(part => part.Kind == PartKind.Time) && parts.TrueForAll(part => part.Kind != PartKind.Field) ? (LineField.Time, (byte)0)
        : (LineField.None, (byte)0);

    // "status":$status becomes "status":"$status".
    static byte[] QuoteBareValues(string format)
    {
        var text = new StringBuilder();
        bool inString = false, bare = false;
        var braces = 0;
        for (var i = 0; i < format.Length; i++)
        {
            var c = format[i];
            if (bare && c == '{') braces++;
            else if (bare && c == '}' && braces > 0) braces--;
            else if (bare && braces == 0 && c is (',' or '}' or ']' or ' '))
            {
                text.Append('"');
                bare = false;
            }
            if (c == '"' && (i == 0 || format[i - 1] != '\\')) inString = !inString;
            else if (!inString && !bare && c is '$' or '%')
            {
                text.Append('"');
                bare = true;
            }
            text.Append(c);
        }
        return Encoding.UTF8.GetBytes(text.ToString());
    }
}
