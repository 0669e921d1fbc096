using Microsoft.Extensions.Configuration;

namespace LogMonitor.Storage.Tests;

public sealed class StorageOptionsTests
{
    [Theory]
    [InlineData("LogStorage", null, "'LogStorage' is missing")]
    [InlineData("LogStorage", "nonsense", "is not a storage connection string")]
    [InlineData("LogStorage", "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=SECRET", "is not a storage connection string")]
    [InlineData("LogStorage:blobServiceUri", "ftp://x", "'LogStorage__blobServiceUri' must be an https address")]
    public void AWrongSettingIsNamedWithoutItsSecret(string key, string? value, string expected)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { [key] = value }).Build();
        var error = Assert.Throws<InvalidOperationException>(() => StorageOptions.Read(configuration));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("SECRET", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnAccountThatCanNotBeReachedSaysWhatToCheck()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["LogStorage"] = "DefaultEndpointsProtocol=http;AccountName=a;AccountKey=c2VjcmV0;BlobEndpoint=http://127.0.0.1:9/a;TableEndpoint=http://127.0.0.1:9/a;",
        }).Build();
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => new StorageSetup(StorageOptions.Read(configuration)).CreateAsync(TestContext.Current.CancellationToken));
        Assert.Contains("http://127.0.0.1:9 can't be reached", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("c2VjcmV0", error.ToString(), StringComparison.Ordinal);
    }
}
