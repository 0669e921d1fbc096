using Azure.Storage.Blobs;
using LogMonitor.Core.Pipeline;
using LogMonitor.Storage.Blobs;

namespace LogMonitor.Storage.Tests;

public sealed class RuleContainerTests(AzuriteFixture azurite)
{
    static readonly CancellationToken none = TestContext.Current.CancellationToken;

    [Fact]
    public async Task RuleFilesAreListedWithAnotherVersionForAnotherContent()
    {
        var container = new BlobContainerClient(azurite.ConnectionString, Containers.Rules);
        foreach (var name in (string[])["web/a.yml", "b.YAML", "a.test.yml", ".hidden.yml", ".git/c.yml", "notes.txt"])
            await container.UploadBlobAsync(name, BinaryData.FromString($"# {name}"), none);

        var source = azurite.Get<IRuleSource>();
        var files = await source.ListAsync(none);
        Assert.Equal(["b.YAML", "web/a.yml"], files.Select(file => file.Name).Order(StringComparer.Ordinal));
        Assert.Equal("# web/a.yml", await source.ReadAsync(files.Single(file => file.Name == "web/a.yml"), none));

        await container.GetBlobClient("web/a.yml").UploadAsync(BinaryData.FromString("# other"), overwrite: true, none);
        var again = await source.ListAsync(none);
        Assert.Equal(files.Single(file => file.Name == "b.YAML"), again.Single(file => file.Name == "b.YAML"));
        Assert.NotEqual(files.Single(file => file.Name == "web/a.yml"), again.Single(file => file.Name == "web/a.yml"));
        Assert.Equal("# other", await source.ReadAsync(again.Single(file => file.Name == "web/a.yml"), none));
    }
}
