using Azure.Storage.Blobs;
using LogMonitor.Core.Pipeline;
using LogMonitor.Storage.Blobs;

namespace LogMonitor.Functions;

/// <summary>Reads each uploaded chunk. Delivered at least once, late, or twice: the ingestor makes it once.</summary>
public sealed class IngestChunk(ChunkIngestor ingestor)
{
    /// <summary>Throws only for what another attempt may mend; bad blobs are quarantined.</summary>
    [Function(nameof(IngestChunk))]
    public Task RunAsync(
        [BlobTrigger("incoming/{name}", Source = BlobTriggerSource.EventGrid, Connection = "LogStorage")] BlobClient blob,
        string name, CancellationToken cancellationToken) =>
        ingestor.IngestAsync(new IncomingBlob(blob, name), cancellationToken);
}
