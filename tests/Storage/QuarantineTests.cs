using Azure.Storage.Blobs;
using LogMonitor.Storage.Blobs;

namespace LogMonitor.Storage.Tests;

public sealed class QuarantineTests(AzuriteFixture azurite)
{
    static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("plain.txt")]
    [InlineData("a/b/with spaces & ünïcode/\u001b[31m?x=1#y.gz")]
    public async Task ABadBlobMovesWithTheReasonBesideIt(string name)
    {
        var service = azurite.Get<BlobServiceClient>();
        var blob = service.GetBlobContainerClient("incoming").GetBlobClient(name);
        await blob.UploadAsync(BinaryData.FromString("content"), overwrite: true, Token);

        await new IncomingBlob(blob, name).QuarantineAsync("not gzip\u001b[2J", Token);
        await new IncomingBlob(blob, name).QuarantineAsync("not gzip\u001b[2J", Token);

        var quarantine = service.GetBlobContainerClient("quarantine");
        Assert.False((await blob.ExistsAsync(Token)).Value);
        Assert.Equal("content", (await quarantine.GetBlobClient(name).DownloadContentAsync(Token)).Value.Content.ToString());
        var reason = (await quarantine.GetBlobClient(name + ".reason.txt").DownloadContentAsync(Token)).Value.Content.ToString();
        Assert.Contains("not gzip", reason, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', reason);
    }

    [Fact]
    public async Task ANameOfTheGreatestLengthIsCutToFitTheReason()
    {
        var service = azurite.Get<BlobServiceClient>();
        var name = string.Join('/', Enumerable.Repeat(new string('n', 203), 5));
        var blob = service.GetBlobContainerClient("incoming").GetBlobClient(name);
        await blob.UploadAsync(BinaryData.FromString("content"), overwrite: true, Token);
        await new IncomingBlob(blob, name).QuarantineAsync("too long", Token);
        Assert.False((await blob.ExistsAsync(Token)).Value);
    }
}
