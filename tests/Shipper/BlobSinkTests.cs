using Azure.Storage.Blobs;
using Azure.Storage.Sas;
using LogMonitor.Core.Chunks;
using LogMonitor.Shipper.Configuration;
using LogMonitor.Shipper.Tests.Support;
using LogMonitor.Shipper.Upload;

namespace LogMonitor.Shipper.Tests;

public sealed class BlobSinkTests(AzuriteFixture azurite)
{
    [Theory]
    [InlineData(0, "", false, "Retry", "Stored")]
    [InlineData(0, "", true, "Retry", "Exists")]
    [InlineData(429, "ServerBusy", false, "Retry", "Stored")]
    [InlineData(500, "InternalError", false, "Retry", "Stored")]
    [InlineData(500, "InternalError", true, "Retry", "Exists")]
    [InlineData(503, "ServerBusy", false, "Retry", "Stored")]
    [InlineData(401, "InvalidAuthenticationInfo", false, "Held", "Stored")]
    [InlineData(403, "AuthorizationFailure", false, "Held", "Stored")]
    [InlineData(404, "ContainerNotFound", false, "Held", "Stored")]
    [InlineData(400, "InvalidUri", false, "Held", "Stored")]
    [InlineData(409, "ContainerBeingDeleted", false, "Retry", "Stored")]
    [InlineData(409, "BlobAlreadyExists", true, "Exists", "Exists")]
    [InlineData(412, "ConditionNotMet", true, "Exists", "Exists")]
    [InlineData(403, "UnauthorizedBlobOverwrite", true, "Exists", "Exists")]
    public async Task EachAnswerHasItsOutcomeAndTheNextTrySucceeds(int status, string code, bool stores, string outcome, string next)
    {
        await using var server = await FakeBlobServer.StartAsync();
        server.Faults.Enqueue(new Fault(status, code, stores));
        var sink = new BlobSink(Destination.Open(Destination.FromArguments(server.ContainerUrl, null, "", _ => null), _ => null));

        var first = await PutAsync(sink);
        var second = await PutAsync(sink);

        Assert.Equal(outcome, first.Outcome.ToString());
        Assert.Equal(next, second.Outcome.ToString());
        Assert.Single(server.Blobs);
        Assert.DoesNotContain("topsecret", first.Why, StringComparison.Ordinal);
        if (!first.IsDone) Assert.Contains("/account/incoming fails: ", first.Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AHostThatIsNotThereIsRetriedWithAReason()
    {
        var result = await PutAsync(new BlobSink(Destination.Open(Destination.FromArguments("http://127.0.0.1:1/account/incoming?sig=topsecret", null, "", _ => null), _ => null)));

        Assert.Equal(PutOutcome.Retry, result.Outcome);
        Assert.StartsWith("Uploading to http://127.0.0.1:1/account/incoming fails: Connection refused. Retrying;", result.Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ABlobInAzuriteIsTheChunkAndItsMetadata()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var container = await azurite.NewContainerAsync();
        var (id, metadata, compressed) = Some.Chunk();
        var sink = new BlobSink(container);

        Assert.Equal(PutOutcome.Stored, (await sink.PutAsync(id, metadata, compressed, cancellationToken)).Outcome);
        Assert.Equal(PutOutcome.Exists, (await PutAsync(sink)).Outcome);

        var blob = (await container.GetBlobClient(id.BlobName).DownloadContentAsync(cancellationToken)).Value;
        Assert.Equal(compressed.ToArray(), blob.Content.ToArray());
        Assert.Equal("application/gzip", blob.Details.ContentType);
        Assert.Null(blob.Details.ContentEncoding);
        Assert.Equal(metadata with { UploadedAt = DateTimeOffset.MaxValue }, ChunkMetadata.FromBlobMetadata(blob.Details.Metadata, DateTimeOffset.MaxValue));
    }

    [Fact]
    public async Task AHeartbeatNeedsNoMoreThanTheRightToCreate()
    {
        var container = await azurite.NewContainerAsync();
        var sink = new BlobSink(new BlobContainerClient(container.GenerateSasUri(BlobContainerSasPermissions.Create, DateTimeOffset.UtcNow.AddHours(1))));
        var now = new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

        Assert.Equal(PutOutcome.Stored, (await sink.BeatAsync("web1", now, TestContext.Current.CancellationToken)).Outcome);
        Assert.Equal(PutOutcome.Stored, (await sink.BeatAsync("web1", now.AddMinutes(5), TestContext.Current.CancellationToken)).Outcome);

        var blobs = await container.GetBlobsAsync(cancellationToken: TestContext.Current.CancellationToken).Select(blob => blob.Name).ToListAsync(TestContext.Current.CancellationToken);
        Assert.Equal(["web1/_alive/20261122T120000000Z", "web1/_alive/20261122T120500000Z"], blobs);
        Assert.All(blobs, name => Assert.True(HeartbeatBlob.TryParse(name, out var host) && host == "web1"));
    }

    [Fact]
    public async Task AMissingContainerSaysToCreateIt()
    {
        var container = new BlobContainerClient(azurite.ConnectionString, "not-there");

        var result = await PutAsync(new BlobSink(container));

        Assert.Equal(PutOutcome.Held, result.Outcome);
        Assert.Contains("/not-there fails: the container is not there (404 ContainerNotFound). Create it, or correct the address.", result.Why, StringComparison.Ordinal);
    }

    static async Task<PutResult> PutAsync(BlobSink sink)
    {
        var (id, metadata, compressed) = Some.Chunk();
        return await sink.PutAsync(id, metadata, compressed, TestContext.Current.CancellationToken);
    }
}
