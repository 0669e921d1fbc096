namespace LogMonitor.Shipper.Tests;

public sealed class AzuriteTests(AzuriteFixture azurite)
{
    [Fact]
    public async Task ABlobPutIntoAzuriteIsThere()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var container = await azurite.NewContainerAsync();

        await container.UploadBlobAsync("a", BinaryData.FromString("line\n"), cancellationToken);

        Assert.Equal("line\n", (await container.GetBlobClient("a").DownloadContentAsync(cancellationToken)).Value.Content.ToString());
    }
}
