using System.Globalization;

namespace LogMonitor.Core.Text;

/// <summary>Numbers and times in words, for people.</summary>
public static class Wording
{
    /// <summary>A span in its largest unit that divides it: <c>90 seconds</c>, <c>1 minute</c>, <c>2 hours</c>.</summary>
    public static string InWords(this TimeSpan span)
    {
        var (count, unit) = span.Ticks switch
        {
            > 0 and var t when t % TimeSpan.TicksPerDay == 0 => (t / TimeSpan.TicksPerDay, "day"),
            > 0 and var t when t % TimeSpan.TicksPerHour == 0 => (t / TimeSpan.TicksPerHour, "hour"),
            > 0 and var t when t % TimeSpan.TicksPerMinute == 0 => (t / TimeSpan.TicksPerMinute, "minute"),
            var t => (t / TimeSpan.TicksPerSecond, "second"),
        };
        return Counted(count, unit);
    }

    /// <summary><c>1 line</c>, <c>2 lines</c>, <c>12,345 lines</c>; the plural by adding <c>s</c>, or <c>es</c> behind a sibilant.</summary>
    public static string Counted(long count, string noun) =>
        string.Create(CultureInfo.InvariantCulture, $"{count:N0} {noun}{(count == 1 ? "" : noun.EndsWith("ch", StringComparison.Ordinal) ? "es" : "s")}");
}
