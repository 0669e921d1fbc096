using System.Collections.ObjectModel;
using LogMonitor.Core.Alerting;
using LogMonitor.Core.Alerting.Plans;
using LogMonitor.Core.Chunks;
using LogMonitor.Core.Detection;

namespace LogMonitor.Core.Pipeline;

// What the pipeline needs of a store: Azure's tables and blobs in production, memory in fast tests. One set of contract tests
// holds both to the same behaviour. Every write is an upsert on a key made of a chunk's identity (or of an alert's, a run's), so
// that doing it twice changes nothing; every read names a partition and a key range.

/// <summary>A blob that was uploaded to <c>incoming</c>.</summary>
public interface IIncomingBlob
{
    /// <summary>The name within the container.</summary>
    string Name { get; }

    /// <summary>Its content as a stream, and its metadata; null when the blob is gone. The caller disposes the stream.</summary>
    Task<(Stream Content, ChunkMetadata Metadata)?> OpenAsync(CancellationToken cancellationToken);

    /// <summary>Deletes it; one that is gone is no error.</summary>
    Task DeleteAsync(CancellationToken cancellationToken);

    /// <summary>Moves it to <c>quarantine</c>, the reason beside it. Deleted from <c>incoming</c> only when the copy is verified.</summary>
    Task QuarantineAsync(string reason, CancellationToken cancellationToken);
}

/// <summary>The container <c>incoming</c>.</summary>
public interface IIncomingContainer
{
    /// <summary>All blobs, in the order of their names, each with when the store took it.</summary>
    IAsyncEnumerable<(string Name, DateTimeOffset UploadedAt)> ListAsync(CancellationToken cancellationToken);

    /// <summary>A blob, there or not.</summary>
    IIncomingBlob Open(string name);
}

/// <summary>Which chunks were dealt with, and which of them no report holds yet.</summary>
public interface IChunkLedger
{
    /// <summary>The entry with this key; null when there is none.</summary>
    Task<LedgerEntry?> FindAsync(string host, string key, CancellationToken cancellationToken);

    /// <summary>Writes the entry and puts it into the inbox, both or neither; false, and nothing written, when the key is known.</summary>
    Task<bool> CommitAsync(LedgerEntry entry, CancellationToken cancellationToken);

    /// <summary>Marks an ingested chunk as archived.</summary>
    Task MarkArchivedAsync(LedgerEntry entry, CancellationToken cancellationToken);

    /// <summary>The inbox, claimed entries first; at most <paramref name="max"/>.</summary>
    Task<IReadOnlyList<InboxEntry>> ReadInboxAsync(int max, CancellationToken cancellationToken);

    /// <summary>Claims entries for a run.</summary>
    /// <exception cref="ConcurrentRunException">Another run has claimed one of them meanwhile.</exception>
    Task<IReadOnlyList<InboxEntry>> ClaimAsync(IReadOnlyList<InboxEntry> entries, string run, CancellationToken cancellationToken);

    /// <summary>Takes reported entries out of the inbox; those already out are no error.</summary>
    Task ClearAsync(IReadOnlyList<InboxEntry> entries, CancellationToken cancellationToken);

    /// <summary>What the last sweep over <c>incoming</c> left; null before the first.</summary>
    Task<SweepState?> FindSweepAsync(CancellationToken cancellationToken);

    /// <summary>Writes what a sweep left.</summary>
    Task SaveSweepAsync(SweepState sweep, CancellationToken cancellationToken);
}

/// <summary>Counts per minute of event time.</summary>
public interface ICountStore
{
    /// <summary>Writes what one chunk has in one hour.</summary>
    Task SaveAsync(ChunkId chunk, EventHour hour, SortedDictionary<int, MinuteCounts> minutes, CancellationToken cancellationToken);

    /// <summary>A host's counts from the first to the last hour, summed over chunks; minute (milliseconds since 1970) → counts.</summary>
    Task<SortedDictionary<long, MinuteCounts>> ReadAsync(string host, EventHour first, EventHour last, CancellationToken cancellationToken);
}

/// <summary>The matches of window rules.</summary>
public interface IMatchStore
{
    /// <summary>Writes what one chunk has in one hour.</summary>
    Task SaveAsync(ChunkId chunk, EventHour hour, IReadOnlyList<MatchGroup> matches, CancellationToken cancellationToken);

    /// <summary>A host's matches from the first to the last hour.</summary>
    IAsyncEnumerable<MatchGroup> ReadAsync(string host, EventHour first, EventHour last, CancellationToken cancellationToken);
}

/// <summary>When each host was last heard of.</summary>
public interface IHostStore
{
    /// <summary>Writes what is known of a host but for its heartbeats. Only the evaluator does, so there is no race.</summary>
    Task SaveAsync(HostStatus host, CancellationToken cancellationToken);

    /// <summary>Takes note of a heartbeat; an earlier one than is known changes nothing.</summary>
    Task BeatAsync(string host, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>What is known of a host; null when it was never heard of.</summary>
    Task<HostStatus?> FindAsync(string host, CancellationToken cancellationToken);

    /// <summary>Every host, by name.</summary>
    Task<IReadOnlyList<HostStatus>> ListAsync(CancellationToken cancellationToken);

    /// <summary>Since when evaluations have run without a gap; null before the first.</summary>
    Task<WatchPeriod?> FindWatchAsync(CancellationToken cancellationToken);

    /// <summary>Writes since when evaluations have run.</summary>
    Task SaveWatchAsync(WatchPeriod period, CancellationToken cancellationToken);
}

/// <param name="Host">Its name.</param>
/// <param name="LastIngest">When its last chunk was ingested; null before the first.</param>
/// <param name="LastEvent">The latest event time of its lines; null where none had one.</param>
public sealed record HostStatus(string Host, DateTimeOffset? LastIngest, DateTimeOffset? LastEvent)
{
    /// <summary>Streams of which <see cref="Unknown"/> is kept for a host, 100: those with the most lines.</summary>
    public const int MaxStreams = 100;

    /// <summary>When the store got its last heartbeat; null for a host that sends none.</summary>
    public DateTimeOffset? LastHeartbeat { get; init; }

    /// <summary>Which share of each stream's lines no format fits.</summary>
    public IReadOnlyDictionary<string, UnknownShare> Unknown { get; init; } = ReadOnlyDictionary<string, UnknownShare>.Empty;
}

/// <param name="Since">When the first of evaluations without a gap began.</param>
/// <param name="Last">When the last did, to within a minute.</param>
public sealed record WatchPeriod(DateTimeOffset Since, DateTimeOffset Last);

/// <summary>The alerts.</summary>
public interface IAlertStore
{
    /// <summary>The alerts of a fingerprint, the latest incident first, without the merged ones.</summary>
    IAsyncEnumerable<Alert> FindAsync(Fingerprint fingerprint, CancellationToken cancellationToken);

    /// <summary>An alert by its id, merged or not; null when there is none.</summary>
    Task<Alert?> GetAsync(string alertId, CancellationToken cancellationToken);

    /// <summary>Those about which something is still to be decided (<see cref="Alert.IsPending"/>), in the order of their ids.</summary>
    Task<IReadOnlyList<Alert>> ListOpenAsync(CancellationToken cancellationToken);

    /// <summary>The latest opened, newest first, without the merged ones; looks back at most two months.</summary>
    Task<IReadOnlyList<Alert>> ListRecentAsync(int take, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Writes an alert.</summary>
    Task SaveAsync(Alert alert, CancellationToken cancellationToken);
}

/// <summary>A report row for each evaluation and host.</summary>
public interface IReportStore
{
    /// <summary>Writes a report unless there is one of that run and host: a resumed run doesn't report again.</summary>
    Task AppendAsync(Report report, CancellationToken cancellationToken);

    /// <summary>The latest with something new, newest first, and before them the last evaluation that found nothing, if it is later; looks back at most seven days.</summary>
    Task<IReadOnlyList<Report>> ListRecentAsync(int take, DateTimeOffset now, CancellationToken cancellationToken);
}

/// <summary>What people say about alerts, at any time, while an evaluation runs too: it only ever reads it, and forgets acknowledgements of what is over.</summary>
public interface IOperatorStore
{
    /// <summary>Adds or replaces the acknowledgement of an alert.</summary>
    Task AcknowledgeAsync(Acknowledgement acknowledgement, CancellationToken cancellationToken);

    /// <summary>Every acknowledgement that was not forgotten.</summary>
    Task<IReadOnlyList<Acknowledgement>> ListAcknowledgementsAsync(CancellationToken cancellationToken);

    /// <summary>Forgets an alert's acknowledgement, if there is one.</summary>
    Task ForgetAcknowledgementAsync(string alertId, CancellationToken cancellationToken);

    /// <summary>Adds or replaces a silence.</summary>
    Task SilenceAsync(Silence silence, CancellationToken cancellationToken);

    /// <summary>Every silence, also those that have ended less than a week ago, the latest to end first.</summary>
    Task<IReadOnlyList<Silence>> ListSilencesAsync(CancellationToken cancellationToken);

    /// <summary>Takes a silence away; false where there is none.</summary>
    Task<bool> EndSilenceAsync(string id, CancellationToken cancellationToken);
}

/// <summary>Notifications on their way: written before they are sent, so that a crash repeats one rather than loses it.</summary>
public interface IOutbox
{
    /// <summary>Adds or replaces a pending delivery.</summary>
    Task SaveAsync(Delivery delivery, CancellationToken cancellationToken);

    /// <summary>The pending ones, at most <paramref name="max"/>.</summary>
    Task<IReadOnlyList<Delivery>> ListPendingAsync(int max, CancellationToken cancellationToken);

    /// <summary>The deliveries that tell of an alert, by itself or with others: pending ones and history, in the order of their ids.</summary>
    Task<IReadOnlyList<Delivery>> ListOfAsync(string alertId, CancellationToken cancellationToken);

    /// <summary>Takes a delivery out of the pending ones and keeps it as history.</summary>
    Task CompleteAsync(Delivery delivery, CancellationToken cancellationToken);

    /// <summary>When a channel with a limit took its last messages.</summary>
    Task<IReadOnlyList<DateTimeOffset>> ListSentAsync(string channel, CancellationToken cancellationToken);

    /// <summary>Replaces those times.</summary>
    Task SaveSentAsync(string channel, IReadOnlyList<DateTimeOffset> times, CancellationToken cancellationToken);
}

/// <summary>Two evaluations ran at once; the one that sees this stops, and the other goes on.</summary>
public sealed class ConcurrentRunException(string message, Exception? inner = null) : Exception(message, inner);
