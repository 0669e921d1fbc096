using Azure.Data.Tables;
using LogMonitor.Core.Pipeline;

namespace LogMonitor.Storage.Tables;

/// <summary>The table Hosts: one partition, a row for each host.</summary>
sealed class HostTable(TableClient table) : IHostStore
{
    const string Partition = "hosts";

    public Task SaveAsync(HostStatus host, CancellationToken cancellationToken)
    {
        var row = new TableEntity(Partition, host.Host) { ["LastIngest"] = host.LastIngest };
        if (host.LastEvent is { } lastEvent) row["LastEvent"] = lastEvent;
        return table.UpsertAsync(row, cancellationToken);
    }

    public async Task<HostStatus?> FindAsync(string host, CancellationToken cancellationToken) =>
        await table.FindAsync(Partition, host, cancellationToken).ConfigureAwait(false) is { } row ? ToStatus(row) : null;

    public async Task<IReadOnlyList<HostStatus>> ListAsync(CancellationToken cancellationToken)
    {
        var hosts = new List<HostStatus>();
        await foreach (var row in table.RangeAsync(Partition, "", cancellationToken).ConfigureAwait(false)) hosts.Add(ToStatus(row));
        return hosts;
    }

    static HostStatus ToStatus(TableEntity row) => new(row.RowKey, row.GetDateTimeOffset("LastIngest") ?? default, row.GetDateTimeOffset("LastEvent"));
}
