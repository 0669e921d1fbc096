using System.Globalization;
using System.Text;
using LogMonitor.Core.Parsing;
using LogMonitor.Core.Parsing.Fields;
using LogMonitor.Core.Parsing.Formats;
using LogMonitor.Core.Parsing.Formats.Layouts;

namespace LogMonitor.Core.Tests.Parsing;

/// <summary>Parses lines for tests, and writes a parsed line as text: the fields it has, in a fixed order, each as <c>name=value</c>.</summary>
static class Describe
{
    public static readonly DateTimeOffset Reference = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public static LineParser Parser(string format = "auto", TimeZoneInfo? zone = null, DateTimeOffset? reference = null) =>
        new(new ParserOptions { Format = format, Zone = zone ?? TimeZoneInfo.Utc, ReferenceTime = reference ?? Reference });

    public static string Line(string text, string format = "auto") => Line(Parser(format), text);

    /// <summary>By the compiled format string, even where a faster parser stands for it.</summary>
    public static string CompiledLine(string text, string format)
    {
        var raw = Encoding.Latin1.GetBytes(text);
        var line = new LogLine(raw);
        var fit = LayoutCompiler.Compile(format, new TimeReader(TimeZoneInfo.Utc, Reference)).Parse(raw, ref line);
        return fit == Fit.Yes ? Fields(line) : fit.ToString();
    }

    /// <summary>Every character of the text is one byte (Latin-1), so that a test can write any byte.</summary>
    public static string Line(LineParser parser, string text)
    {
        parser.Parse(Encoding.Latin1.GetBytes(text), out var line);
        return Fields(line);
    }

    public static string Time(LineParser parser, string text)
    {
        parser.Parse(Encoding.Latin1.GetBytes(text), out var line);
        return Time(line.Time);
    }

    /// <summary>The fields without the format's name.</summary>
    public static string Values(LogLine line) => Fields(line).Replace($" {line.Format} ", " ", StringComparison.Ordinal);

    public static string Fields(LogLine line)
    {
        if (line.Class == LineClass.Unknown) return "unknown " + line.Reason;
        var text = new StringBuilder(line.Class == LineClass.Access ? "access " : "error ").Append(line.Format).Append(' ').Append(Time(line.Time));
        void Add(string name, string value)
        {
            if (value.Length > 0) text.Append(CultureInfo.InvariantCulture, $" {name}={value}");
        }
        Add("client", Latin(line.Client));
        Add("port", line.ClientPort > 0 ? line.ClientPort.ToString(CultureInfo.InvariantCulture) : "");
        Add("user", Latin(line.User));
        Add("method", Latin(line.Method));
        Add("target", line.Target.SequenceEqual(line.Path) ? "" : Latin(line.Target));
        Add("path", Latin(line.Path));
        Add("query", Latin(line.Query));
        Add("protocol", Latin(line.Protocol));
        Add("host", Latin(line.VirtualHost));
        Add("status", line.Status > 0 ? line.Status.ToString(CultureInfo.InvariantCulture) : "");
        Add("bytes", line.Bytes >= 0 ? line.Bytes.ToString(CultureInfo.InvariantCulture) : "");
        Add("referer", Latin(line.Referer));
        Add("agent", Latin(line.UserAgent));
        Add("micros", line.DurationMicroseconds >= 0 ? line.DurationMicroseconds.ToString(CultureInfo.InvariantCulture) : "");
        Add("severity", line.Severity == Severity.None ? "" : line.Severity.ToString());
        Add("process", Latin(line.Process));
        Add("pid", line.ProcessId > 0 ? line.ProcessId.ToString(CultureInfo.InvariantCulture) : "");
        Add("message", Latin(line.Message));
        return text.ToString();
    }

    static string Latin(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);

    static string Time(long time) => time == LogLine.NoTime ? "no-time"
        : DateTimeOffset.FromUnixTimeMilliseconds(time).ToString("yyyy-MM-dd'T'HH:mm:ss.FFF'Z'", CultureInfo.InvariantCulture);
}
