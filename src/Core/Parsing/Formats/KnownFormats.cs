using LogMonitor.Core.Parsing.Fields;

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

    /// <summary>In the order in which <c>auto</c> tries them. No line fits two of those.</summary>
    public static readonly KnownFormat[] All =
    [
        new("access", times => new AccessFormat(times)),
        new("common", times => new AccessFormat(times, AccessShape.Common), Detected: false),
        new("combined", times => new AccessFormat(times, AccessShape.Combined), Detected: false),
        new("vhost_combined", times => new AccessFormat(times, AccessShape.VhostCombined), Detected: false),
        new("apache_error", times => new ApacheErrorFormat(times)),
        new("nginx_error", times => new NginxErrorFormat(times)),
        new("syslog", times => new SyslogFormat(times, new WebServerPayload(new AccessFormat(times), new NginxErrorFormat(times)))),
    ];

    /// <summary>The parsers for one stream, in the order in which they are tried.</summary>
    /// <exception cref="FormatException">There is no such format.</exception>
    public static LogFormat[] For(ParserOptions options)
    {
        var times = new TimeReader(options.Zone, options.ReferenceTime);
        if (options.Format == Auto) return [.. All.Where(format => format.Detected).Select(format => format.Create(times))];
        return All.FirstOrDefault(format => format.Name == options.Format) is { } known
            ? [known.Create(times)]
            : throw new FormatException($"'{options.Format}' is not a log format. Use {Auto} or one of: {string.Join(", ", All.Select(format => format.Name))}.");
    }
}
