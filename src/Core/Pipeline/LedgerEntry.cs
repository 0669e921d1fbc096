using System.Security.Cryptography;
using System.Text;
using LogMonitor.Core.Chunks;

namespace LogMonitor.Core.Pipeline;

/// <summary>What became of an uploaded blob.</summary>
public enum ChunkState { Ingested, Quarantined, Archived }

/// <summary>
/// One row of the ledger: that a blob was dealt with, once and for all (invariant I1). Its key is derived from the blob's name,
/// which for a chunk is its identity.
/// </summary>
public sealed record LedgerEntry
{
    /// <summary>The host that entries of blobs without one are under: no real host name begins so.</summary>
    public const string NoHost = "_unattributed";

    /// <summary>The key of a blob's entry whose name is not a chunk's; a chunk's is its <see cref="ChunkId.RowKey"/>.</summary>
    public static string KeyOfNameless(string blobName) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(blobName)).AsSpan(0, 16));

    /// <summary>32 hex digits, derived from the blob's name.</summary>
    public required string Key { get; init; }
    public required string Host { get; init; }

    /// <summary>Empty where the blob's name gives none.</summary>
    public required string Stream { get; init; }
    public required string BlobName { get; init; }
    public required ChunkState State { get; init; }

    /// <summary>Why it was quarantined.</summary>
    public string? Reason { get; init; }
    public required DateTimeOffset IngestedAt { get; init; }
    public required DateTimeOffset CutTime { get; init; }

    /// <summary>When the store took it, by the store's clock; null where that is not known.</summary>
    public DateTimeOffset? UploadedAt { get; init; }

    /// <summary>Whether a sweep found it, since its event never led to it.</summary>
    public bool IsMissed { get; init; }
    public ChunkSummary Summary { get; init; } = new();

    /// <summary>The UTC day that its lines are archived under: that of the last event, or of the cut where no line has a time.</summary>
    public DateOnly Day => DateOnly.FromDateTime((Summary.LastEvent ?? CutTime).UtcDateTime);
}

/// <summary>An entry that no report holds yet.</summary>
/// <param name="Entry">The ledger's entry.</param>
/// <param name="Run">The evaluation that has claimed it; null when none has.</param>
/// <param name="Version">The store's concurrency token.</param>
public sealed record InboxEntry(LedgerEntry Entry, string? Run, string Version);
