using LogMonitor.Core.Parsing.Fields;

namespace LogMonitor.Core.Parsing.Formats;

/// <summary>
/// The W3C's extended log file format, as IIS and CloudFront write it: columns that a <c>#Fields:</c> line names,
/// between single spaces or tabs, in UTC.
/// </summary>
/// <remarks>
/// Sources: https://www.w3.org/TR/WD-logfile.html, https://learn.microsoft.com/iis/configuration/system.applicationhost/sites/sitedefaults/logfile. <br/>
/// The header stands once, at the beginning of the file. Where it has not been seen (a later piece of the file),
/// a line with as many columns as IIS writes by default is read as those.
/// </remarks>
sealed class W3CFormat : LogFormat
{
    const int MaxColumns = 64;

    static readonly (string Name, LineField Field)[] KnownColumns =
    [
        ("date", LineField.Date),
        ("time", LineField.TimeOfDay),
        ("c-ip", LineField.Client),
        ("c-port", LineField.ClientPort),
        ("cs-username", LineField.User),
        ("cs-method", LineField.Method),
        ("cs-uri-stem", LineField.Path),
        ("cs-uri-query", LineField.Query),
        ("cs-uri", LineField.Target),
        ("cs-version", LineField.Protocol),
        ("cs-protocol-version", LineField.Protocol),
        ("cs-host", LineField.VirtualHost),
        ("cs(Host)", LineField.VirtualHost),
        ("sc-status", LineField.Status),
        ("sc-bytes", LineField.Bytes),
        ("cs(User-Agent)", LineField.UserAgent),
        ("cs(Referer)", LineField.Referer),
        ("time-taken", LineField.Milliseconds),
    ];

    static readonly LineField[] IisDefault = Columns("date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) sc-status sc-substatus sc-win32-status time-taken"u8);
    static readonly LineField[] OlderIisDefault = Columns("date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) sc-status sc-substatus sc-win32-status time-taken"u8);

    readonly LineField[] columns = new LineField[MaxColumns];
    int count;
    long headerDate = LogLine.NoTime;

    /// <summary>With the columns that a header line names.</summary>
    public W3CFormat()
    {
    }

    /// <summary>With these columns, until a header line names others.</summary>
    /// <param name="fields">The columns, as behind <c>#Fields:</c>.</param>
    /// <exception cref="FormatException">It names too many columns, or none that is known.</exception>
    public W3CFormat(string fields)
    {
        var names = System.Text.Encoding.UTF8.GetBytes(fields);
        if (!SetColumns(names)) throw new FormatException($"'{fields}' are not the columns of a W3C log. Give 1 to {MaxColumns} names as behind its '#Fields:', between spaces, such as: date time c-ip cs-method cs-uri-stem cs-uri-query sc-status.");
    }

    /// <inheritdoc/>
    public override Fit Parse(ReadOnlySpan<byte> text, ref LogLine line)
    {
        if (text.Length < 8) return Fit.No;
        if (text[0] == '#') return ReadDirective(text, ref line);
        if (count > 0) return ReadLine(text, columns.AsSpan(0, count), ref line);
        if (!Digits.At(text, 0) || text[4] != '-') return Fit.No;
        var fit = ReadLine(text, IisDefault, ref line);
        if (fit != Fit.No) return fit;
        line = new LogLine(line.Raw);
        return ReadLine(text, OlderIisDefault, ref line);
    }

    Fit ReadLine(ReadOnlySpan<byte> text, ReadOnlySpan<LineField> fields, ref LogLine line)
    {
        var rest = text;
        long date = headerDate, timeOfDay = LogLine.NoTime;
        var requests = 0;
        for (var i = 0; i < fields.Length; i++)
        {
            if (rest.IsEmpty && i > 0) return Fit.No;
            var value = Take(ref rest, last: i == fields.Length - 1);
            switch (fields[i])
            {
                case LineField.Date:
                    date = TimeReader.ReadDate(value);
                    break;
                case LineField.TimeOfDay:
                    timeOfDay = TimeReader.ReadTimeOfDay(value);
                    if (timeOfDay == LogLine.NoTime) return Fit.No;
                    break;
                // IIS counts milliseconds, others seconds with a fraction.
                case LineField.Milliseconds when value.Contains((byte)'.'):
                    if (!FieldSetter.TrySet(LineField.Seconds, value, ref line)) return Fit.No;
                    break;
                default:
                    if (!FieldSetter.TrySet(fields[i], value, ref line)) return Fit.No;
                    if (fields[i] is LineField.Method or LineField.Path or LineField.Target or LineField.Status) requests++;
                    break;
            }
        }
        if (!rest.IsEmpty || requests == 0) return Fit.No;
        FieldSetter.CompleteTarget(text, ref line);
        line.Class = LineClass.Access;
        line.Format = "w3c";
        line.Time = date == LogLine.NoTime || timeOfDay == LogLine.NoTime ? LogLine.NoTime : date + timeOfDay;
        return line.Time == LogLine.NoTime ? Fit.BadTime : Fit.Yes;
    }

    // A value ends at a space or tab; in quotes it may hold both. A line with a space too many does not fit.
    static ReadOnlySpan<byte> Take(scoped ref ReadOnlySpan<byte> rest, bool last)
    {
        ReadOnlySpan<byte> value;
        if (rest.Length > 1 && rest[0] == '"' && Quoted.Close(rest, 1) is > 0 and var close)
        {
            value = rest[1..close];
            rest = rest[(close + 1)..];
            if (!rest.IsEmpty) rest = rest[1..];
            return value;
        }
        var end = rest.IndexOfAny((byte)' ', (byte)'\t');
        value = end < 0 ? rest : rest[..end];
        rest = end < 0 ? default : rest[(end + 1)..];
        if (last && rest.TrimEnd((byte)' ').IsEmpty) rest = default;
        return value;
    }

    Fit ReadDirective(ReadOnlySpan<byte> text, ref LogLine line)
    {
        var body = text[1..];
        if (Ascii.Skip(ref body, "Fields:"u8))
        {
            if (!SetColumns(body)) return Fit.No;
        }
        else if (Ascii.Skip(ref body, "Date:"u8)) headerDate = TimeReader.ReadDate(body.Trim((byte)' '));
        else if (!body.StartsWith("Software:"u8) && !body.StartsWith("Version:"u8) && !body.StartsWith("Start-Date:"u8) && !body.StartsWith("End-Date:"u8) && !body.StartsWith("Remark:"u8)) return Fit.No;
        line.Format = "w3c";
        return Fit.Header;
    }

    bool SetColumns(ReadOnlySpan<byte> names)
    {
        Span<LineField> found = stackalloc LineField[MaxColumns];
        var number = 0;
        var known = 0;
        foreach (var range in names.SplitAny((byte)' ', (byte)'\t'))
        {
            var name = names[range];
            if (name.IsEmpty) continue;
            if (number == MaxColumns) return false;
            found[number] = Column(name);
            if (found[number++] != LineField.None) known++;
        }
        if (known == 0) return false;
        found[..number].CopyTo(columns);
        count = number;
        return true;
    }

    static LineField[] Columns(ReadOnlySpan<byte> names)
    {
        List<LineField> fields = [];
        foreach (var range in names.Split((byte)' ')) fields.Add(Column(names[range]));
        return [.. fields];
    }

    static LineField Column(ReadOnlySpan<byte> name)
    {
        foreach (var (known, field) in KnownColumns)
            if (System.Text.Ascii.Equals(name, known)) return field;
        return LineField.None;
    }
}
