using LogMonitor.Core.Parsing.Fields;

namespace LogMonitor.Core.Parsing.Formats.Layouts;

/// <summary>Apache's <c>LogFormat</c> strings, with or without the backslashes that its configuration wants before quotes.</summary>
/// <remarks>Source: https://httpd.apache.org/docs/2.4/mod/mod_log_config.html#formats, mod_logio (<c>%I %O %S %^FB</c>) and mod_ssl (<c>%{Name}x %{Name}c</c>).</remarks>
static class ApacheLayout
{
    const string Allowed = "%h %a %A %l %u %t %{format}t %r %m %U %q %H %s %>s %b %B %I %O %S %D %T %{us}T %v %V %p %P %f %k %L %R %X %{Name}i %{Name}o %{Name}C %{Name}e %{Name}n %{Name}x %{Name}c %{Name}^ti %{Name}^to %^FB %%";

    /// <exception cref="FormatException">It has a directive that is none; the message says which and where.</exception>
    public static List<LayoutPart> Parts(string format)
    {
        List<LayoutPart> parts = [];
        for (var i = 0; i < format.Length; i++)
        {
            var c = format[i];
            if (c == '\\' && i + 1 < format.Length && format[i + 1] is '"' or '\\' or 't' or 'n')
            {
                i++;
                parts.Add(new LayoutPart(PartKind.Literal) { Text = format[i] switch { 't' => "\t", 'n' => "\n", var plain => plain.ToString() } });
            }
            else if (c != '%') parts.Add(new LayoutPart(PartKind.Literal) { Text = c.ToString() });
            else parts.AddRange(Directive(format, ref i));
        }
        return parts;
    }

    // "%", modifiers and an argument in any order, a letter; i stands on the "%" before, and on the directive's last character behind.
    static IEnumerable<LayoutPart> Directive(string format, ref int i)
    {
        var start = i++;
        string? argument = null;
        var argumentAt = 0;
        var final = false;
        for (; i < format.Length; i++)
        {
            if (format[i] == '{')
            {
                var close = format.IndexOf('}', i);
                if (close < 0) throw new FormatException($"The log format has '{format[start..]}' at position {start + 1}: its '{{' has no '}}'.");
                argumentAt = i + 1;
                argument = format[argumentAt..close];
                i = close;
            }
            else if (format[i] == '>') final = true;
            // "%!200,304{Referer}i": only for some statuses; "-" for the others.
            else if (format[i] is not ('<' or '!' or ',' or (>= '0' and <= '9'))) break;
        }
        if (i == format.Length) throw new FormatException($"The log format ends within '{format[start..]}' at position {start + 1}: a directive's letter must follow. Allowed: {Allowed}.");
        var letter = format[i];
        if (letter == '^')
        {
            if (i + 2 >= format.Length || format.AsSpan(i + 1, 2) is not ("ti" or "to" or "FB")) throw Unknown(format, start, Math.Min(i + 2, format.Length - 1));
            i += 2;
        }
        if (letter == '%') return [new LayoutPart(PartKind.Literal) { Text = "%" }];
        if (letter == 't') return Strftime.Parts(argument ?? "", argumentAt + 1);
        if (Field(letter, argument, final) is not { } part) throw Unknown(format, start, i);
        return [part with { Directive = format[start..(i + 1)], Position = start + 1 }];
    }

    static FormatException Unknown(string format, int start, int end) =>
        new($"The log format has '{format[start..(end + 1)]}' at position {start + 1}, which is no directive of Apache's LogFormat. Allowed: {Allowed}.");

    static LayoutPart? Field(char letter, string? argument, bool final) => letter switch
    {
        'h' => Of(LineField.Client),
        'a' => Of(LineField.Client, argument == "c" ? 2 : 0),
        'u' => Of(LineField.User),
        'r' => Of(LineField.Request),
        'm' => Of(LineField.Method),
        'U' => Of(LineField.Path) with { Begins = (byte)'/' },
        'q' => Of(LineField.Query) with { Begins = (byte)'?' },
        'H' => Of(LineField.Protocol),
        's' => Of(LineField.Status, final ? 0 : 1),
        'b' or 'B' => Of(LineField.Bytes),
        'O' => Of(LineField.Bytes, 1),
        'D' => Of(LineField.Microseconds),
        'T' => argument switch { "us" => Of(LineField.Microseconds, 1), "ms" => Of(LineField.Milliseconds, 2), _ => Of(LineField.Seconds, 3) },
        'v' => Of(LineField.VirtualHost),
        'V' => Of(LineField.VirtualHost, 1),
        'p' => Of(argument == "remote" ? LineField.ClientPort : LineField.None),
        'P' => Of(argument is null or "pid" ? LineField.ProcessId : LineField.None),
        'i' when argument is not null => Header(argument),
        '^' when argument is null => Of(LineField.None),
        'o' or 'e' or 'n' or 'x' or 'c' or 'C' or '^' when argument is not null => Of(LineField.None) with { IsList = true },
        'l' or 'A' or 'I' or 'S' or 'f' or 'k' or 'L' or 'R' or 'X' => Of(LineField.None),
        _ => null,
    };

    // Field names are case-insensitive (RFC 9110 section 5.1).
    static LayoutPart Header(string name) => name.ToUpperInvariant() switch
    {
        "REFERER" => Of(LineField.Referer),
        "USER-AGENT" => Of(LineField.UserAgent),
        "HOST" => Of(LineField.VirtualHost, 2),
        // Whoever logs these and no address has a proxy in front; beside an address they prove nothing.
        "X-FORWARDED-FOR" => Of(LineField.Client, 4) with { IsList = true },
        "X-REAL-IP" => Of(LineField.Client, 3),
        _ => Of(LineField.None) with { IsList = true },
    };

    static LayoutPart Of(LineField field, int rank = 0) => new(PartKind.Field) { Field = field, Rank = (byte)rank };
}
