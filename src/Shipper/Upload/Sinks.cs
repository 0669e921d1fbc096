using LogMonitor.Core.Chunks;
using LogMonitor.Shipper.Health;
using Microsoft.Extensions.Logging;

namespace LogMonitor.Shipper.Upload;

/// <summary>Counts what comes of each put.</summary>
sealed class ObservedSink(IChunkSink inner, Vitals vitals, TimeProvider time) : IChunkSink
{
    /// <summary>Another one after a reload; set between two puts.</summary>
    public IChunkSink Inner { get; set; } = inner;

    /// <summary>A timestamp of when the destination took something last; null before that.</summary>
    public long? TakenAt { get; private set; }

    public async Task<PutResult> PutAsync(ChunkId id, ChunkMetadata metadata, Stream compressed, CancellationToken cancellationToken)
    {
        var length = compressed.Length;
        var result = await Inner.PutAsync(id, metadata, compressed, cancellationToken);
        if (result.IsDone) TakenAt = time.GetTimestamp();
        vitals.Put(id, metadata, length, result);
        return result;
    }

    public async Task<PutResult> BeatAsync(string host, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var result = await Inner.BeatAsync(host, now, cancellationToken);
        if (result.IsDone) TakenAt = time.GetTimestamp();
        vitals.Beat(result);
        return result;
    }
}

/// <summary>
/// Takes a new secret when the one that was configured has changed: a SAS expires, and an administrator who puts another into its file
/// should not have to think of the shipper. Asked only when a put was held, so it costs nothing.
/// </summary>
/// <param name="open">Opens the destination; throws <see cref="ShipperException"/> when it can't be.</param>
/// <param name="secretFile">Where the secret is; null for nowhere.</param>
sealed class RenewingSink(Func<IChunkSink> open, string? secretFile, ILogger logger) : IChunkSink
{
    IChunkSink inner = open();
    DateTime read = ChangeOf(secretFile);

    public async Task<PutResult> PutAsync(ChunkId id, ChunkMetadata metadata, Stream compressed, CancellationToken cancellationToken)
    {
        var result = await inner.PutAsync(id, metadata, compressed, cancellationToken);
        if (result.Outcome == PutOutcome.Held) Renew();
        return result;
    }

    public async Task<PutResult> BeatAsync(string host, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var result = await inner.BeatAsync(host, now, cancellationToken);
        if (result.Outcome == PutOutcome.Held) Renew();
        return result;
    }

    // The put that was held is tried again by itself.
    void Renew()
    {
        if (secretFile is null || ChangeOf(secretFile) is var changed && changed == read) return;
        try
        {
            inner = open();
            read = changed;
            logger.SecretChanged();
        }
        catch (ShipperException)
        {
            // Half written, perhaps: the next held put looks again.
        }
    }

    static DateTime ChangeOf(string? file)
    {
        try { return file is null ? default : File.GetLastWriteTimeUtc(file); }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException) { return default; }
    }
}
