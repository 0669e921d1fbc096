using System.Globalization;
using System.Runtime.CompilerServices;
using Azure.Data.Tables;
using LogMonitor.Core.Pipeline;
using LogMonitor.Core.Retention;

namespace LogMonitor.Storage.Tables;

/// <summary>
/// The table Reports: partition day, a row for each evaluation and host, the latest first. Evaluations that found nothing new are in
/// partitions of their own, so that a quiet night doesn't push the last report with lines out of sight.
/// </summary>
sealed class ReportTable(TableClient table) : IReportStore, IExpiring
{
    /// <summary>Reports that nothing was new are kept for 30 days: they are thousands a day, and looked at for a week.</summary>
    static readonly TimeSpan quietKept = TimeSpan.FromDays(30);

    public string Name => "Reports";

    const int DaysBack = 7;

    public Task AppendAsync(Report report, CancellationToken cancellationToken) =>
        table.TryAddAsync(new TableEntity(Partition(report.Time, report.Host == Report.AllHosts), $"{TableRows.LatestFirst(report.Time.ToUnixTimeMilliseconds())}|{report.Host}|{report.Run}")
        {
            ["Time"] = report.Time,
            ["Host"] = report.Host,
            ["Lines"] = report.Lines,
            ["Summary"] = report.Summary is { Length: > MaxSummary } long_ ? long_[..MaxSummary] : report.Summary,
        }.SetJson(report, CoreJson.Default.Report), cancellationToken);

    public async Task<IReadOnlyList<Report>> ListRecentAsync(int take, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var recent = await FirstAsync(isQuiet: false, take).ConfigureAwait(false);
        var quiet = await FirstAsync(isQuiet: true, 1).ConfigureAwait(false);
        return [.. quiet.Where(report => recent is [] || report.Time > recent[0].Time), .. recent];

        async Task<List<Report>> FirstAsync(bool isQuiet, int count)
        {
            var found = new List<Report>();
            var days = Enumerable.Range(0, DaysBack).Select(day => Partition(now.AddDays(-day), isQuiet));
            await foreach (var row in table.FirstOfAsync(days, count, cancellationToken).ConfigureAwait(false)) found.Add(row.GetJson(CoreJson.Default.Report));
            return found;
        }
    }

    public async IAsyncEnumerable<ExpiryStep> ExpireAsync(Cutoffs cutoffs, string? from, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (cutoffs.Reports is not { } before) yield break;
        var (day, quiet, quietEnd) = (Partition(before), Partition(DateTimeOffset.UnixEpoch, isQuiet: true), Partition(cutoffs.Now - quietKept is var recent && recent > before ? recent : before, isQuiet: true));
        await foreach (var deleted in table.DeleteAsync(TableClient.CreateQueryFilter($"PartitionKey lt {day}"), cancellationToken).ConfigureAwait(false)) yield return new(deleted);
        await foreach (var deleted in table.DeleteAsync(TableClient.CreateQueryFilter($"PartitionKey ge {quiet} and PartitionKey lt {quietEnd}"), cancellationToken).ConfigureAwait(false)) yield return new(deleted);
    }

    /// <summary>Characters of the readable sentence in the row; the JSON beside it holds everything.</summary>
    const int MaxSummary = 4_000;

    static string Partition(DateTimeOffset time, bool isQuiet = false) => (isQuiet ? "quiet-" : "") + time.UtcDateTime.ToString("yyyyMMdd", CultureInfo.InvariantCulture);
}
