using LogMonitor.Core.Parsing.Fields;
using LogMonitor.Core.Parsing.Formats.Layouts;

namespace LogMonitor.Core.Parsing.Formats;

/// <summary>A format by its name.</summary>
/// <param name="Name">As users write it.</param>
/// <param name="Create">Makes the parser for one stream.</param>
/// <param name="Detected">Whether <c>auto</c> tries it.</param>
sealed record KnownFormat(string Name, Func<TimeReader, LogFormat> Create, bool Detected = true);

/// <summary>Every format there is. A new one is a file beside this one, and a row here.</summary>
static class KnownFormats
{
    /// <summary>What <see cref="ParserOptions.Format"/> says when the lines are to decide.</summary>
    public const string Auto = "auto";

    /// <summary>In the order in which <c>auto</c> tries them first. No line fits two of those.</summary>
    public static readonly KnownFormat[] All =
    [
        new("access", times => new AccessFormat(times)),
        new("common", times => new AccessFormat(times, AccessShape.Common), Detected: false),
        new("combined", times => new AccessFormat(times, AccessShape.Combined), Detected: false),
        new("vhost_combined", times => new AccessFormat(times, AccessShape.VhostCombined), Detected: false),
        new("apache_error", times => new ApacheErrorFormat(times)),
        new("nginx_error", times => new NginxErrorFormat(times)),
        new("syslog", times => new SyslogFormat(times, WebServers(times))),
        new("syslog_rfc5424", times => new Rfc5424Format(times, WebServers(times))),
        new("json", times => new JsonFormat(times, JsonNames.Default)),
        new("w3c", _ => new W3CFormat()),
    ];

    // Format strings of formats above, which those read faster and more forgivingly than a compiled string does.
    static readonly Dictionary<string, string> Spellings = new()
    {
        ["""%h %l %u %t "%r" %>s %b"""] = "common",
        ["""%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i" """.TrimEnd()] = "combined",
        ["""%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-agent}i" """.TrimEnd()] = "combined",
        ["""%h %l %u %t "%r" %>s %O "%{Referer}i" "%{User-Agent}i" """.TrimEnd()] = "combined",
        ["""%v:%p %h %l %u %t "%r" %>s %O "%{Referer}i" "%{User-Agent}i" """.TrimEnd()] = "vhost_combined",
        ["""$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent" """.TrimEnd()] = "combined",
    };

    /// <summary>The parsers for one stream, in the order in which they are tried.</summary>
    /// <exception cref="FormatException">There is no such format.</exception>
    public static LogFormat[] For(ParserOptions options)
    {
        var times = new TimeReader(options.Zone, options.ReferenceTime);
        return options.Format == Auto ? [.. All.Where(format => format.Detected).Select(format => format.Create(times))] : [Create(options.Format, times)];
    }

    static LogFormat Create(string format, TimeReader times)
    {
        if (All.FirstOrDefault(known => known.Name == format) is { } named) return named.Create(times);
        if (After(format, "json:") is { } names) return new JsonFormat(times, JsonNames.Parse(names, position: 6));
        if ((After(format, "w3c:") ?? After(format, "#Fields:")) is { } columns) return new W3CFormat(columns);
        var text = FormatDirective.Unwrap(format);
        if (Spellings.TryGetValue(text.Replace("\\\"", "\"", StringComparison.Ordinal), out var spelled)) return Create(spelled, times);
        if (text.StartsWith('{') && text.EndsWith('}')) return new JsonFormat(times, JsonTemplate.Names(text.TrimStart('{', ' ').StartsWith('\\') ? text.Replace("\\\"", "\"", StringComparison.Ordinal) : text));
        return text.AsSpan().IndexOfAny('%', '$') >= 0 ? LayoutCompiler.Compile(text, times)
            : throw new FormatException($"'{format}' is not a log format. Use {Auto}, one of {string.Join(", ", All.Select(known => known.Name))}, an Apache LogFormat or nginx log_format string (%h …, $remote_addr …), json:field=name,… or w3c:columns….");
    }

    static string? After(string format, string prefix) => format.StartsWith(prefix, StringComparison.Ordinal) ? format[prefix.Length..].Trim() : null;

    static WebServerPayload WebServers(TimeReader times) =>
        new(new AccessFormat(times), new NginxErrorFormat(times), new JsonFormat(times, JsonNames.Default));
}
