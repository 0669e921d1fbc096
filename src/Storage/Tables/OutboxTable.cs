using System.Globalization;
using Azure.Data.Tables;
using LogMonitor.Core.Alerting;
using LogMonitor.Core.Pipeline;

namespace LogMonitor.Storage.Tables;

/// <summary>The table Deliveries: the pending ones in a partition of their own, the others by the day they ended; and a row for each channel with a limit.</summary>
sealed class OutboxTable(TableClient table, TimeProvider time) : IOutbox
{
    const string PendingPartition = "pending", LimitPartition = "limits";

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

    public async Task<IReadOnlyList<DateTimeOffset>> ListSentAsync(string channel, CancellationToken cancellationToken) =>
        (await table.FindAsync(LimitPartition, channel, cancellationToken).ConfigureAwait(false))?.FindJson(CoreJson.Default.IReadOnlyListDateTimeOffset) ?? [];

    public Task SaveSentAsync(string channel, IReadOnlyList<DateTimeOffset> times, CancellationToken cancellationToken) =>
        table.UpsertAsync(new TableEntity(LimitPartition, channel).SetJson(times, CoreJson.Default.IReadOnlyListDateTimeOffset), cancellationToken);

    static TableEntity ToRow(string partition, Delivery delivery) =>
        new TableEntity(partition, delivery.Id) { ["State"] = delivery.State.ToString() }.SetJson(delivery, CoreJson.Default.Delivery);
}
