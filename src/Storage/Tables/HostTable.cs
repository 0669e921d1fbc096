using System.Collections.ObjectModel;
using System.Runtime.CompilerServices;
using Azure.Data.Tables;
using LogMonitor.Core.Pipeline;
using LogMonitor.Core.Retention;

namespace LogMonitor.Storage.Tables;

/// <summary>
/// The table Hosts: in one partition a row for each host, which the evaluator writes, in another one with its last heartbeat, which ingesting
/// writes, and a row of its own for the time in which hosts were watched.
/// </summary>
sealed class HostTable(TableClient table) : IHostStore, IExpiring
{
    public string Name => "Hosts";

    const string Partition = "hosts", Heartbeats = "heartbeats", Watch = "watch";

    public Task SaveAsync(HostStatus host, CancellationToken cancellationToken)
    {
        var row = new TableEntity(Partition, host.Host).SetJson(host.Unknown, CoreJson.Default.IReadOnlyDictionaryStringUnknownShare);
        if (host.LastIngest is { } lastIngest) row["LastIngest"] = lastIngest;
        if (host.LastEvent is { } lastEvent) row["LastEvent"] = lastEvent;
        return table.UpsertAsync(row, cancellationToken);
    }

    public async Task BeatAsync(string host, DateTimeOffset at, CancellationToken cancellationToken)
    {
        // Two at once may leave the earlier: the next puts that right.
        if (BeatOf(await table.FindAsync(Heartbeats, host, cancellationToken).ConfigureAwait(false)) >= at) return;
        await table.UpsertAsync(new TableEntity(Heartbeats, host) { ["At"] = at }, cancellationToken).ConfigureAwait(false);
    }

    public async Task<HostStatus?> FindAsync(string host, CancellationToken cancellationToken)
    {
        var row = await table.FindAsync(Partition, host, cancellationToken).ConfigureAwait(false);
        var beat = BeatOf(await table.FindAsync(Heartbeats, host, cancellationToken).ConfigureAwait(false));
        return row is null && beat is null ? null : ToStatus(host, row, beat);
    }

    public async Task<IReadOnlyList<HostStatus>> ListAsync(CancellationToken cancellationToken)
    {
        var beats = new Dictionary<string, DateTimeOffset?>(StringComparer.Ordinal);
        await foreach (var row in table.RangeAsync(Heartbeats, "", cancellationToken).ConfigureAwait(false)) beats[row.RowKey] = BeatOf(row);
        var hosts = new List<HostStatus>();
        await foreach (var row in table.RangeAsync(Partition, "", cancellationToken).ConfigureAwait(false))
        {
            beats.Remove(row.RowKey, out var beat);
            hosts.Add(ToStatus(row.RowKey, row, beat));
        }
        return [.. hosts.Concat(beats.Select(beat => ToStatus(beat.Key, null, beat.Value))).OrderBy(host => host.Host, StringComparer.Ordinal)];
    }

    public async Task<WatchPeriod?> FindWatchAsync(CancellationToken cancellationToken) =>
        await table.FindAsync(Watch, Watch, cancellationToken).ConfigureAwait(false) is { } row
            ? new WatchPeriod(row.GetDateTimeOffset("Since") ?? default, row.GetDateTimeOffset("Last") ?? default) : null;

    public Task SaveWatchAsync(WatchPeriod period, CancellationToken cancellationToken) =>
        table.UpsertAsync(new TableEntity(Watch, Watch) { ["Since"] = period.Since, ["Last"] = period.Last }, cancellationToken);

    /// <summary>Hosts of which neither row was written since: as long as the one is, the other stays.</summary>
    public async IAsyncEnumerable<ExpiryStep> ExpireAsync(Cutoffs cutoffs, string? from, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (cutoffs.Counts is not { } before) yield break;
        var rows = new List<TableEntity>();
        foreach (var partition in (string[])[Partition, Heartbeats])
            await foreach (var row in table.RangeAsync(partition, "", cancellationToken).ConfigureAwait(false)) rows.Add(row);
        foreach (var host in rows.GroupBy(row => row.RowKey, StringComparer.Ordinal).Where(host => host.All(row => row.Timestamp < before)))
            foreach (var row in host)
                if (await table.TryDeleteAsync(row, cancellationToken).ConfigureAwait(false)) yield return new(1);
    }

    static DateTimeOffset? BeatOf(TableEntity? row) => row?.GetDateTimeOffset("At");

    // Rows of earlier versions have no shares.
    static HostStatus ToStatus(string host, TableEntity? row, DateTimeOffset? beat) => new(host, row?.GetDateTimeOffset("LastIngest"), row?.GetDateTimeOffset("LastEvent"))
    {
        LastHeartbeat = beat,
        Unknown = row?.FindJson(CoreJson.Default.IReadOnlyDictionaryStringUnknownShare) ?? ReadOnlyDictionary<string, UnknownShare>.Empty,
    };
}
