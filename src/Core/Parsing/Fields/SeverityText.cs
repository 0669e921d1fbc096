namespace LogMonitor.Core.Parsing.Fields;

/// <summary>Severities by the names that servers give them.</summary>
static class SeverityText
{
    /// <summary>A level of Apache's or nginx's error log, such as <c>crit</c>; <see cref="Severity.None"/> where it is none.</summary>
    /// <remarks>https://httpd.apache.org/docs/2.4/mod/core.html#loglevel, https://nginx.org/en/docs/ngx_core_module.html#error_log</remarks>
    public static Severity FromLevel(ReadOnlySpan<byte> level) => level.Length switch
    {
        4 when level.SequenceEqual("info"u8) => Severity.Informational,
        4 when level.SequenceEqual("warn"u8) => Severity.Warning,
        4 when level.SequenceEqual("crit"u8) => Severity.Critical,
        5 when level.SequenceEqual("error"u8) => Severity.Error,
        5 when level.SequenceEqual("alert"u8) => Severity.Alert,
        5 when level.SequenceEqual("emerg"u8) => Severity.Emergency,
        5 when level.SequenceEqual("debug"u8) => Severity.Debug,
        6 when level.SequenceEqual("notice"u8) => Severity.Notice,
        6 when level.StartsWith("trace"u8) && level[5] is >= (byte)'1' and <= (byte)'8' => Severity.Debug,
        _ => Severity.None,
    };

    /// <summary>The severity that a syslog message names by itself (<c>error: …</c>, <c>&lt;warn&gt; …</c>), where no priority says it.</summary>
    public static Severity FromMessage(ReadOnlySpan<byte> message)
    {
        if (message.Length < 5) return Severity.None;
        if (message[0] == '<')
        {
            var close = message[..Math.Min(message.Length, 12)].IndexOf((byte)'>');
            return close > 0 ? FromWord(message[1..close]) : Severity.None;
        }
        var colon = message[..Math.Min(message.Length, 12)].IndexOf((byte)':');
        return colon > 0 ? FromWord(message[..colon].TrimEnd("123"u8)) : Severity.None;
    }

    /// <summary>The severity that a word means, in any case and in the short and the long form; <see cref="Severity.None"/> where it means none.</summary>
    public static Severity FromWord(ReadOnlySpan<byte> word) =>
        Is(word, "error"u8) || Is(word, "err"u8) || Is(word, "severe"u8) ? Severity.Error
        : Is(word, "warning"u8) || Is(word, "warn"u8) ? Severity.Warning
        : Is(word, "info"u8) || Is(word, "informational"u8) || Is(word, "information"u8) ? Severity.Informational
        : Is(word, "fatal"u8) || Is(word, "critical"u8) || Is(word, "crit"u8) ? Severity.Critical
        : Is(word, "debug"u8) || Is(word, "trace"u8) ? Severity.Debug
        : Is(word, "notice"u8) ? Severity.Notice
        : Is(word, "alert"u8) ? Severity.Alert
        : Is(word, "emerg"u8) || Is(word, "emergency"u8) || Is(word, "panic"u8) ? Severity.Emergency
        : Severity.None;

    static bool Is(ReadOnlySpan<byte> word, ReadOnlySpan<byte> name) => Ascii.EqualsIgnoreCase(word, name);
}
