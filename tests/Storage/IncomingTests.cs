using Azure.Storage.Blobs;
using LogMonitor.Core.Pipeline;

namespace LogMonitor.Storage.Tests;

public sealed class IncomingTests(AzuriteFixture azurite)
{
    static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task UploadsAreListedWithTheStoresTimeOpenedAndDeleted()
    {
        var incoming = azurite.Get<IIncomingContainer>();
        var name = $"web-{Guid.NewGuid():n}/_alive/20261122T120000000Z";
        var blob = azurite.Get<BlobServiceClient>().GetBlobContainerClient("incoming").GetBlobClient(name);
        await blob.UploadAsync(BinaryData.FromString("content"), overwrite: true, Token);
        DateTimeOffset taken = (await blob.GetPropertiesAsync(cancellationToken: Token)).Value.LastModified;

        Assert.Equal(taken, (await incoming.ListAsync(Token).SingleAsync(found => found.Name == name, Token)).UploadedAt);
        var opened = await incoming.Open(name).OpenAsync(Token);
        await opened!.Value.Content.DisposeAsync();
        Assert.Equal(taken, opened.Value.Metadata.UploadedAt);

        await incoming.Open(name).DeleteAsync(Token);
        await incoming.Open(name).DeleteAsync(Token);
        Assert.Null(await incoming.Open(name).OpenAsync(Token));
    }
}
