using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using LogMonitor.Core.Chunks;
using LogMonitor.Core.Pipeline;
using LogMonitor.Storage.Blobs;
using LogMonitor.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace LogMonitor.Storage.Tests;

/// <summary>The archiver is stopped before and after each of its requests, and goes on: each chunk is in the archive once, and its index says where.</summary>
public sealed class ArchiveCrashTests(AzuriteFixture azurite) : IAsyncLifetime
{
    static readonly string[] texts = ["one\n", "two\ntwo\n", "three\n", "four\n", "five\n"];
    static int hosts;

    readonly Faults faults = new();
    string host = "";
    ServiceProvider services = null!;
    BlobServiceClient faulty = null!;

    static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        services = await azurite.TakeAccountAsync(out var account);
        var options = new BlobClientOptions { Retry = { MaxRetries = 0 } };
        options.AddPolicy(faults, HttpPipelinePosition.PerCall);
        faulty = new BlobServiceClient(account, options);
    }

    public ValueTask DisposeAsync() => services.DisposeAsync();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ACrashAtAnyRequestLeavesEachChunkInTheArchiveOnce(bool isAnswerLost)
    {
        var crashes = 0;
        for (var request = 1; ; request++, crashes++)
        {
            host = $"crashed{Interlocked.Increment(ref hosts)}";
            // One is there already.
            await UploadAsync(0);
            faults.None();
            await RunAsync();
            for (var number = 1; number < texts.Length; number++) await UploadAsync(number);

            faults.At(request, isAnswerLost);
            await RunAsync();
            var hasCrashed = faults.HaveHappened;
            faults.None();
            // A chunk that came meanwhile makes other blocks than the run that crashed would have made.
            await UploadAsync(texts.Length, "late\n");
            await RunAsync();
            await AssertArchivedAsync([.. texts, "late\n"]);
            if (!hasCrashed) break;
        }
        // Listing, reading index, blocks and chunks, staging, committing, index, proof, tier, and a deletion for each chunk.
        Assert.InRange(crashes, 15, 40);
    }

    [Fact]
    public async Task AnArchiveOfAnEarlierVersionIsGoneOnWith()
    {
        host = $"crashed{Interlocked.Increment(ref hosts)}";
        await UploadAsync(0);
        await UploadAsync(1);
        var blob = services.GetRequiredService<BlobServiceClient>().GetBlobContainerClient("archive").GetBlockBlobClient(Key.BlobName);
        // As it was: a block for each chunk, and its key the block's id. The first is in the index, and gone from incoming; a crash came before the second was.
        List<string> blocks = [];
        List<ArchiveMember> members = [];
        foreach (var number in (int[])[0, 1])
        {
            var chunk = Chunk(number, texts[number]);
            Assert.True(ChunkId.TryParse(chunk.Name, out var id, out _));
            blocks.Add(ArchiveBlock.SingleIdOf(id.RowKey));
            await blob.StageBlockAsync(blocks[^1], new MemoryStream(chunk.Content), cancellationToken: Token);
            if (number == 0) members.Add(new ArchiveMember(chunk.Name, 0, chunk.Content.Length, 1, null, null));
        }
        await blob.CommitBlockListAsync(blocks, cancellationToken: Token);
        await Container("archive").GetBlobClient(Key.IndexName).UploadAsync(BinaryData.FromBytes(JsonSerializer.SerializeToUtf8Bytes(new ArchiveIndex(members), CoreJson.Default.ArchiveIndex)), Token);
        await Container("incoming").DeleteBlobAsync(Chunk(0, texts[0]).Name, cancellationToken: Token);

        await UploadAsync(2);
        await RunAsync();
        await AssertArchivedAsync(texts[..3]);
        Assert.Equal(3, (await blob.GetBlockListAsync(cancellationToken: Token)).Value.CommittedBlocks.Count());
    }

    [Fact]
    public async Task ChunksShareBlocksUpToTheirBounds()
    {
        host = $"crashed{Interlocked.Increment(ref hosts)}";
        for (var number = 0; number < texts.Length; number++) await UploadAsync(number);
        faults.None();
        await RunAsync();
        await AssertArchivedAsync(texts);
        var blocks = await Container("archive").GetBlockBlobClient(Key.BlobName).GetBlockListAsync(cancellationToken: Token);
        // Two at a time.
        Assert.Equal(3, blocks.Value.CommittedBlocks.Count());
        // Three blocks, the commit, and the index; the tier is another. All are proven by one read.
        Assert.Equal(6, faults.Requests.Count(request => request.StartsWith("PUT ", StringComparison.Ordinal)));
        Assert.Single(faults.Requests, request => request == $"GET /archive/{Key.BlobName}");
    }

    [Fact]
    public async Task AChunkLargerThanABlockHasItsOwn()
    {
        host = $"crashed{Interlocked.Increment(ref hosts)}";
        var random = new Random(1);
        string[] large = [.. Enumerable.Range(0, 3).Select(_ => string.Concat(Enumerable.Range(0, 100).Select(_ => $"{random.NextInt64():x}")) + "\n")];
        for (var number = 0; number < large.Length; number++) await UploadAsync(number, large[number]);
        await RunAsync(maxBytes: 500);
        await AssertArchivedAsync(large);
        Assert.Equal(3, (await Container("archive").GetBlockBlobClient(Key.BlobName).GetBlockListAsync(cancellationToken: Token)).Value.CommittedBlocks.Count());
    }

    ArchiveKey Key => new(host, "access", new DateOnly(2026, 11, 1));

    BlobContainerClient Container(string name) => services.GetRequiredService<BlobServiceClient>().GetBlobContainerClient(name);

    TestChunk Chunk(int number, string text) => TestChunk.Of(Encoding.UTF8.GetBytes(text), host, "access", number * 1_000L, new DateTimeOffset(2026, 11, 1, 10, number, 0, TimeSpan.Zero));

    async Task UploadAsync(int number, string? text = null)
    {
        var chunk = Chunk(number, text ?? texts[number]);
        await Container("incoming").GetBlobClient(chunk.Name).UploadAsync(BinaryData.FromBytes(chunk.Content), Token);
        Assert.True(ChunkId.TryParse(chunk.Name, out var id, out _));
        await services.GetRequiredService<IChunkLedger>().CommitAsync(new LedgerEntry
        {
            Key = id.RowKey,
            Host = host,
            Stream = "access",
            BlobName = chunk.Name,
            State = ChunkState.Ingested,
            IngestedAt = chunk.Metadata.CutTime,
            CutTime = chunk.Metadata.CutTime,
            Summary = new ChunkSummary { Lines = chunk.Metadata.Lines },
        }, Token);
    }

    async Task RunAsync(int maxBytes = int.MaxValue)
    {
        var archive = new BlobArchive(faulty.GetBlobContainerClient("incoming"), faulty.GetBlobContainerClient("archive"), new ArchiveOptions(), NullLogger<BlobArchive>.Instance) { MaxChunks = 2, MaxBytes = maxBytes };
        try
        {
            await new Archiver(archive, services.GetRequiredService<IChunkLedger>(), new ArchiveOptions(), new FakeTimeProvider(new(2026, 11, 2, 12, 0, 0, TimeSpan.Zero)), NullLogger<Archiver>.Instance).RunAsync(Token);
        }
        catch (RequestFailedException)
        {
            // The listing: a run that fails there has done nothing.
        }
    }

    async Task AssertArchivedAsync(string[] expected)
    {
        var file = (await Container("archive").GetBlobClient(Key.BlobName).DownloadContentAsync(Token)).Value.Content.ToArray();
        Assert.Equal(string.Concat(expected).Split('\n').Order(StringComparer.Ordinal), (await TextAsync(file)).Split('\n').Order(StringComparer.Ordinal));
        var index = JsonSerializer.Deserialize((await Container("archive").GetBlobClient(Key.IndexName).DownloadContentAsync(Token)).Value.Content, CoreJson.Default.ArchiveIndex)!;
        Assert.Equal(expected.Length, index.Members.Select(member => member.Chunk).Distinct().Count());
        Assert.Equal(expected.Length, index.Members.Count);
        foreach (var member in index.Members)
        {
            var text = await TextAsync(file[(int)member.Offset..(int)(member.Offset + member.Length)]);
            Assert.Contains(text, expected);
            Assert.EndsWith($"{Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(text)))}.log.gz", member.Chunk, StringComparison.Ordinal);
            Assert.Equal(text.Count(letter => letter == '\n'), member.Lines);
        }
        Assert.Empty(await Container("incoming").GetBlobsAsync(BlobTraits.None, BlobStates.None, host + "/", Token).ToListAsync(Token));
    }

    static async Task<string> TextAsync(byte[] gzip)
    {
        using var reader = new StreamReader(new GZipStream(new MemoryStream(gzip), CompressionMode.Decompress), Encoding.UTF8);
        return await reader.ReadToEndAsync(Token);
    }

    /// <summary>Lets one request fail: before it is sent, or when its answer is lost on the way. What comes behind it fails, too: the process is gone.</summary>
    sealed class Faults : HttpPipelinePolicy
    {
        int count, failing = int.MaxValue;
        bool afterwards;

        public List<string> Requests { get; } = [];

        public bool HaveHappened => count >= failing;

        public void None() => At(int.MaxValue, false);

        public void At(int request, bool isAnswerLost)
        {
            (count, failing, afterwards) = (0, request, isAnswerLost);
            Requests.Clear();
        }

        public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
        {
            Requests.Add($"{message.Request.Method} /{string.Join('/', message.Request.Uri.ToUri().AbsolutePath.Split('/').Skip(2))}{(message.Request.Uri.Query.Contains("comp=blocklist", StringComparison.Ordinal) ? "?blocklist" : "")}");
            var isLast = ++count == failing;
            if (count < failing || (isLast && afterwards)) await ProcessNextAsync(message, pipeline);
            if (count >= failing) throw new RequestFailedException("the process has gone");
        }

        public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) => throw new NotSupportedException();
    }
}
