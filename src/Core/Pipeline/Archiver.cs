using LogMonitor.Core.Chunks;
using LogMonitor.Core.Text;
using Microsoft.Extensions.Logging;

namespace LogMonitor.Core.Pipeline;

/// <summary>
/// Joins the chunks of finished days, one blob for each host, stream and day. A chunk leaves <c>incoming</c> only when it is in the
/// ledger, and read back from the archive with the right hash (invariant I3).
/// </summary>
public sealed partial class Archiver(IArchiveStore archive, IChunkLedger ledger, ArchiveOptions options, TimeProvider time, ILogger<Archiver> logger)
{
    /// <summary>Chunks of one stream that are looked at together: bounds memory when a backlog has grown.</summary>
    const int MaxChunksAtOnce = 5_000;

    /// <summary>Archives what is finished.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var stream = new List<LedgerEntry>();
        await foreach (var name in archive.ListIncomingAsync(cancellationToken).ConfigureAwait(false))
        {
            if (await FindFinishedAsync(name, cancellationToken).ConfigureAwait(false) is not { } entry) continue;
            if (stream is [var first, ..] && ((first.Host, first.Stream) != (entry.Host, entry.Stream) || stream.Count == MaxChunksAtOnce))
            {
                await ArchiveAsync(stream, cancellationToken).ConfigureAwait(false);
                stream.Clear();
            }
            stream.Add(entry);
        }
        await ArchiveAsync(stream, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The ledger's entry of a chunk whose day is finished; null for all others. What isn't ingested yet is not archived.</summary>
    async Task<LedgerEntry?> FindFinishedAsync(string name, CancellationToken cancellationToken)
    {
        if (!ChunkId.TryParse(name, out var id, out _)) return null;
        if (await ledger.FindAsync(id.Host, id.RowKey, cancellationToken).ConfigureAwait(false) is not { State: not ChunkState.Quarantined } entry) return null;
        var finishedAt = entry.Day.AddDays(1).ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc) + options.After;
        return time.GetUtcNow().UtcDateTime >= finishedAt ? entry : null;
    }

    async Task ArchiveAsync(List<LedgerEntry> entries, CancellationToken cancellationToken)
    {
        foreach (var day in entries.GroupBy(entry => new ArchiveKey(entry.Host, entry.Stream, entry.Day)))
            try
            {
                await ArchiveAsync(day.Key, [.. day.OrderBy(entry => entry.CutTime).ThenBy(entry => entry.BlobName, StringComparer.Ordinal)], cancellationToken).ConfigureAwait(false);
            }
#pragma warning disable CA1031 // one archive's trouble must not hold up all that come behind it, each night anew
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
            {
                LogFailed(day.Key.BlobName, e.Message, e);
            }
    }

    async Task ArchiveAsync(ArchiveKey day, List<LedgerEntry> chunks, CancellationToken cancellationToken)
    {
        var proven = await archive.AppendAsync(day, chunks, cancellationToken).ConfigureAwait(false);
        foreach (var entry in chunks.Where(entry => proven.Contains(entry.BlobName)))
        {
            await ledger.MarkArchivedAsync(entry, cancellationToken).ConfigureAwait(false);
            await archive.DeleteIncomingAsync(entry.BlobName, cancellationToken).ConfigureAwait(false);
        }
        LogArchived(Wording.Counted(proven.Count, "chunk"), day.BlobName);
        if (proven.Count < chunks.Count) LogUnproven(chunks.Count - proven.Count, day.BlobName);
    }

    [LoggerMessage(LogLevel.Information, "Archived {Chunks} into archive/{Blob}")]
    partial void LogArchived(string chunks, string blob);

    [LoggerMessage(LogLevel.Error, "archive/{Blob} could not be written: {Problem} Its chunks stay in 'incoming', and the next run tries again")]
    partial void LogFailed(string blob, string problem, Exception exception);

    [LoggerMessage(LogLevel.Error, "{Count} chunks could not be proven in archive/{Blob}; they stay in 'incoming', and the next run tries again")]
    partial void LogUnproven(int count, string blob);
}
