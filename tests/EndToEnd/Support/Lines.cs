using System.Globalization;

namespace LogMonitor.EndToEnd.Tests.Support;

/// <summary>Log lines of 1 November 2026, from nine o'clock UTC on.</summary>
static class Lines
{
    static readonly DateTimeOffset nine = new(2026, 11, 1, 9, 0, 0, TimeSpan.Zero);

    /// <summary>A line of an access log, in the combined format.</summary>
    public static string Access(int second, int status, string path = "/", string client = "192.0.2.1") =>
        $"{client} - - [{Time(second, "dd/MMM/yyyy:HH:mm:ss")} +0000] \"GET {path} HTTP/1.1\" {status} 12 \"-\" \"test\"";

    /// <summary>A line of Apache's error log.</summary>
    public static string Error(int second, string message) =>
        $"[{Time(second, "ddd MMM dd HH:mm:ss.ffffff yyyy")}] [php:crit] [pid 9:tid 9] [client 192.0.2.1:4711] {message}";

    static string Time(int second, string format) => nine.AddSeconds(second).ToString(format, CultureInfo.InvariantCulture);
}
