using Azure.Data.Tables;
using LogMonitor.Core.Alerting;
using LogMonitor.Core.Pipeline;

namespace LogMonitor.Storage.Tables;

/// <summary>The table Deliveries: the pending ones in a partition of their own, the others in that of their alert; and a row for each channel with a limit.</summary>
sealed class OutboxTable(TableClient table) : IOutbox
{
    const string PendingPartition = "pending", LimitPartition = "limits";

    /// <summary>In the partition of an alert that is told of with another: which.</summary>
    const string Leader = "Leader";

    public async Task SaveAsync(Delivery delivery, CancellationToken cancellationToken)
    {
        await table.UpsertAsync(ToRow(PendingPartition, delivery), cancellationToken).ConfigureAwait(false);
        // Once, when it is queued. After a crash before this the same decision queues it again.
        if (delivery.Attempts > 0) return;
        foreach (var other in delivery.With ?? [])
            await table.UpsertAsync(new TableEntity(PartitionOf(other), delivery.Id) { [Leader] = delivery.AlertId }, cancellationToken).ConfigureAwait(false);
    }

    public async Task<IReadOnlyList<Delivery>> ListPendingAsync(int max, CancellationToken cancellationToken)
    {
        var pending = new List<Delivery>();
        await foreach (var row in table.FirstOfAsync([PendingPartition], max, cancellationToken).ConfigureAwait(false)) pending.Add(row.GetJson(CoreJson.Default.Delivery));
        return pending;
    }

    public async Task CompleteAsync(Delivery delivery, CancellationToken cancellationToken)
    {
        await table.UpsertAsync(ToRow(PartitionOf(delivery.AlertId), delivery), cancellationToken).ConfigureAwait(false);
        await table.DeleteIfExistsAsync(PendingPartition, delivery.Id, cancellationToken).ConfigureAwait(false);
    }

    public async Task<IReadOnlyList<DateTimeOffset>> ListSentAsync(string channel, CancellationToken cancellationToken) =>
        (await table.FindAsync(LimitPartition, channel, cancellationToken).ConfigureAwait(false))?.FindJson(CoreJson.Default.IReadOnlyListDateTimeOffset) ?? [];

    public Task SaveSentAsync(string channel, IReadOnlyList<DateTimeOffset> times, CancellationToken cancellationToken) =>
        table.UpsertAsync(new TableEntity(LimitPartition, channel).SetJson(times, CoreJson.Default.IReadOnlyListDateTimeOffset), cancellationToken);

    public async Task<IReadOnlyList<Delivery>> ListOfAsync(string alertId, CancellationToken cancellationToken)
    {
        // The pending first: one that is completed meanwhile is then found twice rather than not at all, and the completed one counts.
        var found = new SortedDictionary<string, Delivery>(StringComparer.Ordinal);
        await foreach (var row in table.RangeAsync(PendingPartition, $"{alertId}-", cancellationToken).ConfigureAwait(false)) found[row.RowKey] = row.GetJson(CoreJson.Default.Delivery);
        await foreach (var row in table.RangeAsync(PartitionOf(alertId), "", cancellationToken).ConfigureAwait(false))
            if (row.GetString(Leader) is not { } leader) found[row.RowKey] = row.GetJson(CoreJson.Default.Delivery);
            else if ((await table.FindAsync(PendingPartition, row.RowKey, cancellationToken).ConfigureAwait(false)
                ?? await table.FindAsync(PartitionOf(leader), row.RowKey, cancellationToken).ConfigureAwait(false)) is { } shared) found[row.RowKey] = shared.GetJson(CoreJson.Default.Delivery);
        return [.. found.Values];
    }

    /// <summary>Deletes the history of an alert that is deleted. What is pending is given up by itself, within half a day.</summary>
    public async Task ForgetAsync(string alertId, CancellationToken cancellationToken)
    {
        await foreach (var _ in table.DeleteAsync(TableClient.CreateQueryFilter($"PartitionKey eq {PartitionOf(alertId)}"), cancellationToken).ConfigureAwait(false)) { }
    }

    static string PartitionOf(string alertId) => $"of-{alertId}";

    static TableEntity ToRow(string partition, Delivery delivery) =>
        new TableEntity(partition, delivery.Id) { ["State"] = delivery.State.ToString() }.SetJson(delivery, CoreJson.Default.Delivery);
}
