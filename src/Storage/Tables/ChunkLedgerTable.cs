using System.Globalization;
using System.IO.Hashing;
using System.Text;
using Azure;
using Azure.Data.Tables;
using LogMonitor.Core.Pipeline;

namespace LogMonitor.Storage.Tables;

/// <summary>
/// The table Chunks. A partition is a shard of the hosts; in it a row <c>c|host|key</c> for each blob dealt with, and a row
/// <c>n|host|key</c> while no report holds it. One partition, so that both are written in one transaction. A row of its own says how far sweeps got.
/// </summary>
sealed class ChunkLedgerTable(TableClient table) : IChunkLedger
{
    /// <summary>Few enough to ask each at every evaluation, enough for 2,000 operations a second in each.</summary>
    const int Shards = 16;

    const string RunProperty = "Run", Sweep = "sweep";

    /// <summary>The names of the shards, in the tables' order.</summary>
    public static IEnumerable<string> AllShards => Enumerable.Range(0, Shards).Select(ShardName);

    public async Task<LedgerEntry?> FindAsync(string host, string key, CancellationToken cancellationToken) =>
        (await table.FindAsync(Shard(host), Row("c", host, key), cancellationToken).ConfigureAwait(false))?.GetJson(CoreJson.Default.LedgerEntry);

    public async Task<bool> CommitAsync(LedgerEntry entry, CancellationToken cancellationToken)
    {
        try
        {
            await table.SubmitAsync(
            [
                new(TableTransactionActionType.Add, ToRow("c", entry)),
                new(TableTransactionActionType.Add, ToRow("n", entry)),
            ], cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (RequestFailedException e) when (e.Status == 409)
        {
            return false;
        }
    }

    public Task MarkArchivedAsync(LedgerEntry entry, CancellationToken cancellationToken) =>
        table.UpsertAsync(ToRow("c", entry with { State = ChunkState.Archived }), cancellationToken);

    public async Task<IReadOnlyList<InboxEntry>> ReadInboxAsync(int max, CancellationToken cancellationToken)
    {
        var shards = await Task.WhenAll(Enumerable.Range(0, Shards).Select(shard => ReadAsync(ShardName(shard)))).ConfigureAwait(false);
        return [.. shards.SelectMany(entries => entries).OrderBy(entry => entry.Run is null).ThenBy(entry => entry.Run, StringComparer.Ordinal).Take(max)];

        async Task<List<InboxEntry>> ReadAsync(string shard)
        {
            // All claimed ones, wherever they stand in the range: a run that is taken up again must see every entry of it.
            var entries = new List<InboxEntry>();
            var unclaimed = 0;
            await foreach (var row in table.RangeAsync(shard, "n|", cancellationToken).ConfigureAwait(false))
                if (row.GetString(RunProperty) is var run && (run is not null || unclaimed++ < max))
                    entries.Add(new InboxEntry(row.GetJson(CoreJson.Default.LedgerEntry), run, row.ETag.ToString()));
            return entries;
        }
    }

    public async Task<IReadOnlyList<InboxEntry>> ClaimAsync(IReadOnlyList<InboxEntry> entries, string run, CancellationToken cancellationToken)
    {
        foreach (var batch in Batches(entries))
            try
            {
                await table.SubmitAsync([.. batch.Select(entry => new TableTransactionAction(
                    TableTransactionActionType.UpdateMerge, Claimed(entry, run), new ETag(entry.Version)))], cancellationToken).ConfigureAwait(false);
            }
            catch (RequestFailedException e) when (e.Status is 404 or 412)
            {
                throw new ConcurrentRunException("an entry of the inbox was claimed or reported meanwhile", e);
            }
        return [.. entries.Select(entry => entry with { Run = run })];
    }

    public async Task ClearAsync(IReadOnlyList<InboxEntry> entries, CancellationToken cancellationToken)
    {
        foreach (var batch in Batches(entries))
            try
            {
                await table.SubmitAsync([.. batch.Select(entry => new TableTransactionAction(TableTransactionActionType.Delete, Key(entry), ETag.All))], cancellationToken).ConfigureAwait(false);
            }
            catch (RequestFailedException e) when (e.Status == 404)
            {
                // One of them is gone already: take the others out one by one.
                foreach (var entry in batch) await table.DeleteIfExistsAsync(Key(entry).PartitionKey, Key(entry).RowKey, cancellationToken).ConfigureAwait(false);
            }
    }

    public async Task<SweepState?> FindSweepAsync(CancellationToken cancellationToken) =>
        (await table.FindAsync(Sweep, Sweep, cancellationToken).ConfigureAwait(false))?.GetJson(CoreJson.Default.SweepState);

    public Task SaveSweepAsync(SweepState sweep, CancellationToken cancellationToken) =>
        table.UpsertAsync(new TableEntity(Sweep, Sweep).SetJson(sweep, CoreJson.Default.SweepState), cancellationToken);

    static IEnumerable<InboxEntry[]> Batches(IReadOnlyList<InboxEntry> entries) =>
        entries.GroupBy(entry => Shard(entry.Entry.Host)).SelectMany(shard => shard.Chunk(TableGuard.MaxBatch));

    static TableEntity ToRow(string kind, LedgerEntry entry) =>
        new TableEntity(Shard(entry.Host), Row(kind, entry.Host, entry.Key)) { ["State"] = entry.State.ToString() }.SetJson(entry, CoreJson.Default.LedgerEntry);

    static TableEntity Key(InboxEntry entry) => new(Shard(entry.Entry.Host), Row("n", entry.Entry.Host, entry.Entry.Key));

    static TableEntity Claimed(InboxEntry entry, string run)
    {
        var row = Key(entry);
        row[RunProperty] = run;
        return row;
    }

    static string Row(string kind, string host, string key) => $"{kind}|{host}|{key}";

    static string Shard(string host) => ShardName((int)(XxHash32.HashToUInt32(Encoding.UTF8.GetBytes(host)) % Shards));

    static string ShardName(int shard) => string.Create(CultureInfo.InvariantCulture, $"shard-{shard:x}");
}
