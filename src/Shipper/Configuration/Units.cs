using System.Buffers;
using System.Globalization;
using System.Net;

namespace LogMonitor.Shipper.Configuration;

/// <summary>Values with units, as administrators write them. What can't be read throws with what is allowed.</summary>
static class Units
{
    static readonly SearchValues<char> numeric = SearchValues.Create("0123456789.");

    /// <summary><c>4 MiB</c>, <c>512 KiB</c>, <c>65536</c>.</summary>
    public static Func<string, int> Bytes(int least, int most) => text => (int)LongBytes(least, most)(text);

    /// <summary>As <see cref="Bytes"/>, and <c>1 GiB</c>.</summary>
    public static Func<string, long> LongBytes(long least, long most) => text =>
    {
        var allowed = $"allowed are {Shown(least)} to {Shown(most)}, such as 4 MiB";
        var (number, unit) = Split(text);
        var factor = unit.ToUpperInvariant() switch { "" or "B" => 1L, "KIB" => 1 << 10, "MIB" => 1 << 20, "GIB" => 1 << 30, _ => throw new FormatException($"{allowed}; units are B, KiB, MiB and GiB") };
        return number * factor is var bytes && bytes >= least && bytes <= most && bytes == Math.Floor(bytes) ? (long)bytes : throw new FormatException(allowed);
    };

    /// <summary><c>30 s</c>, <c>500 ms</c>, <c>2 m</c>, <c>1 h</c>.</summary>
    public static Func<string, TimeSpan> Duration(TimeSpan least, TimeSpan most) => text =>
    {
        var allowed = $"allowed are {Shown(least)} to {Shown(most)}, such as 30 s";
        var (number, unit) = Split(text);
        var milliseconds = number * unit switch { "ms" => 1, "s" => 1_000, "m" => 60_000, "h" => 3_600_000, _ => throw new FormatException($"{allowed}; units are ms, s, m and h") };
        return milliseconds >= least.TotalMilliseconds && milliseconds <= most.TotalMilliseconds ? TimeSpan.FromMilliseconds(milliseconds) : throw new FormatException(allowed);
    };

    /// <summary><c>true</c> or <c>false</c>.</summary>
    public static bool YesNo(string text) => text switch { "true" => true, "false" => false, _ => throw new FormatException("allowed are true and false") };

    /// <summary><c>127.0.0.1:19464</c>, <c>[::1]:19464</c>; null for <c>none</c>.</summary>
    public static IPEndPoint? Endpoint(string text)
    {
        if (text == "none") return null;
        // Without the colon it would be an address with port 0.
        return text.Contains(':', StringComparison.Ordinal) && IPEndPoint.TryParse(text, out var endpoint) && text.EndsWith($":{endpoint.Port}", StringComparison.Ordinal)
            ? endpoint
            : throw new FormatException("it must be an address and a port, such as 127.0.0.1:19464, or none");
    }

    static (double Number, string Unit) Split(string text)
    {
        var digits = text.AsSpan().IndexOfAnyExcept(numeric) is >= 0 and var end ? end : text.Length;
        return double.TryParse(text.AsSpan(0, digits), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            ? (number, text[digits..].Trim())
            : (double.NaN, text[digits..].Trim());
    }

    static string Shown(long bytes) => bytes >= 1 << 30 ? $"{bytes >> 30} GiB" : bytes >= 1 << 20 ? $"{bytes >> 20} MiB" : bytes >= 1 << 10 ? $"{bytes >> 10} KiB" : $"{bytes} B";

    static string Shown(TimeSpan span) => span.TotalHours >= 1 ? $"{span.TotalHours:0} h" : span.TotalMinutes >= 1 ? $"{span.TotalMinutes:0} m" : span.TotalSeconds >= 1 ? $"{span.TotalSeconds:0} s" : $"{span.TotalMilliseconds:0} ms";
}
