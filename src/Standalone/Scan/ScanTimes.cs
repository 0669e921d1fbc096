using System.Globalization;
using LogMonitor.Core.Text;

namespace LogMonitor.Standalone.Scan;

/// <summary>Times and zones of the command line.</summary>
static class ScanTimes
{
    static readonly string[] local = ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF", "yyyy-MM-dd HH:mm", "yyyy-MM-dd HH:mm:ss.FFFFFFF"];
    static readonly string[] zoned = [.. local.Skip(1).SelectMany(format => new[] { format + "zzz", format + "'Z'" })];

    /// <summary>A time with its zone, or in the zone given.</summary>
    /// <exception cref="UserErrorException">It is none.</exception>
    public static DateTimeOffset? Parse(string option, string? text, TimeZoneInfo zone)
    {
        if (text is null) return null;
        if (DateTimeOffset.TryParseExact(text, zoned, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)) return time;
        if (DateTime.TryParseExact(text, local, CultureInfo.InvariantCulture, DateTimeStyles.None, out var wallClock))
            return new DateTimeOffset(wallClock, zone.GetUtcOffset(wallClock));
        throw new UserErrorException($"{option} must be a time such as 2026-11-01, 2026-11-01T09:30 or 2026-11-01T09:30:00+01:00, but is '{DisplayText.From(text, 100)}'.");
    }

    /// <exception cref="UserErrorException">There is none of that name.</exception>
    public static TimeZoneInfo FindZone(string name) => TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone)
        ? zone
        : throw new UserErrorException($"--timezone must be the name of a zone such as UTC or Europe/Berlin, but is '{DisplayText.From(name, 100)}'. 'timedatectl list-timezones' lists them; they are in the package tzdata.");
}
