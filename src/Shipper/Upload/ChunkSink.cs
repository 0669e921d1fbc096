using LogMonitor.Core.Chunks;

namespace LogMonitor.Shipper.Upload;

/// <summary>Where chunks go.</summary>
interface IChunkSink
{
    /// <summary>Stores a chunk unless it is there. Does not throw but for cancellation: what went wrong is in the result.</summary>
    Task<PutResult> PutAsync(ChunkId id, ChunkMetadata metadata, Stream compressed, CancellationToken cancellationToken);

    /// <summary>Says that a host is there. Does not throw, as above.</summary>
    Task<PutResult> BeatAsync(string host, DateTimeOffset now, CancellationToken cancellationToken);
}

enum PutOutcome
{
    Stored,

    /// <summary>It was there before; its name holds its content's hash, so it is the same.</summary>
    Exists,

    /// <summary>It may go by itself: the network, or a busy service.</summary>
    Retry,

    /// <summary>Somebody must do something first; tried again all the same.</summary>
    Held,
}

/// <param name="Why">For <see cref="PutOutcome.Retry"/> and <see cref="PutOutcome.Held"/>: what, where, and what to do.</param>
readonly record struct PutResult(PutOutcome Outcome, string Why = "")
{
    /// <summary>What kind of failure it was, for counting.</summary>
    public FaultKind Kind { get; init; }

    public bool IsDone => Outcome is PutOutcome.Stored or PutOutcome.Exists;
}
