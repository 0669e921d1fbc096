using System.Globalization;
using System.Text;
using LogMonitor.Shipper.Upload;

namespace LogMonitor.Shipper.Health;

/// <summary>The status in Prometheus' text format, version 0.0.4.</summary>
static class Metrics
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    const string Prefix = "logmonitor_shipper_";

    public static string Of(ShipperStatus status)
    {
        var text = new StringBuilder();
        Gauge(text, "build_info", "1, with the version that runs.", [("version", status.Version, 1)], "version");
        Gauge(text, "start_time_seconds", "When the process started, in seconds since 1970.", Seconds(status.StartedAt));
        Counter(text, "bytes_total", "Raw bytes of chunks that are stored.", status.Bytes);
        Counter(text, "uploaded_bytes_total", "Compressed bytes that were uploaded.", status.UploadedBytes);
        Counter(text, "lines_total", "Lines in chunks that are stored.", status.Lines);
        Counter(text, "chunks_total", "Chunks that are stored.", status.Chunks);
        Counter(text, "chunks_already_stored_total", "Chunks that an earlier try had stored.", status.AlreadyStored);
        Counter(text, "retries_total", "Uploads that failed and are tried again.", status.Failures.Values.Sum());
        Family(text, "errors_total", "counter", "Uploads that failed, by kind.");
        foreach (var kind in Enum.GetValues<FaultKind>())
            if (kind != FaultKind.None) Sample(text, "errors_total", ("kind", Name(kind)), status.Failures.GetValueOrDefault(kind));
        Counter(text, "reloads_refused_total", "Configurations that were read again and could not be used.", status.RefusedReloads);
        Gauge(text, "last_success_time_seconds", "When a chunk was stored last, in seconds since 1970; 0 for not yet.", Seconds(status.LastUploadAt));
        Gauge(text, "troubles", "What is wrong now, as /healthz says it.", status.Troubles.Count);
        Counter(text, "lost_bytes_total", "Bytes of followed files that were not stored and are gone; each loss is in the log.", status.LostBytes);
        Gauge(text, "held_deleted_bytes", "On disk in files that were deleted and whose rest is not stored yet.", status.HeldBytes);
        Gauge(text, "files", "Files that are open.", status.Files.Count);
        Files(text, "file_lag_bytes", "Bytes of a file that are not stored yet.", status, file => file.LagBytes);
        Files(text, "file_lag_seconds", "How long the oldest complete line of a file that is not stored waits.", status, file => file.LagSeconds);
        return text.ToString();
    }

    // A name may have several lives at once: one that grows, and rotated ones that are shipped to their ends.
    static void Files(StringBuilder text, string name, string help, ShipperStatus status, Func<FileStatus, double> value) =>
        Gauge(text, name, help, [.. status.Files.GroupBy(file => file.Path).Select(file => ("path", file.Key, name.EndsWith("bytes", StringComparison.Ordinal) ? file.Sum(value) : file.Max(value)))], "path");

    static void Counter(StringBuilder text, string name, string help, long value)
    {
        Family(text, name, "counter", help);
        Sample(text, name, null, value);
    }

    static void Gauge(StringBuilder text, string name, string help, double value)
    {
        Family(text, name, "gauge", help);
        Sample(text, name, null, value);
    }

    static void Gauge(StringBuilder text, string name, string help, IEnumerable<(string Label, string Of, double Value)> samples, string label)
    {
        Family(text, name, "gauge", help);
        foreach (var (_, of, value) in samples) Sample(text, name, (label, of), value);
    }

    static void Family(StringBuilder text, string name, string type, string help) =>
        text.Append("# HELP ").Append(Prefix).Append(name).Append(' ').Append(help).Append('\n')
            .Append("# TYPE ").Append(Prefix).Append(name).Append(' ').Append(type).Append('\n');

    static void Sample(StringBuilder text, string name, (string Name, string Value)? label, double value)
    {
        text.Append(Prefix).Append(name);
        // A file's name may hold anything but a slash and a NUL.
        if (label is { } l)
            text.Append('{').Append(l.Name).Append("=\"")
                .Append(l.Value.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", @"\n", StringComparison.Ordinal))
                .Append("\"}");
        text.Append(' ').Append(value.ToString("R", CultureInfo.InvariantCulture)).Append('\n');
    }

    static double Seconds(DateTimeOffset? time) => time is { } t ? t.ToUnixTimeMilliseconds() / 1000.0 : 0;

    static string Name(FaultKind kind) => kind.ToString().ToLowerInvariant();
}
