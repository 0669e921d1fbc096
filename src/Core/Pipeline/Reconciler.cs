using System.Collections.Concurrent;
using LogMonitor.Core.Chunks;
using LogMonitor.Core.Text;
using Microsoft.Extensions.Logging;

namespace LogMonitor.Core.Pipeline;

/// <summary>When an upload counts as missed.</summary>
public sealed record ReconcileOptions
{
    /// <summary>So long after its upload: events may be late. 15 minutes; the least is a minute.</summary>
    public TimeSpan After { get; init; } = TimeSpan.FromMinutes(15);
}

/// <summary>What the last sweep left.</summary>
/// <param name="Until">Everything that was uploaded before this time was looked at.</param>
/// <param name="Stuck">Of it, what could not be ingested: tried again by each sweep.</param>
public sealed record SweepState(DateTimeOffset Until, IReadOnlyList<string> Stuck);

/// <summary>
/// Finds what was uploaded and never ingested, and ingests it: events get lost, and a trigger gives a blob up after some attempts. Each blob is asked
/// about once, when it is old enough; so a sweep costs a listing, and a read for each upload since the one before.
/// </summary>
/// <remarks>It may crash anywhere, and may run beside the trigger: ingesting twice is ingesting once. Where it got to is written last.</remarks>
public sealed partial class Reconciler(
    IIncomingContainer incoming, IChunkLedger ledger, ChunkIngestor ingestor, SystemAlerts alerts, ReconcileOptions options, TimeProvider time, ILogger<Reconciler> logger)
{
    /// <summary>Names that are remembered; with more, the next sweep looks at everything again.</summary>
    const int MaxStuck = 500;

    /// <summary>Storage's times are whole seconds, and its clock is not ours.</summary>
    static readonly TimeSpan overlap = TimeSpan.FromMinutes(1);

    /// <summary>Uploads looked at at a time.</summary>
    internal int AtOnce { get; init; } = 8;

    /// <summary>One sweep over <c>incoming</c>.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var before = await ledger.FindSweepAsync(cancellationToken).ConfigureAwait(false) ?? new SweepState(default, []);
        var (until, known) = (time.GetUtcNow() - options.After, before.Stuck.ToHashSet(StringComparer.Ordinal));
        var missed = new ConcurrentBag<string>();
        var stuck = new ConcurrentBag<(string Name, string Why)>();
        var due = incoming.ListAsync(cancellationToken).Where(blob => blob.UploadedAt <= until && (blob.UploadedAt >= before.Until || known.Contains(blob.Name)) && !TestBlob.Is(blob.Name));
        await Parallel.ForEachAsync(due, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken }, async (blob, token) =>
        {
            try
            {
                if (await IngestAsync(blob.Name, token).ConfigureAwait(false)) missed.Add(blob.Name);
            }
#pragma warning disable CA1031 // one blob's trouble must not keep the others from being found
            catch (Exception e) when (!token.IsCancellationRequested)
#pragma warning restore CA1031
            {
                stuck.Add((blob.Name, e.Message.Split('\n')[0]));
            }
        }).ConfigureAwait(false);

        if (!missed.IsEmpty) LogMissed(Wording.Counted(missed.Count, "upload"), missed.Min(StringComparer.Ordinal)!);
        foreach (var host in stuck.GroupBy(blob => HostOf(blob.Name), StringComparer.Ordinal))
        {
            var (name, why) = host.MinBy(blob => blob.Name, StringComparer.Ordinal);
            LogStuck(host.Count(), host.Key, name, why);
            await alerts.RaiseAsync(SystemProblem.Stuck, host.Key, "", time.GetUtcNow(), host.Count(), $"{name}: {why}", cancellationToken).ConfigureAwait(false);
        }
        await ledger.SaveSweepAsync(
            stuck.Count > MaxStuck ? before : new SweepState(until - overlap, [.. stuck.Select(blob => blob.Name).Order(StringComparer.Ordinal)]), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Ingests what the ledger does not know; false where there is nothing to do.</summary>
    async Task<bool> IngestAsync(string name, CancellationToken cancellationToken)
    {
        if (ChunkId.TryParse(name, out var id, out _)
            && await ledger.FindAsync(id.Host, id.RowKey, cancellationToken).ConfigureAwait(false) is { State: not ChunkState.Quarantined }) return false;
        return await ingestor.IngestAsync(incoming.Open(name), cancellationToken, isMissed: true).ConfigureAwait(false) is IngestOutcome.Ingested or IngestOutcome.Quarantined or IngestOutcome.Heartbeat;
    }

    static string HostOf(string name) => name.Split('/')[0] is var host && ChunkId.IsHost(host) ? host : LedgerEntry.NoHost;

    [LoggerMessage(LogLevel.Warning, "{Uploads} had not been read after their time, and were now; {First} is one. Check the blob trigger: its event subscription, and the queue webjobs-blobtrigger-poison")]
    partial void LogMissed(string uploads, string first);

    [LoggerMessage(LogLevel.Error, "{Count} uploads of {Host} can't be read and are tried again by each sweep; {First}: {Why}")]
    partial void LogStuck(int count, string host, string first, string why);
}
