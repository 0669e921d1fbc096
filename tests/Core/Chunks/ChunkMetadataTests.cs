using LogMonitor.Core.Chunks;

namespace LogMonitor.Core.Tests.Chunks;

public sealed class ChunkMetadataTests
{
    static readonly ChunkMetadata metadata = new("/var/log/zugriff-ä.log", 7, DateTimeOffset.UnixEpoch, "combined", "America/Argentina/Buenos_Aires");

    [Fact]
    public void WhatTheShipperWritesIsReadBack() =>
        Assert.Equal(metadata with { UploadedAt = DateTimeOffset.MaxValue }, ChunkMetadata.FromBlobMetadata(metadata.ToBlobMetadata(), DateTimeOffset.MaxValue));

    [Fact]
    public void AShipperThatNamesNoZoneMeansUtc()
    {
        var written = metadata.ToBlobMetadata();
        written.Remove("zone");
        Assert.True(ChunkMetadata.FromBlobMetadata(written, DateTimeOffset.MaxValue).TryFindZone(out var zone));
        Assert.Equal(TimeZoneInfo.Utc, zone);
    }

    [Theory]
    [InlineData("Mars/Olympus")]
    [InlineData("../zoneinfo/Europe/Berlin")]
    [InlineData("/usr/share/zoneinfo/Europe/Berlin")]
    [InlineData("Europe/../Europe/Berlin")]
    [InlineData("Europe/Berlin\0")]
    [InlineData("Europe")]
    [InlineData("")]
    public void AZoneThatIsNoneIsUtcAndSaysSo(string name)
    {
        Assert.False((metadata with { Zone = name }).TryFindZone(out var zone));
        Assert.Equal(TimeZoneInfo.Utc, zone);
    }

    [Fact]
    public void ThatAChunkEndsWithinALineIsSaidAndElseNothing()
    {
        var metadata = new ChunkMetadata("/a", 1, DateTimeOffset.UnixEpoch);
        Assert.DoesNotContain("unfinished", metadata.ToBlobMetadata().Keys);
        Assert.True(ChunkMetadata.FromBlobMetadata((metadata with { IsUnfinished = true }).ToBlobMetadata(), DateTimeOffset.MaxValue).IsUnfinished);
    }

    [Fact]
    public void LabelsAreAQueryStringAndAbsentWhenThereAreNone()
    {
        var labels = ChunkMetadata.LabelsOf([new("team", "a&b=c ü"), new("role", "web")]);

        Assert.Equal("role=web&team=a%26b%3Dc%20%C3%BC", labels);
        Assert.Equal(labels, ChunkMetadata.FromBlobMetadata((metadata with { Labels = labels }).ToBlobMetadata(), DateTimeOffset.MaxValue).Labels);
        Assert.DoesNotContain("labels", metadata.ToBlobMetadata().Keys);
    }
}
