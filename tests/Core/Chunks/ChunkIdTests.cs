using LogMonitor.Core.Chunks;

namespace LogMonitor.Core.Tests.Chunks;

public sealed class ChunkIdTests
{
    const string Hash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    const string Name = $"web1/apache2-access/0123456789abcdef/0000000000000000-0000000000001024-{Hash}.log.gz";

    [Fact]
    public void ABlobNameGivesItsPartsBack()
    {
        Assert.True(ChunkId.TryParse(Name, out var id, out _));
        Assert.Equal(new ChunkId("web1", "apache2-access", GenerationId.Parse("0123456789abcdef"), 0, 1024, Hash), id);
        Assert.Equal(Name, id.BlobName);
        Assert.Equal(1024, id.Length);
    }

    [Fact]
    public void TheEndOfTheNameSaysHowItIsCompressedAndIsNoPartOfTheIdentity()
    {
        Assert.True(ChunkId.TryParse(Name, out var gzip, out _));
        var name = Name.Replace(".log.gz", ".log.zst", StringComparison.Ordinal);
        Assert.True(ChunkId.TryParse(name, out var zstd, out _));
        Assert.Equal(gzip with { Compression = ChunkCompression.Zstd }, zstd);
        Assert.Equal(name, zstd.BlobName);
        Assert.Equal(gzip.RowKey, zstd.RowKey);
    }

    [Fact]
    public void DifferentChunksHaveDifferentRowKeys()
    {
        Assert.True(ChunkId.TryParse(Name, out var id, out _));
        Assert.Matches("^[0-9a-f]{32}$", id.RowKey);
        Assert.NotEqual(id.RowKey, (id with { Start = 1 }).RowKey);
        Assert.NotEqual(id.RowKey, (id with { Host = "web2" }).RowKey);
    }

    [Theory]
    [InlineData("web1/access.log.gz", "4 parts")]
    [InlineData($"../apache2/0123456789abcdef/0000000000000000-0000000000001024-{Hash}.log.gz", "host part")]
    [InlineData($"web1/Apache 2/0123456789abcdef/0000000000000000-0000000000001024-{Hash}.log.gz", "stream part")]
    [InlineData($"web1/apache2/xyz/0000000000000000-0000000000001024-{Hash}.log.gz", "generation part")]
    [InlineData($"web1/apache2/0123456789abcdef/0-1024-{Hash}.log.gz", "last part")]
    [InlineData($"web1/apache2/0123456789abcdef/0000000000000000-0000000000001024-{Hash}.log.gz\n", "last part")]
    [InlineData($"web1/apache2/0123456789abcdef/0000000000001024-0000000000000000-{Hash}.log.gz", "before it starts")]
    public void ANameThatIsNotAChunksSaysWhy(string name, string expected)
    {
        Assert.False(ChunkId.TryParse(name, out _, out var problem));
        Assert.Contains(expected, problem, StringComparison.Ordinal);
    }
}
