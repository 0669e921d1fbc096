using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using LogMonitor.Core.Chunks;
using LogMonitor.Core.Pipeline;
using LogMonitor.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace LogMonitor.Storage.Tests;

public sealed class ArchiveTests(AzuriteFixture azurite)
{
    static int hosts;

    readonly string host = $"archived{Interlocked.Increment(ref hosts)}";
    readonly FakeTimeProvider clock = new(new DateTimeOffset(2026, 11, 2, 12, 0, 0, TimeSpan.Zero));

    static CancellationToken Token => TestContext.Current.CancellationToken;

    BlobContainerClient Container(string name) => azurite.Get<BlobServiceClient>().GetBlobContainerClient(name);

    [Fact]
    public async Task AFinishedDayBecomesOneGzipFileWithAnIndexAndTheChunksAreDeleted()
    {
        var first = await UploadAsync("one\ntwo\n", 0);
        var second = await UploadAsync("three\n", 8, compression: ChunkCompression.Zstd);
        await RunAsync();

        Assert.Equal("one\ntwo\nthree\n", await ReadArchiveAsync());
        Assert.Equal([(first, 2L), (second, 1L)], (await ReadIndexAsync()).Members.Select(member => (member.Chunk, member.Lines)));
        Assert.Empty(await IncomingAsync());
        Assert.Equal(ChunkState.Archived, (await EntryAsync(first))!.State);
        Assert.Equal(AccessTier.Cool.ToString(), (await Container("archive").GetBlobClient(Name).GetPropertiesAsync(cancellationToken: Token)).Value.AccessTier);
    }

    [Fact]
    public async Task EachMemberIsReadableByItselfFromItsOffset()
    {
        await UploadAsync("one\ntwo\n", 0);
        await UploadAsync("three\n", 8);
        await RunAsync();

        var member = (await ReadIndexAsync()).Members[1];
        var range = await Container("archive").GetBlobClient(Name).DownloadStreamingAsync(new BlobDownloadOptions { Range = new Azure.HttpRange(member.Offset, member.Length) }, Token);
        Assert.Equal("three\n", await DecompressAsync(range.Value.Content));
    }

    [Fact]
    public async Task ALateChunkIsAppendedToItsDay()
    {
        await UploadAsync("one\n", 0);
        await RunAsync();
        await UploadAsync("late\n", 4);
        await RunAsync();

        Assert.Equal("one\nlate\n", await ReadArchiveAsync());
        Assert.Equal([1L, 1L], (await ReadIndexAsync()).Members.Select(member => member.Lines));
    }

    [Fact]
    public async Task AChunkThatIsInTheArchiveButStillInIncomingIsNotAddedAgain()
    {
        // As after a crash between the archive's commit and the deletion.
        var name = await UploadAsync("one\n", 0);
        var content = (await Container("incoming").GetBlobClient(name).DownloadContentAsync(Token)).Value.Content;
        await RunAsync();
        await Container("incoming").GetBlobClient(name).UploadAsync(content, Token);
        await RunAsync();

        Assert.Equal("one\n", await ReadArchiveAsync());
        Assert.Empty(await IncomingAsync());
    }

    [Fact]
    public async Task AChunkWhoseContentIsNotWhatItsNameSaysStays()
    {
        var name = await UploadAsync("one\n", 0, content: TestChunk.Gzip("eno\n"u8.ToArray()));
        await RunAsync();
        Assert.Equal([name], await IncomingAsync());
        Assert.Equal(ChunkState.Ingested, (await EntryAsync(name))!.State);
    }

    [Fact]
    public async Task ADayThatIsNotOverAndAChunkThatIsNotIngestedStay()
    {
        clock.SetUtcNow(new DateTimeOffset(2026, 11, 2, 12, 0, 0, TimeSpan.Zero));
        var today = await UploadAsync("today\n", 0, cut: clock.GetUtcNow());
        var unknown = await UploadAsync("not ingested\n", 100, ingest: false);
        await RunAsync();
        Assert.Equal(new[] { today, unknown }.Order(StringComparer.Ordinal), await IncomingAsync());
    }

    string Name => $"{host}/access/2026/11/01.log.gz";

    async Task<string> UploadAsync(string text, long start, DateTimeOffset? cut = null, byte[]? content = null, bool ingest = true, ChunkCompression compression = ChunkCompression.Gzip)
    {
        var chunk = TestChunk.Of(Encoding.UTF8.GetBytes(text), host, "access", start, cut ?? new DateTimeOffset(2026, 11, 1, 10, 0, 0, TimeSpan.Zero).AddSeconds(start), compression: compression);
        await Container("incoming").GetBlobClient(chunk.Name).UploadAsync(BinaryData.FromBytes(content ?? chunk.Content), Token);
        Assert.True(ChunkId.TryParse(chunk.Name, out var id, out _));
        if (ingest)
            await azurite.Get<IChunkLedger>().CommitAsync(new LedgerEntry
            {
                Key = id.RowKey,
                Host = host,
                Stream = "access",
                BlobName = chunk.Name,
                State = ChunkState.Ingested,
                IngestedAt = clock.GetUtcNow(),
                CutTime = chunk.Metadata.CutTime,
                Summary = new ChunkSummary { Lines = chunk.Metadata.Lines, Unknown = chunk.Metadata.Lines },
            }, Token);
        return chunk.Name;
    }

    Task RunAsync() => new Archiver(azurite.Get<IArchiveStore>(), azurite.Get<IChunkLedger>(), new ArchiveOptions(), clock, NullLogger<Archiver>.Instance).RunAsync(Token);

    async Task<LedgerEntry?> EntryAsync(string name)
    {
        Assert.True(ChunkId.TryParse(name, out var id, out _));
        return await azurite.Get<IChunkLedger>().FindAsync(host, id.RowKey, Token);
    }

    async Task<List<string>> IncomingAsync() => await Container("incoming").GetBlobsAsync(BlobTraits.None, BlobStates.None, host + "/", Token).Select(blob => blob.Name).ToListAsync(Token);

    async Task<string> ReadArchiveAsync() => await DecompressAsync((await Container("archive").GetBlobClient(Name).DownloadStreamingAsync(cancellationToken: Token)).Value.Content);

    async Task<ArchiveIndex> ReadIndexAsync() => JsonSerializer.Deserialize(
        (await Container("archive").GetBlobClient($"{host}/access/2026/11/01.index.json").DownloadContentAsync(Token)).Value.Content, CoreJson.Default.ArchiveIndex)!;

    static async Task<string> DecompressAsync(Stream gzip)
    {
        using var reader = new StreamReader(new GZipStream(gzip, CompressionMode.Decompress), Encoding.UTF8);
        return await reader.ReadToEndAsync(Token);
    }
}
