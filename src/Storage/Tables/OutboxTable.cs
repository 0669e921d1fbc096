using System.Globalization;
using Azure.Data.Tables;
using LogMonitor.Core.Alerting;
using LogMonitor.Core.Pipeline;

namespace LogMonitor.Storage.Tables;

/// <summary>The table Deliveries: the pending ones in a partition of their own, the others by the day they ended.</summary>
sealed class OutboxTable(TableClient table, TimeProvider time) : IOutbox
{
    const string PendingPartition = "pending";

    public Task SaveAsync(Delivery delivery, CancellationToken cancellationToken) => table.UpsertAsync(ToRow(PendingPartition, delivery), cancellationToken);

    public async Task<IReadOnlyList<Delivery>> ListPendingAsync(int max, CancellationToken cancellationToken)
    {
        var pending = new List<Delivery>();
        await foreach (var row in table.FirstOfAsync([PendingPartition], max, cancellationToken).ConfigureAwait(false)) pending.Add(row.GetJson(CoreJson.Default.Delivery));
        return pending;
    }

    public async Task CompleteAsync(Delivery delivery, CancellationToken cancellationToken)
    {
        var day = "done-" + time.GetUtcNow().UtcDateTime.ToString("yyyyMMdd", CultureInfo.InvariantCulture);
        await table.UpsertAsync(ToRow(day, delivery), cancellationToken).ConfigureAwait(false);
        await table.DeleteIfExistsAsync(PendingPartition, delivery.Id, cancellationToken).ConfigureAwait(false);
    }

    static TableEntity ToRow(string partition, Delivery delivery) =>
        new TableEntity(partition, delivery.Id) { ["State"] = delivery.State.ToString() }.SetJson(delivery, CoreJson.Default.Delivery);
}
