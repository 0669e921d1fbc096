namespace LogMonitor.Core.Parsing.Formats.Layouts;

/// <summary>The format within Apache's <c>%{format}t</c>.</summary>
/// <remarks>Sources: https://httpd.apache.org/docs/2.4/mod/mod_log_config.html#formats, strftime(3). Apache writes times in the C locale, whatever the system's is.</remarks>
static class Strftime
{
    const string Allowed = "%a %A %b %B %c %C %d %D %e %F %g %G %h %H %I %j %k %l %m %M %n %p %P %r %R %s %S %t %T %u %U %V %w %W %x %X %y %Y %z %Z %%, or one of sec, msec, usec, msec_frac, usec_frac";

    /// <param name="format">The text between the braces.</param>
    /// <param name="position">Of its first character within what the user wrote, from 1.</param>
    /// <exception cref="FormatException">It has a conversion that is none.</exception>
    public static IEnumerable<LayoutPart> Parts(string format, int position)
    {
        foreach (var prefix in (ReadOnlySpan<string>)["begin:", "end:"])
        {
            if (!format.StartsWith(prefix, StringComparison.Ordinal)) continue;
            format = format[prefix.Length..];
            position += prefix.Length;
            break;
        }
        List<LayoutPart> parts = [];
        var whole = format switch
        {
            "" => TimePart.Clf,
            "sec" => TimePart.EpochSeconds,
            "msec" => TimePart.EpochMilliseconds,
            "usec" => TimePart.EpochMicroseconds,
            "msec_frac" => TimePart.MillisecondFraction,
            "usec_frac" => TimePart.MicrosecondFraction,
            _ => TimePart.None,
        };
        if (whole != TimePart.None)
        {
            if (whole == TimePart.Clf) parts.Add(Literal("["));
            parts.Add(Time(whole));
            if (whole == TimePart.Clf) parts.Add(Literal("]"));
            return parts;
        }
        for (var i = 0; i < format.Length; i++)
        {
            if (format[i] != '%')
            {
                parts.Add(Literal(format[i].ToString()));
                continue;
            }
            if (++i == format.Length) throw new FormatException($"The time format ends with '%' at position {position + i - 1}: a letter must follow. Allowed: {Allowed}.");
            var expanded = Expand(format[i]);
            foreach (var c in expanded)
                parts.Add(Convert(c) is not TimePart.None and var part ? Time(part) with { Position = position + i - 1 }
                    : expanded.Length > 1 || c is '%' or '\n' or '\t' ? Literal(c.ToString())
                    : throw new FormatException($"The time format has '%{c}' at position {position + i - 1}, which is unknown. Allowed: {Allowed}."));
        }
        return parts;
    }

    static string Expand(char conversion) => conversion switch { 'c' => "a b e H:M:S Y", 'r' => "I:M:S p", 'x' or 'D' => "m/d/y", 'F' => "Y-m-d", 'R' => "H:M", 'X' or 'T' => "H:M:S", 'n' => "\n", 't' => "\t", _ => conversion.ToString() };

    static TimePart Convert(char conversion) => conversion switch
    {
        'a' or 'A' => TimePart.WeekdayName,
        'b' or 'B' or 'h' => TimePart.MonthName,
        'd' or 'e' => TimePart.Day,
        'H' or 'k' => TimePart.Hour,
        'I' or 'l' => TimePart.HourOfHalfDay,
        'j' => TimePart.DayOfYear,
        'm' => TimePart.Month,
        'M' => TimePart.Minute,
        'p' or 'P' => TimePart.HalfDay,
        's' => TimePart.EpochSeconds,
        'S' => TimePart.Second,
        'u' or 'w' => TimePart.WeekdayNumber,
        'C' or 'g' or 'U' or 'V' or 'W' => TimePart.TwoDigits,
        'G' => TimePart.FourDigits,
        'y' => TimePart.YearOfCentury,
        'Y' => TimePart.Year,
        'z' => TimePart.Offset,
        'Z' => TimePart.ZoneName,
        _ => TimePart.None,
    };

    static LayoutPart Literal(string text) => new(PartKind.Literal) { Text = text };

    static LayoutPart Time(TimePart part) => new(PartKind.Time) { Time = part };
}
