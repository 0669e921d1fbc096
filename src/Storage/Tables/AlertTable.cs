using System.Globalization;
using System.Runtime.CompilerServices;
using Azure.Data.Tables;
using LogMonitor.Core.Alerting;
using LogMonitor.Core.Pipeline;

namespace LogMonitor.Storage.Tables;

/// <summary>
/// The table Alerts. Each alert stands in the partition of its fingerprint, the latest first: that row is the truth. Beside it a
/// row in the partition <c>open</c> while it is, and one in the log of the month it was opened in, for people.
/// </summary>
sealed class AlertTable(TableClient table) : IAlertStore
{
    const string OpenPartition = "open";

    public async IAsyncEnumerable<Alert> FindAsync(Fingerprint fingerprint, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var row in table.RangeAsync(fingerprint.Value, "", cancellationToken).ConfigureAwait(false))
            if (row.GetJson(CoreJson.Default.Alert) is { State: not AlertState.Merged } alert) yield return alert;
    }

    public async Task<Alert?> GetAsync(string alertId, CancellationToken cancellationToken) =>
        // What is asked for may be anything: a key with a slash, say, would be refused by the service.
        alertId.Split('-') is [{ Length: > 0 } fingerprint, var first] && fingerprint.All(char.IsAsciiHexDigit) && long.TryParse(first, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var time)
            ? (await table.FindAsync(fingerprint, TableRows.LatestFirst(time), cancellationToken).ConfigureAwait(false))?.GetJson(CoreJson.Default.Alert)
            : null;

    public async Task<IReadOnlyList<Alert>> ListOpenAsync(CancellationToken cancellationToken)
    {
        var open = new List<Alert>();
        await foreach (var row in table.RangeAsync(OpenPartition, "", cancellationToken).ConfigureAwait(false)) open.Add(row.GetJson(CoreJson.Default.Alert));
        return open;
    }

    public async Task<IReadOnlyList<Alert>> ListRecentAsync(int take, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var recent = new List<Alert>();
        await foreach (var row in table.FirstOfAsync([LogPartition(now), LogPartition(now.AddMonths(-1))], take, cancellationToken).ConfigureAwait(false))
            recent.Add(row.GetJson(CoreJson.Default.Alert));
        return recent;
    }

    public async Task SaveAsync(Alert alert, CancellationToken cancellationToken)
    {
        // An open alert is listed before its truth is written: after a crash between them the evaluation finds no such truth, and saves
        // again. One that is no longer open is unlisted last: a copy that is left over is found out by its truth.
        if (alert.IsPending) await table.UpsertAsync(ToRow(OpenPartition, alert.Id, alert), cancellationToken).ConfigureAwait(false);
        var logRow = $"{TableRows.LatestFirst(alert.OpenedAt.ToUnixTimeMilliseconds())}-{alert.Id}";
        if (alert.State == AlertState.Merged) await table.DeleteIfExistsAsync(LogPartition(alert.OpenedAt), logRow, cancellationToken).ConfigureAwait(false);
        else await table.UpsertAsync(ToRow(LogPartition(alert.OpenedAt), logRow, alert), cancellationToken).ConfigureAwait(false);

        await table.UpsertAsync(ToRow(alert.Fingerprint.Value, TableRows.LatestFirst(OpenedFirst(alert)), alert), cancellationToken).ConfigureAwait(false);
        if (!alert.IsPending) await table.DeleteIfExistsAsync(OpenPartition, alert.Id, cancellationToken).ConfigureAwait(false);
    }

    static TableEntity ToRow(string partition, string row, Alert alert) => new TableEntity(partition, row)
    {
        ["State"] = alert.State.ToString(),
        ["Title"] = alert.Title,
        ["Level"] = alert.Level.ToString(),
        ["Host"] = alert.Host,
        ["First"] = alert.First,
        ["Last"] = alert.Last,
        ["Count"] = alert.Count,
    }.SetJson(alert, CoreJson.Default.Alert);

    static long OpenedFirst(Alert alert) => long.Parse(alert.Id.Split('-')[1], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    static string LogPartition(DateTimeOffset time) => "log-" + time.UtcDateTime.ToString("yyyyMM", CultureInfo.InvariantCulture);
}
