using System.IO.Compression;
using LogMonitor.Storage.Blobs;
using LogMonitor.Tests.Support;

namespace LogMonitor.Storage.Tests;

public sealed class ArchiveBlockTests
{
    static readonly string key = "00112233445566778899aabbccddeeff", other = "ffeeddccbbaa99887766554433221100";

    [Fact]
    public void AHeaderSaysWhatFollows()
    {
        var header = ArchiveBlock.Header([(key, 100), (other, 7)]);
        Assert.Equal(ArchiveBlock.HeaderLength(2), header.Length);
        Assert.Equal([(key, header.Length, 100L), (other, header.Length + 100L, 7L)], ArchiveBlock.TryRead(header, header.Length + 107));
    }

    [Fact]
    public void ToAReaderOfGzipAHeaderIsNothing()
    {
        byte[] file = [.. ArchiveBlock.Header([(key, 1)]), .. TestChunk.Gzip("one\n"u8.ToArray()), .. ArchiveBlock.Header([.. Enumerable.Repeat((key, 1L), ArchiveBlock.MaxChunks)]), .. TestChunk.Gzip("two\n"u8.ToArray())];
        using var plain = new StreamReader(new GZipStream(new MemoryStream(file), CompressionMode.Decompress));
        Assert.Equal("one\ntwo\n", plain.ReadToEnd());
    }

    [Fact]
    public void TheLargestHeaderFitsIntoWhatIsRead() =>
        Assert.Equal(ArchiveBlock.MaxHeader, ArchiveBlock.Header([.. Enumerable.Repeat((key, 1L), ArchiveBlock.MaxChunks)]).Length);

    [Fact]
    public void WhatIsNoHeaderOrIsNotWholeSaysNothing()
    {
        var header = ArchiveBlock.Header([(key, 100), (other, 7)]);
        var length = header.Length + 107L;
        Assert.Null(ArchiveBlock.TryRead(header, length + 1));
        Assert.Null(ArchiveBlock.TryRead(TestChunk.Gzip("one\n"u8.ToArray()), 24));
        for (var cut = 0; cut < header.Length - 10; cut++) Assert.Null(ArchiveBlock.TryRead(header.AsSpan(0, cut), length));
        // Any byte may be anything: nothing throws.
        Fuzz.Repeat(random =>
        {
            var broken = header.ToArray();
            for (var changes = random.Next(1, 4); changes > 0; changes--) broken[random.Next(broken.Length)] = (byte)random.Next(256);
            return broken[..random.Next(broken.Length + 1)];
        }, (_, broken) => ArchiveBlock.TryRead(broken, length));
    }

    [Fact]
    public void IdsHaveOneLengthAndTellWhichBlocksHoldOneChunk()
    {
        Assert.Equal(ArchiveBlock.SingleIdOf(key).Length, ArchiveBlock.IdOf([key]).Length);
        Assert.Equal(key, ArchiveBlock.FindSingleKey(ArchiveBlock.SingleIdOf(key)));
        Assert.Null(ArchiveBlock.FindSingleKey(ArchiveBlock.IdOf([key])));
        Assert.Null(ArchiveBlock.FindSingleKey("no base64"));
        Assert.NotEqual(ArchiveBlock.IdOf([key, other]), ArchiveBlock.IdOf([other, key]));
    }

    [Fact]
    public async Task JoinedStreamsAreReadAsOneFromAnywhere()
    {
        await using var joined = new JoinedStream([new MemoryStream("ab"u8.ToArray()), new MemoryStream(), new MemoryStream("cde"u8.ToArray())]);
        Assert.Equal(5, joined.Length);
        for (var round = 0; round < 2; round++)
            for (var from = 0; from <= 5; from++)
            {
                joined.Position = from;
                Assert.Equal(from, joined.Position);
                using var read = new MemoryStream();
                await joined.CopyToAsync(read, 1, TestContext.Current.CancellationToken);
                Assert.Equal("abcde"[from..], System.Text.Encoding.ASCII.GetString(read.ToArray()));
                Assert.Equal(5, joined.Position);
            }
    }
}
