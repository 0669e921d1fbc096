using Azure;
using Azure.Identity;
using Azure.Storage;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using LogMonitor.Core.Chunks;

namespace LogMonitor.Shipper.Upload;

/// <summary>Chunks as blobs: one Put Blob each with <c>If-None-Match: *</c>, so that a credential which can only create is enough.</summary>
sealed class BlobSink(BlobContainerClient container) : IChunkSink
{
    // Without the query: it may be a SAS.
    readonly string place = container.Uri.GetLeftPart(UriPartial.Path);

    public Task<PutResult> PutAsync(ChunkId id, ChunkMetadata metadata, Stream compressed, CancellationToken cancellationToken) =>
        PutAsync(id.BlobName, metadata.ToBlobMetadata(), id.Compression == ChunkCompression.Zstd ? "application/zstd" : "application/gzip", compressed, cancellationToken);

    public Task<PutResult> BeatAsync(string host, DateTimeOffset now, CancellationToken cancellationToken) =>
        PutAsync(HeartbeatBlob.NameOf(host, now), new Dictionary<string, string>(), "text/plain", HeartbeatBlob.Content(), cancellationToken);

    /// <summary>Puts the blob that no reader takes for a chunk; "exists" shows the same right as "stored", since rights are looked at first.</summary>
    public Task<PutResult> TryAsync(string host, CancellationToken cancellationToken) =>
        PutAsync(TestBlob.NameOf(host), new Dictionary<string, string>(), "text/plain", TestBlob.Content(), cancellationToken);

    async Task<PutResult> PutAsync(string name, IDictionary<string, string> metadata, string contentType, Stream content, CancellationToken cancellationToken)
    {
        var options = new BlobUploadOptions
        {
            Conditions = new BlobRequestConditions { IfNoneMatch = ETag.All },
            // No Content-Encoding: clients would decompress behind our back.
            HttpHeaders = new BlobHttpHeaders { ContentType = contentType },
            Metadata = metadata,
            // Never blocks: Put Block needs the right to overwrite. One more than the length, since the SDK cuts what reaches its threshold.
            TransferOptions = new StorageTransferOptions { InitialTransferSize = content.Length + 1, MaximumConcurrency = 1 },
        };
        try
        {
            await container.GetBlobClient(name).UploadAsync(content, options, cancellationToken);
            return new(PutOutcome.Stored);
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            return Judge(error) with { Kind = FaultKinds.Of(error) };
        }
    }

    PutResult Judge(Exception error) => error switch
    {
        AggregateException { InnerExceptions: [.., var last] } => Judge(last),
        RequestFailedException { Status: > 0 } failed => Judge(failed.Status, failed.ErrorCode),
        AuthenticationFailedException => Held(
            "no Azure credential is available", "Give the machine a managed identity, set AZURE_CLIENT_ID and its companions, or use a container URL with a SAS"),
        // Whatever else it is, an agent that ends loses more than one that tries again.
        _ => new(
            PutOutcome.Retry, $"Uploading to {place} fails: {Innermost(error)}. Retrying; positions are kept and nothing is lost. If it lasts, check the network and the address."),
    };

    PutResult Judge(int status, string? code) => (status, code) switch
    {
        (409, "BlobAlreadyExists") or (412, _) or (403, "UnauthorizedBlobOverwrite") => new(PutOutcome.Exists),
        (404, _) => Held($"the container is not there ({status} {code})", "Create it, or correct the address"),
        (401 or 403, _) => Held($"access is denied ({status} {code})", "Renew the SAS if it has expired, or grant the identity the right to create blobs in this container (Storage Blob Data Contributor will do)"),
        ( >= 400 and < 500 and not (408 or 409 or 429), _) => Held($"the service refuses the request ({status} {code})", "Check that the address is a blob container's and that the machine's clock is right"),
        _ => new(PutOutcome.Retry, $"Uploading to {place} fails: the service answers {status} {code}. Retrying; positions are kept and nothing is lost."),
    };

    PutResult Held(string what, string remedy) =>
        new(PutOutcome.Held, $"Uploading to {place} fails: {what}. {remedy}. Positions are kept, nothing is lost, and the shipper goes on by itself then.");

    static string Innermost(Exception error) => error switch
    {
        OperationCanceledException => "no answer in time",
        { InnerException: { } inner } => Innermost(inner),
        _ => error.Message.Split('\n')[0].TrimEnd('.', '\r'),
    };
}
