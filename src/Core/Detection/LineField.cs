using System.Globalization;
using System.Text;
using LogMonitor.Core.Parsing;
using LogMonitor.Core.Text;

namespace LogMonitor.Core.Detection;

/// <summary>A field of a line by the name that rules use: the W3C extended names that Sigma's web server rules are written in, and aliases.</summary>
sealed class LineField
{
    public delegate ReadOnlySpan<byte> TextOf(in LogLine line);
    public delegate long NumberOf(in LogLine line);

    readonly TextOf? text;
    readonly NumberOf? number;

    LineField(string name, TextOf text) => (Name, this.text) = (name, text);

    LineField(string name, NumberOf number) => (Name, this.number) = (name, number);

    public string Name { get; }

    public bool IsNumber => number is not null;

    /// <summary>Empty where the line has none, or the field is a number.</summary>
    public ReadOnlySpan<byte> GetText(in LogLine line) => text is null ? default : text(line);

    public bool TryGetNumber(in LogLine line, out long value)
    {
        value = number is null ? -1 : number(line);
        return value >= 0;
    }

    /// <summary>Writes the value in display form, as UTF-8, for group-by keys and messages; <c>-</c> where the line has none. Returns how many bytes, at most <see cref="MaxDisplayBytes"/>.</summary>
    public int WriteDisplay(in LogLine line, Span<byte> destination)
    {
        if (TryGetNumber(line, out var value)) return value.TryFormat(destination, out var digits, default, CultureInfo.InvariantCulture) ? digits : 0;
        var bytes = GetText(line);
        if (bytes.IsEmpty) bytes = "-"u8;
        var isLong = bytes.Length > MaxDisplay;
        if (isLong && !bytes[..MaxDisplay].ContainsAnyExceptInRange((byte)' ', (byte)'~'))
        {
            bytes[..MaxDisplay].CopyTo(destination);
            "…"u8.CopyTo(destination[MaxDisplay..]);
            return MaxDisplay + "…"u8.Length;
        }
        // Nearly all values are their own display form.
        if (isLong || bytes.ContainsAnyExceptInRange((byte)' ', (byte)'~'))
            return Encoding.UTF8.GetBytes(DisplayText.From(bytes, MaxDisplay).ToString(), destination);
        bytes.CopyTo(destination);
        return bytes.Length;
    }

    /// <summary>The longest display form, in bytes: an ellipsis behind, and no character takes more than three bytes of UTF-8.</summary>
    public const int MaxDisplayBytes = 3 * (MaxDisplay + 1);

    /// <summary>The name of the HTTP status.</summary>
    public const string Status = "sc-status";

    /// <summary>A group-by value's length in characters; longer values that begin alike are one group.</summary>
    const int MaxDisplay = 120;

    static readonly LineField[] all =
    [
        new("c-ip", (in line) => line.Client),
        new("cs-username", (in line) => line.User),
        new("cs-method", (in line) => line.Method),
        new("cs-uri", (in line) => line.Target),
        new("cs-uri-stem", (in line) => line.Path),
        new("cs-uri-query", (in line) => line.Query),
        new("cs-version", (in line) => line.Protocol),
        new("cs-host", (in line) => line.VirtualHost),
        new("cs-referer", (in line) => line.Referer),
        new("cs-user-agent", (in line) => line.UserAgent),
        new(Status, (in line) => line.Status > 0 ? line.Status : -1),
        new("sc-bytes", (in line) => line.Bytes),
        new("time-taken", (in line) => line.DurationMicroseconds),
        new("process", (in line) => line.Process),
        new("message", (in line) => line.Message),
        new("severity", (in line) => line.Severity == Severity.None ? -1 : (long)line.Severity),
    ];

    static readonly Dictionary<string, LineField> byName = all.ToDictionary(known => known.Name, StringComparer.OrdinalIgnoreCase);

    static readonly Dictionary<string, string> aliases = new(StringComparer.OrdinalIgnoreCase)
    {
        ["src_ip"] = "c-ip",
        ["user"] = "cs-username",
        ["cs-bytes"] = "sc-bytes",
        ["c-useragent"] = "cs-user-agent",
    };

    public static IEnumerable<string> Names => all.Select(known => known.Name).Concat(aliases.Keys);

    public static LineField? Find(string name) => byName.GetValueOrDefault(aliases.GetValueOrDefault(name, name));
}
