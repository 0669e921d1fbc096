using System.Runtime.CompilerServices;
using Azure.Data.Tables;
using Azure.Storage.Blobs;
using LogMonitor.Core.Chunks;
using LogMonitor.Core.Detection;
using LogMonitor.Core.Pipeline;

namespace LogMonitor.Storage.Tables;

/// <summary>
/// The table Matches: partition event hour, a row for each host and chunk with its packed matches. What doesn't fit into a row
/// (a chunk with very many groups) stands in a blob of the container <c>matches</c>, named like the row.
/// </summary>
sealed class MatchTable(TableClient table, BlobContainerClient spill) : IMatchStore
{
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
                    ? (await Blob(row).DownloadContentAsync(cancellationToken).ConfigureAwait(false)).Value.Content.ToArray()
                    : row.TryGet();
                foreach (var group in MatchCodec.Decode(packed ?? [])) yield return group;
            }
    }

    BlobClient Blob(TableEntity row) => spill.GetBlobClient($"{row.PartitionKey}/{row.RowKey}");
}
