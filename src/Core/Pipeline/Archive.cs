using System.Globalization;

namespace LogMonitor.Core.Pipeline;

/// <summary>One archive blob: a stream's lines of one UTC day.</summary>
public sealed record ArchiveKey(string Host, string Stream, DateOnly Day)
{
    /// <summary>The name within the container <c>archive</c>: gzip members, one for each chunk, and empty ones between them, which together are one gzip file.</summary>
    public string BlobName => $"{Prefix}.log.gz";

    /// <summary>The index beside it.</summary>
    public string IndexName => $"{Prefix}.index.json";

    string Prefix => string.Create(CultureInfo.InvariantCulture, $"{Host}/{Stream}/{Day:yyyy}/{Day:MM}/{Day:dd}");
}

/// <summary>What an archive blob holds, so that a search reads only the members it needs.</summary>
/// <param name="Members">In the order of the blob.</param>
public sealed record ArchiveIndex(IReadOnlyList<ArchiveMember> Members);

/// <summary>One chunk in an archive blob.</summary>
/// <param name="Chunk">The chunk's blob name: its identity, with the hash that proves the member.</param>
/// <param name="Offset">Where the gzip member begins, in bytes.</param>
/// <param name="Length">Its compressed length, in bytes.</param>
/// <param name="Lines">Lines in it.</param>
/// <param name="FirstEvent">Its earliest event time; null where no line has one.</param>
/// <param name="LastEvent">Its latest event time; null where no line has one.</param>
public sealed record ArchiveMember(string Chunk, long Offset, long Length, long Lines, DateTimeOffset? FirstEvent, DateTimeOffset? LastEvent);

/// <summary>Where archives are kept.</summary>
public interface IArchiveStore
{
    /// <summary>The names of all blobs in <c>incoming</c>, in order.</summary>
    IAsyncEnumerable<string> ListIncomingAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Adds chunks to an archive blob, writes its index, and reads the blob back to prove each of them by its hash. Chunks that it
    /// holds already are not added again. Returns the names of the chunks that are proven to be in it.
    /// </summary>
    Task<IReadOnlySet<string>> AppendAsync(ArchiveKey key, IReadOnlyList<LedgerEntry> chunks, CancellationToken cancellationToken);

    /// <summary>Deletes a chunk from <c>incoming</c>; one that is gone is no error.</summary>
    Task DeleteIncomingAsync(string blobName, CancellationToken cancellationToken);
}

/// <summary>When days are archived.</summary>
public sealed record ArchiveOptions
{
    /// <summary>How long after its end (UTC) a day counts as finished: the time for late chunks. Later ones are appended. Default 2 hours.</summary>
    public TimeSpan After { get; init; } = TimeSpan.FromHours(2);

    /// <summary>The access tier of archive blobs: Hot, Cool or Cold. Default Cool.</summary>
    public string Tier { get; init; } = "Cool";
}
