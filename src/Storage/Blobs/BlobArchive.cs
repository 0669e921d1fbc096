using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Text;
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
/// Archives as block blobs: one block for each chunk, its id derived from the chunk's identity. Gzip members concatenate, so the
/// committed list of blocks is the day's gzip file; adding a late chunk is one more block, and adding one twice is not possible.
/// </summary>
sealed partial class BlobArchive(BlobContainerClient incoming, BlobContainerClient archive, ArchiveOptions options, ILogger<BlobArchive> logger) : IArchiveStore
{
    /// <summary>What a block blob can have. At two chunks a minute a day has 2,880.</summary>
    const int MaxBlocks = 50_000;

    public async IAsyncEnumerable<string> ListIncomingAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var blob in incoming.GetBlobsAsync(cancellationToken: cancellationToken).ConfigureAwait(false)) yield return blob.Name;
    }

    public Task DeleteIncomingAsync(string blobName, CancellationToken cancellationToken) =>
        incoming.GetBlobClient(blobName).DeleteIfExistsAsync(cancellationToken: cancellationToken);

    public async Task<IReadOnlySet<string>> AppendAsync(ArchiveKey key, IReadOnlyList<LedgerEntry> chunks, CancellationToken cancellationToken)
    {
        var blob = archive.GetBlockBlobClient(key.BlobName);
        var blocks = await CommitAsync(blob, chunks, cancellationToken).ConfigureAwait(false);
        var index = await WriteIndexAsync(key, blocks, chunks, cancellationToken).ConfigureAwait(false);
        var proven = await ProveAsync(blob, index, [.. chunks.Select(chunk => chunk.BlobName)], cancellationToken).ConfigureAwait(false);
        await SetTierAsync(blob, cancellationToken).ConfigureAwait(false);
        return proven;
    }

    /// <summary>Commits the blocks that are there and those of the new chunks; returns all with their lengths, in order.</summary>
    async Task<List<BlobBlock>> CommitAsync(BlockBlobClient blob, IReadOnlyList<LedgerEntry> chunks, CancellationToken cancellationToken)
    {
        var (committed, condition) = await ReadBlocksAsync(blob, cancellationToken).ConfigureAwait(false);
        var names = committed.Select(block => block.Name).ToHashSet();
        var added = chunks.Where(chunk => !names.Contains(BlockId(chunk.Key))).Take(MaxBlocks - committed.Count).ToList();
        if (added.Count == 0) return committed;

        var staged = new List<string>();
        foreach (var chunk in added)
        {
            await using var source = await OpenAsGzipAsync(chunk.BlobName, cancellationToken).ConfigureAwait(false);
            if (source is null) continue; // deleted meanwhile: it was archived by another run
            await blob.StageBlockAsync(BlockId(chunk.Key), source, cancellationToken: cancellationToken).ConfigureAwait(false);
            staged.Add(BlockId(chunk.Key));
        }
        await blob.CommitBlockListAsync([.. committed.Select(block => block.Name), .. staged], new CommitBlockListOptions
        {
            Conditions = condition,
            HttpHeaders = new BlobHttpHeaders { ContentType = "application/gzip" },
        }, cancellationToken).ConfigureAwait(false);
        return (await ReadBlocksAsync(blob, cancellationToken).ConfigureAwait(false)).Blocks;
    }

    /// <summary>A chunk is at most some MiB; a block needs a seekable stream, so it is held once.</summary>
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

    /// <summary>Offsets come from the committed blocks; what is known of members from the index that is there, and from the ledger.</summary>
    async Task<ArchiveIndex> WriteIndexAsync(ArchiveKey key, List<BlobBlock> blocks, IReadOnlyList<LedgerEntry> chunks, CancellationToken cancellationToken)
    {
        var indexBlob = archive.GetBlobClient(key.IndexName);
        var known = (await ReadIndexAsync(indexBlob, cancellationToken).ConfigureAwait(false)).Members.ToDictionary(member => BlockId(KeyOf(member.Chunk)));
        foreach (var chunk in chunks)
            known.TryAdd(BlockId(chunk.Key), new ArchiveMember(chunk.BlobName, 0, 0, chunk.Summary.Lines, chunk.Summary.FirstEvent, chunk.Summary.LastEvent));

        var members = new List<ArchiveMember>();
        var offset = 0L;
        foreach (var block in blocks)
        {
            if (known.TryGetValue(block.Name, out var member)) members.Add(member with { Offset = offset, Length = block.SizeLong });
            else LogForeignBlock(key.BlobName, offset);
            offset += block.SizeLong;
        }
        var index = new ArchiveIndex(members);
        await indexBlob.UploadAsync(BinaryData.FromBytes(JsonSerializer.SerializeToUtf8Bytes(index, CoreJson.Default.ArchiveIndex)), overwrite: true, cancellationToken).ConfigureAwait(false);
        return index;
    }

    static async Task<ArchiveIndex> ReadIndexAsync(BlobClient blob, CancellationToken cancellationToken)
    {
        try
        {
            var json = (await blob.DownloadContentAsync(cancellationToken).ConfigureAwait(false)).Value.Content;
            return JsonSerializer.Deserialize(json, CoreJson.Default.ArchiveIndex) ?? new ArchiveIndex([]);
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            return new ArchiveIndex([]);
        }
    }

    /// <summary>Reads members back and checks each against the hash in its chunk's name.</summary>
    async Task<IReadOnlySet<string>> ProveAsync(BlockBlobClient blob, ArchiveIndex index, HashSet<string> wanted, CancellationToken cancellationToken)
    {
        var proven = new HashSet<string>();
        foreach (var member in index.Members.Where(member => wanted.Contains(member.Chunk)))
        {
            if (!ChunkId.TryParse(member.Chunk, out var id, out _)) continue;
            var range = await blob.DownloadStreamingAsync(new BlobDownloadOptions { Range = new HttpRange(member.Offset, member.Length) }, cancellationToken).ConfigureAwait(false);
            try
            {
                await using var chunk = new ChunkStream(id with { Compression = ChunkCompression.Gzip }, range.Value.Content);
                await chunk.CopyToAsync(Stream.Null, cancellationToken).ConfigureAwait(false);
                chunk.Verify();
                proven.Add(member.Chunk);
            }
            catch (BadChunkException e)
            {
                LogUnproven(member.Chunk, blob.Name, e.Message);
            }
        }
        return proven;
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

    /// <summary>All block ids of a blob must have one length: a chunk's key has.</summary>
    static string BlockId(string chunkKey) => Convert.ToBase64String(Encoding.ASCII.GetBytes(chunkKey));

    [LoggerMessage(LogLevel.Error, "{Chunk} in archive/{Blob} could not be read back: {Problem}")]
    partial void LogUnproven(string chunk, string blob, string problem);

    [LoggerMessage(LogLevel.Warning, "archive/{Blob} has a block at {Offset} that neither the index nor the ledger knows; it is left as it is")]
    partial void LogForeignBlock(string blob, long offset);

    [LoggerMessage(LogLevel.Warning, "archive/{Blob} could not be set to the tier {Tier} ({Error}); it is complete, only dearer")]
    partial void LogTier(string blob, string tier, string? error);
}
