using System.Globalization;
using System.Text;
using LogMonitor.Core.Scanning;
using LogMonitor.Core.Text;

namespace LogMonitor.Standalone.Scan;

/// <summary>The report for people. What comes from a log is shown in its display form: it can't move the cursor or colour the terminal.</summary>
static class ScanText
{
    /// <summary>Alerts that are listed; JSON has all of them.</summary>
    const int MaxAlerts = 50;

    const int MaxValue = 100;

    /// <param name="report">What was found.</param>
    /// <param name="elapsed">How long that took.</param>
    public static string Of(ScanReport report, TimeSpan elapsed)
    {
        var text = new StringBuilder();
        Summary(text, report, elapsed);
        Section(text, "Lines", report.Lines, [new(report.Classes.Access, "access"), new(report.Classes.Error, "error"), new(report.Classes.Unknown, "unknown")]);
        Section(text, "Formats", report.Lines, report.Formats.Select(format => new Row(format.Value, format.Key)));
        Section(text, "Statuses", report.Lines, report.Statuses.Select(status => new Row(status.Value, status.Key.ToString(CultureInfo.InvariantCulture))).GroupBy(status => status.What[..1])
            .Select(group => new Row(group.Sum(status => status.Lines), $"{group.Key}xx  {string.Join(", ", group.OrderByDescending(status => status.Lines).Select(status => Invariant($"{status.What}: {status.Lines:N0}")))}")));
        Values(text, "Clients", report, report.Clients);
        Values(text, "Paths", report, report.Paths);
        Values(text, "User agents", report, report.UserAgents);
        Section(text, "Lines that match rules", report.Lines, report.Rules.Select(rule => new Row(rule.Lines, $"{DisplayText.From(rule.Title)} ({LevelName(rule.Level)})")));
        Samples(text, report);
        Alerts(text, report);
        return text.ToString();
    }

    static void Summary(StringBuilder text, ScanReport report, TimeSpan elapsed)
    {
        var seconds = Math.Max(elapsed.TotalSeconds, 1e-6);
        text.AppendLine(Invariant($"{Wording.Counted(report.Lines, "line")}, {report.Bytes / 1e6:N1} MB in {seconds:N2} s: {(report.Lines + report.SkippedLines) / seconds:N0} lines/s, {report.Bytes / 1e6 / seconds:N0} MB/s"));
        if (report.First is { } first && report.Last is { } last) text.AppendLine(Invariant($"from {first:yyyy-MM-dd HH:mm:ss} to {last:yyyy-MM-dd HH:mm:ss} UTC"));
        if (report.SkippedLines > 0) text.AppendLine($"{Wording.Counted(report.SkippedLines, "line")} outside the times asked for");
        if (report.InputErrors.Count > 0) text.AppendLine($"not complete: {Wording.Counted(report.InputErrors.Count, "file")} could not be read to the end");
    }

    static void Section(StringBuilder text, string title, long total, IEnumerable<Row> rows)
    {
        var list = rows.ToList();
        if (list.Count == 0) return;
        text.AppendLine().AppendLine(title);
        foreach (var (count, what) in list) text.AppendLine(Invariant($"  {count,15:N0}  {100.0 * count / Math.Max(1, total),5:N1}%  {what}"));
    }

    static void Values(StringBuilder text, string title, ScanReport report, ScanValues values) => Section(
        text, values switch
        {
            { Distinct: { } distinct } when distinct > values.Top.Count => Invariant($"{title}, the most frequent of {distinct:N0}"),
            { Distinct: not null } => title,
            _ => Invariant($"{title}, the most frequent of very many; numbers may be up to {values.Error:N0} too low"),
        }, report.Lines, values.Top.Select(value => new Row(value.Lines, DisplayText.From(value.Value, MaxValue).ToString())));

    static void Samples(StringBuilder text, ScanReport report)
    {
        if (report.UnknownSamples.Count == 0) return;
        text.AppendLine().AppendLine("Lines that no format fits, the first");
        foreach (var sample in report.UnknownSamples)
            text.AppendLine(Invariant($"  {(sample.File is null ? "" : DisplayText.From(sample.File) + ", ")}line {sample.Line}, {sample.Reason}: {DisplayText.From(sample.Text, MaxValue)}"));
    }

    static void Alerts(StringBuilder text, ScanReport report)
    {
        text.AppendLine().AppendLine(report.Alerts.Count == 0 ? "No alerts." : "Alerts");
        foreach (var alert in report.Alerts.Take(MaxAlerts))
        {
            var group = string.Concat(alert.Group.Select(value => $"  {value.Key} {DisplayText.From(value.Value, MaxValue)}"));
            text.AppendLine(Invariant($"  {LevelName(alert.Level),-13}  {alert.First:yyyy-MM-dd HH:mm:ss} to {Until(alert)}  {alert.Count,9:N0} × {DisplayText.From(alert.Title)}{group}"));
        }
        if (report.Alerts.Count > MaxAlerts) text.AppendLine($"  and {Wording.Counted(report.Alerts.Count - MaxAlerts, "more alert")}; --output json has all of them");
        if (report.Dropped is { } dropped)
            text.AppendLine($"Alerts may be missing: {Wording.Counted(dropped.Matches, "match")} (in {Wording.Counted(dropped.Groups, "group")}, the smallest first) did not fit into memory.");
    }

    static string Until(ScanAlert alert) => alert.Last.ToString(alert.Last.Date == alert.First.Date ? "HH:mm:ss" : "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    sealed record Row(long Lines, string What);

    static string LevelName(Core.Detection.Level level) => level.ToString().ToLowerInvariant();

    static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
