using System.Globalization;
using Azure.Data.Tables;
using LogMonitor.Core.Pipeline;

namespace LogMonitor.Storage.Tables;

/// <summary>The table Reports: partition day, a row for each evaluation and host, the latest first.</summary>
sealed class ReportTable(TableClient table) : IReportStore
{
    const int DaysBack = 7;

    public Task AppendAsync(Report report, CancellationToken cancellationToken) =>
        table.TryAddAsync(new TableEntity(Partition(report.Time), $"{TableRows.LatestFirst(report.Time.ToUnixTimeMilliseconds())}|{report.Host}|{report.Run}")
        {
            ["Time"] = report.Time,
            ["Host"] = report.Host,
            ["Lines"] = report.Lines,
            ["Summary"] = report.Summary is { Length: > MaxSummary } long_ ? long_[..MaxSummary] : report.Summary,
        }.SetJson(report, CoreJson.Default.Report), cancellationToken);

    public async Task<IReadOnlyList<Report>> ListRecentAsync(int take, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var recent = new List<Report>();
        await foreach (var row in table.FirstOfAsync(Enumerable.Range(0, DaysBack).Select(days => Partition(now.AddDays(-days))), take, cancellationToken).ConfigureAwait(false))
            recent.Add(row.GetJson(CoreJson.Default.Report));
        return recent;
    }

    /// <summary>Characters of the readable sentence in the row; the JSON beside it holds everything.</summary>
    const int MaxSummary = 4_000;

    static string Partition(DateTimeOffset time) => time.UtcDateTime.ToString("yyyyMMdd", CultureInfo.InvariantCulture);
}
