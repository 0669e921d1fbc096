using System.Globalization;
using System.Runtime.CompilerServices;
using Azure.Data.Tables;
using LogMonitor.Core.Alerting;
using LogMonitor.Core.Pipeline;
using LogMonitor.Core.Retention;

namespace LogMonitor.Storage.Tables;

/// <summary>
/// The table Alerts. Each alert stands in the partition of its fingerprint, the latest first: that row is the truth. Beside it a
/// row in the partition <c>open</c> while it is, and one in the log of the month it was opened in, for people.
/// </summary>
sealed class AlertTable(TableClient table, OutboxTable deliveries) : IAlertStore, IExpiring
{
    public string Name => "Alerts";

    const string OpenPartition = "open", LogPrefix = "log-";

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
        await LogAsync(alert, cancellationToken).ConfigureAwait(false);

        await table.UpsertAsync(ToRow(alert.Fingerprint.Value, TableRows.LatestFirst(OpenedFirst(alert)), alert), cancellationToken).ConfigureAwait(false);
        if (!alert.IsPending) await table.DeleteIfExistsAsync(OpenPartition, alert.Id, cancellationToken).ConfigureAwait(false);
    }

    async Task LogAsync(Alert alert, CancellationToken cancellationToken)
    {
        if (alert.State == AlertState.Merged) await table.DeleteIfExistsAsync(LogPartition(alert.OpenedAt), LogRow(alert), cancellationToken).ConfigureAwait(false);
        else await table.UpsertAsync(ToRow(LogPartition(alert.OpenedAt), LogRow(alert), alert), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Alerts that are over and were not written since. The truth goes last, so that a run that crashes is made up for, and only as it was read: an alert that
    /// late lines take up again meanwhile stays. Alerts are few, and all looked at for their age, by the table itself.
    /// </summary>
    public async IAsyncEnumerable<ExpiryStep> ExpireAsync(Cutoffs cutoffs, string? from, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (cutoffs.Alerts is not { } before) yield break;
        // A sixteenth of all fingerprints in a step: none takes long though nothing is found.
        for (var part = from is null ? 0 : int.Parse(from, NumberStyles.HexNumber, CultureInfo.InvariantCulture); part < 16; part++)
        {
            var (first, end) = ($"{part:x}", part == 15 ? "g" : $"{part + 1:x}");
            await foreach (var row in table.QueryAsync<TableEntity>(
                TableClient.CreateQueryFilter($"PartitionKey ge {first} and PartitionKey lt {end} and Timestamp lt {before}"), maxPerPage: TableGuard.MaxBatch, cancellationToken: cancellationToken).ConfigureAwait(false))
                if (await TryExpireAsync(row, cancellationToken).ConfigureAwait(false)) yield return new(1, first);
            yield return new(0, first);
        }
    }

    async Task<bool> TryExpireAsync(TableEntity row, CancellationToken cancellationToken)
    {
        if (row.GetJson(CoreJson.Default.Alert) is not { IsPending: false } alert) return false;
        await deliveries.ForgetAsync(alert.Id, cancellationToken).ConfigureAwait(false);
        await table.DeleteIfExistsAsync(LogPartition(alert.OpenedAt), LogRow(alert), cancellationToken).ConfigureAwait(false);
        if (await table.TryDeleteAsync(row, cancellationToken).ConfigureAwait(false)) return true;
        if (await GetAsync(alert.Id, cancellationToken).ConfigureAwait(false) is { } kept) await LogAsync(kept, cancellationToken).ConfigureAwait(false);
        return false;
    }

    static string LogRow(Alert alert) => $"{TableRows.LatestFirst(alert.OpenedAt.ToUnixTimeMilliseconds())}-{alert.Id}";

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

    static string LogPartition(DateTimeOffset time) => LogPrefix + time.UtcDateTime.ToString("yyyyMM", CultureInfo.InvariantCulture);
}
