using System.Globalization;
using LogMonitor.Core.Parsing;

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

    /// <summary>The value as text, for group-by keys and messages; null where the line has none.</summary>
    public string? Format(in LogLine line)
    {
        if (TryGetNumber(line, out var value)) return value.ToString(CultureInfo.InvariantCulture);
        var bytes = GetText(line);
        return bytes.IsEmpty ? null : Text.DisplayText.From(bytes, MaxGroupValue).ToString();
    }

    /// <summary>Bytes of a text that <see cref="Format"/> can look at: what is behind them does not change the result.</summary>
    public const int MaxFormattedBytes = 4 * MaxGroupValue;

    /// <summary>The name of the HTTP status.</summary>
    public const string Status = "sc-status";

    /// <summary>A group-by value's length in characters; longer values that begin alike are one group.</summary>
    const int MaxGroupValue = 120;

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
