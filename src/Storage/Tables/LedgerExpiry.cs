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
/// nothing of it waits in the inbox. The keys are hashes, so all rows are looked at for their age: by the table itself, a sixteenth of a host's rows
/// in a step, so that none takes long though nothing is found.
/// </summary>
sealed class LedgerExpiry(TableClient table, BlobContainerClient incoming) : IExpiring
{
    /// <summary>Blobs of one host that are remembered at a time (some 100 MB). A host with more is not archived any more: none of its rows goes.</summary>
    const int MaxBlobs = 1_000_000;

    /// <summary>Keys are hex digits.</summary>
    const string Digits = "0123456789abcdef";

    public string Name => "Chunks";

    public async IAsyncEnumerable<ExpiryStep> ExpireAsync(Cutoffs cutoffs, string? from, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (cutoffs.Chunks is not { } before) yield break;
        foreach (var shard in ChunkLedgerTable.AllShards)
        {
            var end = $"{shard} c}}"; // '}' comes right behind '|'
            if (string.CompareOrdinal(end, from) <= 0) continue;
            var next = from is not null && from.StartsWith(shard + " ", StringComparison.Ordinal) ? from[(shard.Length + 1)..] : "c|";
            while (await FindHostAsync(shard, next, cancellationToken).ConfigureAwait(false) is { } host)
            {
                HashSet<string>? needed = null;
                foreach (var digit in Digits)
                {
                    var (first, behind) = ($"c|{host}|{digit}", $"c|{host}|{(char)(digit + 1)}");
                    if (string.CompareOrdinal(first, next) < 0) continue;
                    var batch = new List<TableEntity>();
                    await foreach (var row in table.KeysAsync(
                        TableClient.CreateQueryFilter($"PartitionKey eq {shard} and RowKey ge {first} and RowKey lt {behind} and Timestamp lt {before}"), cancellationToken).ConfigureAwait(false))
                    {
                        needed ??= await ListNeededAsync(shard, host, cancellationToken).ConfigureAwait(false);
                        if (needed.Count < MaxBlobs && !needed.Contains(row.RowKey.Split('|')[2])) batch.Add(row);
                        if (batch.Count < TableGuard.MaxBatch) continue;
                        yield return new(await table.DeleteAsync(batch, cancellationToken).ConfigureAwait(false), $"{shard} {first}");
                        batch.Clear();
                    }
                    yield return new(batch.Count == 0 ? 0 : await table.DeleteAsync(batch, cancellationToken).ConfigureAwait(false), $"{shard} {behind}");
                }
                next = $"c|{host}}}";
            }
            yield return new(0, end);
        }
    }

    /// <summary>The host of the first row at or behind a key; null when there is none.</summary>
    async Task<string?> FindHostAsync(string shard, string from, CancellationToken cancellationToken)
    {
        var end = "c}";
        await foreach (var row in table.QueryAsync<TableEntity>(
            TableClient.CreateQueryFilter($"PartitionKey eq {shard} and RowKey ge {from} and RowKey lt {end}"), maxPerPage: 1, select: ["RowKey"], cancellationToken: cancellationToken).ConfigureAwait(false))
            return row.RowKey.Split('|')[1];
        return null;
    }

    /// <summary>The keys of a host's rows that stay: of what is in <c>incoming</c>, or in the inbox; <see cref="MaxBlobs"/> where there are more.</summary>
    async Task<HashSet<string>> ListNeededAsync(string shard, string host, CancellationToken cancellationToken)
    {
        var needed = new HashSet<string>(StringComparer.Ordinal);
        // What has no host has any name: all are looked at, and those of chunks not remembered.
        var isNameless = host == LedgerEntry.NoHost;
        await foreach (var blob in incoming.GetBlobsAsync(BlobTraits.None, BlobStates.None, isNameless ? null : host + "/", cancellationToken).ConfigureAwait(false))
        {
            if (ChunkId.TryParse(blob.Name, out var id, out _) == isNameless) continue;
            if (needed.Count == MaxBlobs) return needed;
            needed.Add(isNameless ? LedgerEntry.KeyOfNameless(blob.Name) : id.RowKey);
        }
        var waiting = $"n|{host}|";
        await foreach (var row in table.RangeAsync(shard, waiting, cancellationToken).Take(MaxBlobs).ConfigureAwait(false)) needed.Add(row.RowKey[waiting.Length..]);
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
