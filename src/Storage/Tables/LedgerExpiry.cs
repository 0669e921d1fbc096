using System.Runtime.CompilerServices;
using Azure.Data.Tables;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using LogMonitor.Core.Chunks;
using LogMonitor.Core.Pipeline;
using LogMonitor.Core.Retention;

namespace LogMonitor.Storage.Tables;

/// <summary>
/// Expires the ledger. A row goes when it is old, its blob is not in <c>incoming</c> (else a sweep would count the chunk again: of what is not archived no row ever goes), and
/// nothing of it waits in the inbox. The keys are hashes, so all rows are looked at for their age: by the table itself, and a run goes on where the last one stopped.
/// </summary>
sealed class LedgerExpiry(TableClient table, BlobContainerClient incoming) : IExpiring
{
    /// <summary>Blobs of one host that are remembered at a time (some 100 MB). A host with more is not archived any more: none of its rows goes.</summary>
    const int MaxBlobs = 1_000_000;

    /// <summary>Rows between two steps when none of them is to go.</summary>
    const int Look = 1_000;

    public string Name => "Chunks";

    public async IAsyncEnumerable<ExpiryStep> ExpireAsync(Cutoffs cutoffs, string? from, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (cutoffs.Chunks is not { } before) yield break;
        foreach (var shard in ChunkLedgerTable.AllShards)
        {
            var end = $"{shard} c}}"; // '}' comes right behind '|'
            if (string.CompareOrdinal(end, from) <= 0) continue;
            var start = from is not null && from.StartsWith(shard + " ", StringComparison.Ordinal) ? from[(shard.Length + 1)..] : "c|";
            var (batch, host, stays, looked) = (new List<TableEntity>(), "", new HashSet<string>(), 0);
            await foreach (var row in table.KeysAsync(
                TableClient.CreateQueryFilter($"PartitionKey eq {shard} and RowKey ge {start} and RowKey lt {"c}"} and Timestamp lt {before}"), cancellationToken).ConfigureAwait(false))
            {
                if (row.RowKey.Split('|') is not [_, var rowHost, var key]) continue;
                if (rowHost != host) (host, stays) = (rowHost, await ListNeededAsync(shard, rowHost, cancellationToken).ConfigureAwait(false));
                if (stays is not null && !stays.Contains(key)) batch.Add(row);
                if (batch.Count < TableGuard.MaxBatch && ++looked % Look != 0) continue;
                yield return new(await DeleteAsync().ConfigureAwait(false), $"{shard} {row.RowKey}");
            }
            yield return new(await DeleteAsync().ConfigureAwait(false), end);

            async Task<int> DeleteAsync()
            {
                if (batch.Count == 0) return 0;
                var deleted = await table.DeleteAsync(batch, cancellationToken).ConfigureAwait(false);
                batch.Clear();
                return deleted;
            }
        }
    }

    /// <summary>The keys of a host's rows that stay: of what is in <c>incoming</c>, or in the inbox. Null when there are too many.</summary>
    async Task<HashSet<string>?> ListNeededAsync(string shard, string host, CancellationToken cancellationToken)
    {
        var needed = new HashSet<string>(StringComparer.Ordinal);
        // What has no host has any name: all are looked at, and those of chunks not remembered.
        var isNameless = host == LedgerEntry.NoHost;
        await foreach (var blob in incoming.GetBlobsAsync(BlobTraits.None, BlobStates.None, isNameless ? null : host + "/", cancellationToken).ConfigureAwait(false))
        {
            if (ChunkId.TryParse(blob.Name, out var id, out _) == isNameless) continue;
            if (needed.Count == MaxBlobs) return null;
            needed.Add(isNameless ? LedgerEntry.KeyOfNameless(blob.Name) : id.RowKey);
        }
        var waiting = $"n|{host}|";
        await foreach (var row in table.RangeAsync(shard, waiting, cancellationToken).ConfigureAwait(false)) needed.Add(row.RowKey[waiting.Length..]);
        return needed;
    }
}

/// <summary>Where expiry has stopped: a row of the table Chunks, beside how far sweeps got.</summary>
sealed class ExpiryPositionTable(TableClient table) : IExpiryPositions
{
    const string Expiry = "expiry";

    public async Task<ExpiryPosition?> FindAsync(CancellationToken cancellationToken) =>
        (await table.FindAsync(Expiry, Expiry, cancellationToken).ConfigureAwait(false))?.FindJson(CoreJson.Default.ExpiryPosition);

    public Task SaveAsync(ExpiryPosition? position, CancellationToken cancellationToken) => position is null
        ? table.DeleteIfExistsAsync(Expiry, Expiry, cancellationToken)
        : table.UpsertAsync(new TableEntity(Expiry, Expiry).SetJson(position, CoreJson.Default.ExpiryPosition), cancellationToken);
}
