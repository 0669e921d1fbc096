using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using LogMonitor.Core.Chunks;
using LogMonitor.Core.Pipeline;
using Microsoft.Extensions.Logging;

namespace LogMonitor.Storage.Blobs;

/// <summary>
/// Archives as block blobs: several chunks in a block, which says itself what it holds (<see cref="ArchiveBlock"/>). Gzip members concatenate, so the
/// committed list of blocks is the day's gzip file; a late chunk is one more block, and none is added that a committed block holds. The index
/// is made of the blocks: after a crash before it was written, the blocks it does not know are asked.
/// </summary>
sealed partial class BlobArchive(BlobContainerClient incoming, BlobContainerClient archive, ArchiveOptions options, ILogger<BlobArchive> logger) : IArchiveStore
{
    /// <summary>What a block blob can have.</summary>
    const int MaxBlocks = 50_000;

    /// <summary>Bytes of members at which a block is full. A larger chunk has a block of its own.</summary>
    internal int MaxBytes { get; init; } = ArchiveBlock.MaxBytes;

    /// <summary>Chunks at which it is.</summary>
    internal int MaxChunks { get; init; } = ArchiveBlock.MaxChunks;

    public async IAsyncEnumerable<string> ListIncomingAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var blob in incoming.GetBlobsAsync(cancellationToken: cancellationToken).ConfigureAwait(false)) yield return blob.Name;
    }

    public Task DeleteIncomingAsync(string blobName, CancellationToken cancellationToken) =>
        incoming.GetBlobClient(blobName).DeleteIfExistsAsync(cancellationToken: cancellationToken);

    public async Task<IReadOnlySet<string>> AppendAsync(ArchiveKey key, IReadOnlyList<LedgerEntry> chunks, CancellationToken cancellationToken)
    {
        var blob = archive.GetBlockBlobClient(key.BlobName);
        // First the index, then the blocks: when another run writes either meanwhile, a condition fails, and the next run asks the blocks that it finds.
        var (known, condition) = await ReadIndexAsync(key, cancellationToken).ConfigureAwait(false);
        var names = known.Members.ToDictionary(member => KeyOf(member.Chunk));
        foreach (var chunk in chunks)
            names.TryAdd(chunk.Key, new ArchiveMember(chunk.BlobName, 0, 0, chunk.Summary.Lines, chunk.Summary.FirstEvent, chunk.Summary.LastEvent));

        var index = new ArchiveIndex([.. (await CommitAsync(blob, known, chunks, cancellationToken).ConfigureAwait(false))
            .Where(part => names.ContainsKey(part.Key)).Select(part => names[part.Key] with { Offset = part.Offset, Length = part.Length })]);
        await archive.GetBlobClient(key.IndexName).UploadAsync(
            BinaryData.FromBytes(JsonSerializer.SerializeToUtf8Bytes(index, CoreJson.Default.ArchiveIndex)), new BlobUploadOptions { Conditions = condition }, cancellationToken).ConfigureAwait(false);
        var proven = await ProveAsync(blob, index, [.. chunks.Select(chunk => chunk.BlobName)], cancellationToken).ConfigureAwait(false);
        await SetTierAsync(blob, cancellationToken).ConfigureAwait(false);
        return proven;
    }

    /// <summary>Commits the blocks that are there and those of the new chunks; returns all chunks with their places, in order.</summary>
    async Task<List<Part>> CommitAsync(BlockBlobClient blob, ArchiveIndex index, IReadOnlyList<LedgerEntry> chunks, CancellationToken cancellationToken)
    {
        var (committed, condition) = await ReadBlocksAsync(blob, cancellationToken).ConfigureAwait(false);
        var parts = await ListPartsAsync(blob, committed, index, cancellationToken).ConfigureAwait(false);
        var held = parts.Select(part => part.Key).ToHashSet(StringComparer.Ordinal);
        var added = chunks.Where(chunk => held.Add(chunk.Key)).ToList();
        if (added.Count == 0) return parts;

        var staged = new List<string>();
        var offset = committed.Sum(block => block.SizeLong);
        await foreach (var block in BlocksOfAsync(added, cancellationToken).ConfigureAwait(false))
        {
            if (committed.Count + staged.Count == MaxBlocks) break;
            List<(string Key, long Length)> keys = [.. block.Select(member => (member.Key, member.Content.Length))];
            var header = ArchiveBlock.Header(keys);
            var id = ArchiveBlock.IdOf(keys.Select(chunk => chunk.Key));
            await blob.StageBlockAsync(id, new JoinedStream([new MemoryStream(header), .. block.Select(member => member.Content)]), cancellationToken: cancellationToken).ConfigureAwait(false);
            staged.Add(id);
            offset += header.Length;
            foreach (var (key, length) in keys)
            {
                parts.Add(new(key, offset, length));
                offset += length;
            }
        }
        if (staged.Count == 0) return parts;
        await blob.CommitBlockListAsync([.. committed.Select(block => block.Name), .. staged], new CommitBlockListOptions
        {
            Conditions = condition,
            HttpHeaders = new BlobHttpHeaders { ContentType = "application/gzip" },
        }, cancellationToken).ConfigureAwait(false);
        return parts;
    }

    /// <summary>The members of chunks, as many at a time as a block takes. No more is held in memory, and the chunk that did not fit.</summary>
    async IAsyncEnumerable<List<(string Key, Stream Content)>> BlocksOfAsync(IEnumerable<LedgerEntry> chunks, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (block, length) = (new List<(string Key, Stream Content)>(), 0L);
        foreach (var chunk in chunks)
        {
            var member = await OpenAsGzipAsync(chunk.BlobName, cancellationToken).ConfigureAwait(false);
            if (member is null) continue; // deleted meanwhile: it was archived by another run
            if (block.Count == MaxChunks || (block.Count > 0 && length + member.Length > MaxBytes))
            {
                yield return block;
                (block, length) = ([], 0);
            }
            block.Add((chunk.Key, member));
            length += member.Length;
        }
        if (block.Count > 0) yield return block;
    }

    /// <summary>What the committed blocks hold: by the index where it covers a block, else by the block itself.</summary>
    async Task<List<Part>> ListPartsAsync(BlockBlobClient blob, List<BlobBlock> blocks, ArchiveIndex index, CancellationToken cancellationToken)
    {
        var (parts, offset, next) = (new List<Part>(), 0L, 0);
        foreach (var block in blocks)
        {
            var end = offset + block.SizeLong;
            while (next < index.Members.Count && index.Members[next].Offset < offset) next++;
            var first = next;
            while (next < index.Members.Count && index.Members[next].Offset < end) next++;
            var indexed = index.Members.Skip(first).Take(next - first).Select(member => new Part(KeyOf(member.Chunk), member.Offset, member.Length)).ToList();

            if (ArchiveBlock.FindSingleKey(block.Name) is { } key) parts.Add(new(key, offset, block.SizeLong));
            else if (Covers(indexed, offset, end)) parts.AddRange(indexed);
            else if (await ReadHeaderAsync(blob, offset, block.SizeLong, cancellationToken).ConfigureAwait(false) is { } read) parts.AddRange(read.Select(part => part with { Offset = offset + part.Offset }));
            else LogForeignBlock(blob.Name, offset);
            offset = end;
        }
        return parts;
    }

    static bool Covers(List<Part> parts, long offset, long end)
    {
        var at = offset + ArchiveBlock.HeaderLength(parts.Count);
        foreach (var part in parts)
        {
            if (part.Offset != at) return false;
            at += part.Length;
        }
        return parts.Count > 0 && at == end;
    }

    static async Task<IEnumerable<Part>?> ReadHeaderAsync(BlockBlobClient blob, long offset, long length, CancellationToken cancellationToken)
    {
        var begin = await blob.DownloadContentAsync(new BlobDownloadOptions { Range = new HttpRange(offset, Math.Min(length, ArchiveBlock.MaxHeader)) }, cancellationToken).ConfigureAwait(false);
        return ArchiveBlock.TryRead(begin.Value.Content.ToMemory().Span, length)?.Select(part => new Part(part.Key, part.Offset, part.Length));
    }

    /// <summary>A chunk in the blob.</summary>
    sealed record Part(string Key, long Offset, long Length);

    /// <summary>A chunk is at most some MiB, and held whole: only its length says whether it fits into a block.</summary>
    async Task<Stream?> OpenIncomingAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            return (await incoming.GetBlobClient(name).DownloadContentAsync(cancellationToken).ConfigureAwait(false)).Value.Content.ToStream();
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            return null;
        }
    }

    /// <summary>A chunk in gzip, whatever it was shipped in: the archive is one gzip file.</summary>
    async Task<Stream?> OpenAsGzipAsync(string name, CancellationToken cancellationToken)
    {
        var source = await OpenIncomingAsync(name, cancellationToken).ConfigureAwait(false);
        if (source is null || !ChunkId.TryParse(name, out var id, out _) || id.Compression == ChunkCompression.Gzip) return source;
        await using var chunk = new ChunkStream(id, source);
        var member = new MemoryStream();
        await using (var gzip = new GZipStream(member, CompressionLevel.Optimal, leaveOpen: true)) await chunk.CopyToAsync(gzip, cancellationToken).ConfigureAwait(false);
        member.Position = 0;
        return member;
    }

    static async Task<(List<BlobBlock> Blocks, BlobRequestConditions Condition)> ReadBlocksAsync(BlockBlobClient blob, CancellationToken cancellationToken)
    {
        try
        {
            var list = await blob.GetBlockListAsync(BlockListTypes.Committed, cancellationToken: cancellationToken).ConfigureAwait(false);
            return ([.. list.Value.CommittedBlocks], new BlobRequestConditions { IfMatch = list.GetRawResponse().Headers.ETag });
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            return ([], new BlobRequestConditions { IfNoneMatch = ETag.All });
        }
    }

    async Task<(ArchiveIndex Index, BlobRequestConditions Condition)> ReadIndexAsync(ArchiveKey key, CancellationToken cancellationToken)
    {
        try
        {
            var found = (await archive.GetBlobClient(key.IndexName).DownloadContentAsync(cancellationToken).ConfigureAwait(false)).Value;
            return (JsonSerializer.Deserialize(found.Content, CoreJson.Default.ArchiveIndex) ?? new ArchiveIndex([]), new BlobRequestConditions { IfMatch = found.Details.ETag });
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            return (new ArchiveIndex([]), new BlobRequestConditions { IfNoneMatch = ETag.All });
        }
    }

    /// <summary>Reads members back, those that lie together in one go, and checks each against the hash in its chunk's name.</summary>
    async Task<IReadOnlySet<string>> ProveAsync(BlockBlobClient blob, ArchiveIndex index, HashSet<string> wanted, CancellationToken cancellationToken)
    {
        var proven = new HashSet<string>();
        foreach (var run in Together([.. index.Members.Where(member => wanted.Contains(member.Chunk))]))
        {
            var at = run[0].Offset;
            var range = new HttpRange(at, run[^1].Offset + run[^1].Length - at);
            await using var content = (await blob.DownloadStreamingAsync(new BlobDownloadOptions { Range = range }, cancellationToken).ConfigureAwait(false)).Value.Content;
            foreach (var member in run)
            {
                // The header of a block.
                await new PartStream(content, member.Offset - at).SkipAsync(cancellationToken).ConfigureAwait(false);
                var part = new PartStream(content, member.Length);
                if (await FindFaultAsync(member, part, cancellationToken).ConfigureAwait(false) is { } fault) LogUnproven(member.Chunk, blob.Name, fault);
                else proven.Add(member.Chunk);
                await part.SkipAsync(cancellationToken).ConfigureAwait(false);
                at = member.Offset + member.Length;
            }
        }
        return proven;
    }

    /// <summary>Members with nothing between them but headers.</summary>
    static IEnumerable<List<ArchiveMember>> Together(List<ArchiveMember> members)
    {
        var run = new List<ArchiveMember>();
        foreach (var member in members)
        {
            if (run is [.., var last] && member.Offset - (last.Offset + last.Length) is < 0 or > ArchiveBlock.MaxHeader)
            {
                yield return run;
                run = [];
            }
            run.Add(member);
        }
        if (run.Count > 0) yield return run;
    }

    /// <summary>Why a member is not the chunk; null where it is.</summary>
    static async Task<string?> FindFaultAsync(ArchiveMember member, Stream content, CancellationToken cancellationToken)
    {
        if (!ChunkId.TryParse(member.Chunk, out var id, out var problem)) return problem;
        try
        {
            await using var chunk = new ChunkStream(id with { Compression = ChunkCompression.Gzip }, content);
            await chunk.CopyToAsync(Stream.Null, cancellationToken).ConfigureAwait(false);
            chunk.Verify();
            return null;
        }
        catch (BadChunkException e)
        {
            return e.Message;
        }
    }

    async Task SetTierAsync(BlockBlobClient blob, CancellationToken cancellationToken)
    {
        try
        {
            await blob.SetAccessTierAsync(new AccessTier(options.Tier), cancellationToken: cancellationToken).ConfigureAwait(false);
        }
        catch (RequestFailedException e)
        {
            LogTier(blob.Name, options.Tier, e.ErrorCode);
        }
    }

    static string KeyOf(string chunkName) => ChunkId.TryParse(chunkName, out var id, out _) ? id.RowKey : "";

    [LoggerMessage(LogLevel.Error, "{Chunk} in archive/{Blob} could not be read back: {Problem}")]
    partial void LogUnproven(string chunk, string blob, string problem);

    [LoggerMessage(LogLevel.Warning, "archive/{Blob} has a block at {Offset} that does not say which chunks it holds; it is left as it is")]
    partial void LogForeignBlock(string blob, long offset);

    [LoggerMessage(LogLevel.Warning, "archive/{Blob} could not be set to the tier {Tier} ({Error}); it is complete, only dearer")]
    partial void LogTier(string blob, string tier, string? error);
}
