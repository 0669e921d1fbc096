using System.Globalization;

namespace LogMonitor.Shipper.Commands;

/// <summary>Amounts as people read them.</summary>
static class Amount
{
    static readonly string[] units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];

    public static string OfBytes(long bytes)
    {
        double amount = bytes;
        var unit = 0;
        for (; amount >= 1024 && unit < units.Length - 1; unit++) amount /= 1024;
        return string.Create(CultureInfo.InvariantCulture, $"{(unit == 0 ? amount.ToString("0", CultureInfo.InvariantCulture) : amount.ToString("0.0", CultureInfo.InvariantCulture))} {units[unit]}");
    }

    public static string OfSeconds(double seconds)
    {
        var span = TimeSpan.FromSeconds(seconds);
        return string.Create(CultureInfo.InvariantCulture, $"{(span.TotalDays >= 1 ? $"{(int)span.TotalDays} d {span.Hours} h" : span.TotalHours >= 1 ? $"{span.Hours} h {span.Minutes} m" : span.TotalMinutes >= 1 ? $"{span.Minutes} m {span.Seconds} s" : $"{(int)span.TotalSeconds} s")}");
    }
}
