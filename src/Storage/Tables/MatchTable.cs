using System.Runtime.CompilerServices;
using Azure;
using Azure.Data.Tables;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using LogMonitor.Core.Chunks;
using LogMonitor.Core.Detection;
using LogMonitor.Core.Pipeline;
using LogMonitor.Core.Retention;

namespace LogMonitor.Storage.Tables;

/// <summary>
/// The table Matches: partition event hour, a row for each host and chunk with its packed matches. What doesn't fit into a row
/// (a chunk with very many groups) stands in a blob of the container <c>matches</c>, named like the row.
/// </summary>
sealed class MatchTable(TableClient table, BlobContainerClient spill) : IMatchStore, IExpiring
{
    public string Name => "Matches";

    const string SpilledProperty = "Spilled";

    public async Task SaveAsync(ChunkId chunk, EventHour hour, IReadOnlyList<MatchGroup> matches, CancellationToken cancellationToken)
    {
        var row = new TableEntity(hour.Key, $"{chunk.Host}|{chunk.RowKey}");
        var packed = MatchCodec.Encode(matches);
        if (!row.TrySet(packed))
        {
            await Blob(row).UploadAsync(BinaryData.FromBytes(packed), overwrite: true, cancellationToken).ConfigureAwait(false);
            row[SpilledProperty] = true;
        }
        await table.UpsertAsync(row, cancellationToken).ConfigureAwait(false);
    }

    public async IAsyncEnumerable<MatchGroup> ReadAsync(string host, EventHour first, EventHour last, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var hour = first; hour <= last; hour += 1)
            await foreach (var row in table.RangeAsync(hour.Key, host + "|", cancellationToken).ConfigureAwait(false))
            {
                var packed = row.GetBoolean(SpilledProperty) == true
                    ? await ReadSpilledAsync(row, cancellationToken).ConfigureAwait(false)
                    : row.TryGet();
                if (packed is null) continue;
                foreach (var group in MatchCodec.Decode(packed)) yield return group;
            }
    }

    /// <summary>A row goes before its blob: who has read the row may come too late.</summary>
    async Task<byte[]?> ReadSpilledAsync(TableEntity row, CancellationToken cancellationToken)
    {
        try
        {
            return (await Blob(row).DownloadContentAsync(cancellationToken).ConfigureAwait(false)).Value.Content.ToArray();
        }
        catch (RequestFailedException e) when (e.ErrorCode == BlobErrorCode.BlobNotFound)
        {
            return null;
        }
    }

    /// <summary>By event time, and by when they were stored: logs of old that are read in are evaluated first.</summary>
    public async IAsyncEnumerable<ExpiryStep> ExpireAsync(Cutoffs cutoffs, string? from, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (cutoffs.Matches is not { } before) yield break;
        var end = EventHour.Of(before).Key;
        await foreach (var deleted in table.DeleteAsync(TableClient.CreateQueryFilter($"PartitionKey lt {end} and Timestamp lt {before}"), cancellationToken).ConfigureAwait(false)) yield return new(deleted);
        await foreach (var page in spill.GetBlobsAsync(cancellationToken: cancellationToken).AsPages(pageSizeHint: TableGuard.MaxBatch).ConfigureAwait(false))
        {
            var old = page.Values.TakeWhile(blob => string.CompareOrdinal(blob.Name, end) < 0).ToList();
            var deleted = 0;
            foreach (var blob in old.Where(blob => blob.Properties.LastModified < before))
                if (await spill.GetBlobClient(blob.Name).DeleteIfExistsAsync(cancellationToken: cancellationToken).ConfigureAwait(false)) deleted++;
            yield return new(deleted);
            if (old.Count < page.Values.Count) yield break;
        }
    }

    BlobClient Blob(TableEntity row) => spill.GetBlobClient($"{row.PartitionKey}/{row.RowKey}");
}
