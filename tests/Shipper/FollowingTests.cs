using LogMonitor.Shipper.State;
using LogMonitor.Shipper.Tests.Support;

namespace LogMonitor.Shipper.Tests;

public sealed class FollowingTests : IDisposable
{
    readonly Rig rig = new();

    public void Dispose() => rig.Dispose();

    [Fact]
    public async Task CompleteLinesAreShippedOnceAndAnUnfinishedLineWaits()
    {
        rig.Write("one\ntwo\nthr");
        await rig.ShipAllAsync();
        await rig.ShipAllAsync();
        Assert.Equal("one\ntwo\n", rig.Sink.Text);

        rig.Write("ee\n");
        await rig.ShipAllAsync();

        Assert.Equal("one\ntwo\nthree\n", rig.Sink.Text);
        rig.Sink.AssertSound();
        Assert.Equal([2, 1], rig.Sink.Metadata.Select(metadata => metadata.Lines));
        Assert.All(rig.Sink.Metadata, metadata => Assert.Equal((rig.Log, TimeZoneInfo.Local.Id), (metadata.SourcePath, metadata.Zone)));
    }

    [Fact]
    public async Task BytesPassUnchanged()
    {
        var bytes = Enumerable.Range(0, 256).Select(b => (byte)b).Concat("\r\n\0\0\xff\n"u8.ToArray()).ToArray();
        await File.WriteAllBytesAsync(rig.Log, bytes, TestContext.Current.CancellationToken);

        await rig.ShipAllAsync();

        Assert.Equal(bytes, rig.Sink.Chunks.Values.SelectMany(chunk => chunk));
    }

    [Fact]
    public async Task LinesWaitForTheNextMultipleOfTheInterval()
    {
        rig.Time.Advance(TimeSpan.FromSeconds(12));
        rig.Write("one\n");
        await rig.PassAsync();
        rig.Time.Advance(TimeSpan.FromSeconds(17));
        await rig.PassAsync();
        Assert.Empty(rig.Sink.Chunks);

        rig.Time.Advance(TimeSpan.FromSeconds(1));
        await rig.PassAsync();

        Assert.Equal("one\n", rig.Sink.Text);
        Assert.Equal(30, Assert.Single(rig.Sink.Metadata).CutTime.Second);
    }

    [Fact]
    public async Task AFullChunkDoesNotWaitAndIsCutAtALine()
    {
        rig.MaxChunkBytes = 10;
        rig.Write("12345\n78901\nabc\n");
        Assert.True(await rig.PassAsync());
        Assert.Equal("12345\n", rig.Sink.Text);

        Assert.False(await rig.PassAsync());

        Assert.Equal("12345\n78901\nabc\n", rig.Sink.Text);
        rig.Sink.AssertSound();
    }

    [Fact]
    public async Task ALineLongerThanAChunkIsOneChunkUpToTheLimitAndThenCutWithAWord()
    {
        (rig.MaxChunkBytes, rig.MaxLineBytes) = (4, 32);
        rig.Write("a\n" + new string('b', 20) + "\nc\n" + new string('d', 40) + "\ne\n");

        await rig.ShipAllAsync();

        rig.Sink.AssertSound();
        Assert.Equal([2, 21, 2, 32, 9, 2], rig.Sink.Chunks.Values.Select(chunk => chunk.Length));
        Assert.Equal([false, false, false, true, false, false], rig.Sink.Metadata.Select(metadata => metadata.IsUnfinished));
        Assert.Contains("more than 32 bytes at byte 25", Assert.Single(rig.Messages.Troubles), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ARenamedFileIsDrainedAndTheNewOneFollowed()
    {
        rig.Write("one\n");
        await rig.ShipAllAsync();
        rig.Write("two\n");
        rig.Rename("access.log.1");
        rig.Write("late\n", "access.log.1");
        rig.Write("new\n");
        await rig.ShipAllAsync();
        rig.Write("later\nunfinished", "access.log.1");

        await rig.DrainAsync();

        rig.Sink.AssertSound();
        Assert.Equal(["one\ntwo\nlate\nlater\nunfinished", "new\n"], Texts());
        Assert.Empty(rig.Messages.Troubles);
    }

    [Fact]
    public async Task ADeletedFileIsDrained()
    {
        rig.Write("one\n");
        await rig.PassAsync();
        File.Delete(rig.Log);

        await rig.DrainAsync();

        Assert.Equal("one\n", rig.Sink.Text);
    }

    [Fact]
    public async Task AFileRotatedTwiceWhileTheShipperWasDownGoesOnWhereItStopped()
    {
        rig.Write("one\n");
        await rig.ShipAllAsync();
        rig.Kill();
        rig.Write("two\n");
        rig.Rename("access.log.1");
        File.Move(rig["access.log.1"], rig["access.log.2"]);
        rig.Write("new\n");

        await rig.DrainAsync();

        rig.Sink.AssertSound();
        Assert.Equal(["one\ntwo\n", "new\n"], Texts());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task WhatWasNotShippedBeforeACopytruncateComesFromTheCopy(bool whileDown)
    {
        rig.Write("same beginning\none\n");
        await rig.ShipAllAsync();
        if (whileDown) rig.Kill();
        rig.Write("two\n");
        rig.CopyTruncate("access.log.1");
        rig.Write("same beginning\nand a longer life than the one before\n");

        await rig.DrainAsync();

        rig.Sink.AssertSound();
        Assert.Equal(["same beginning\none\ntwo\n", "same beginning\nand a longer life than the one before\n"], Texts());
    }

    [Fact]
    public async Task ACopyThatThePatternFindsIsNotShippedAgain()
    {
        rig.Follow = ["access.log*"];
        rig.Write("one\n");
        await rig.ShipAllAsync();
        rig.Write("two\n");
        File.Copy(rig.Log, rig["access.log.1"]);
        await rig.ShipAllAsync();
        rig.Truncate();
        await rig.ShipAllAsync();
        rig.Write("new\n");
        await rig.ShipAllAsync();
        rig.Kill();

        await rig.DrainAsync();

        rig.Sink.AssertSound();
        Assert.Equal(["one\ntwo\n", "new\n"], Texts());
    }

    [Fact]
    public async Task ATruncationWithoutACopySaysWhatIsLost()
    {
        rig.Write("one\n");
        await rig.ShipAllAsync();
        rig.Write("two\n");
        await rig.PassAsync();
        rig.Truncate();
        rig.Write("new\n");

        await rig.ShipAllAsync();

        Assert.Equal(["one\n", "new\n"], Texts());
        Assert.Contains("its last 4 bytes", Assert.Single(rig.Messages.Troubles), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AFileOverwrittenAtTheSameSizeIsShippedAgain()
    {
        rig.Write("one\n");
        await rig.ShipAllAsync();
        await File.WriteAllTextAsync(rig.Log, "two\n", TestContext.Current.CancellationToken);
        File.SetLastWriteTimeUtc(rig.Log, DateTime.UtcNow.AddSeconds(5));

        await rig.ShipAllAsync();

        Assert.Equal(["one\n", "two\n"], Texts());
    }

    [Fact]
    public async Task HardLinksSymbolicLinksAndTwoPatternsShipAFileOnce()
    {
        rig.Write("one\n");
        File.CreateSymbolicLink(rig["access.link"], rig.Log);
        rig.Follow = ["access.log", "*.log", "access.*", "access.link"];

        await rig.ShipAllAsync();

        Assert.Equal("one\n", rig.Sink.Text);
        Assert.Single(rig.Sink.Chunks);
    }

    [Fact]
    public async Task FilesWithTheSameContentAreShippedEach()
    {
        rig.Follow = ["*.log"];
        rig.Write("one\n", "a.log");
        rig.Write("one\n", "b.log");

        await rig.ShipAllAsync();

        Assert.Equal(2, rig.Sink.Generations.Count);
    }

    [Fact]
    public async Task AMissingFileIsSaidOnceAndFollowedWhenItAppears()
    {
        await rig.PassAsync();
        await rig.PassAsync();
        Assert.Equal($"{rig.Log} is not there. It is followed as soon as it appears; check the path if it should exist.", Assert.Single(rig.Messages.Troubles));

        rig.Write("one\n");
        await rig.ShipAllAsync();

        Assert.Equal("one\n", rig.Sink.Text);
        Assert.Contains(rig.Messages.All, message => message.StartsWith("Resolved: ", StringComparison.Ordinal));
        Assert.Equal(0, rig.Summary.Problems);
    }

    [Fact]
    public async Task ADirectoryInsteadOfAFileSaysWhatToName()
    {
        rig.Follow = ["sub"];
        Directory.CreateDirectory(rig["sub"]);

        await rig.PassAsync();

        Assert.Equal($"{rig["sub"]} is not a regular file: it is not followed. Name a file, or a pattern such as {rig["sub"]}/*.log.", Assert.Single(rig.Messages.Troubles));
    }

    [Fact]
    public async Task ADamagedPositionFileIsSetAsideAndTheFileShippedAgainAsTheSameGeneration()
    {
        rig.Write("one\n");
        await rig.ShipAllAsync();
        rig.Kill();
        var path = Assert.Single(Directory.GetFiles(rig.StateDirectory));
        await File.WriteAllTextAsync(path, "{\"version\":1,\"pat", TestContext.Current.CancellationToken);
        rig.Write("two\n");

        await rig.ShipAllAsync();

        Assert.Equal(["one\n", "one\ntwo\n"], rig.Sink.Chunks.Values.Select(chunk => System.Text.Encoding.ASCII.GetString(chunk)));
        Assert.Single(rig.Sink.Chunks.Keys.Select(id => id.Generation).Distinct());
        Assert.Contains("is damaged", Assert.Single(rig.Messages.Troubles), StringComparison.Ordinal);
        Assert.Single(Directory.GetFiles(rig.StateDirectory, "*.corrupt-*"));
    }

    [Fact]
    public async Task ALaterVersionsPositionsAreRefusedNotDiscarded()
    {
        var path = Path.Join(rig.StateDirectory, "0123456789abcdef.json");
        await File.WriteAllTextAsync(path, """{"version":2,"shape":"another"}""", TestContext.Current.CancellationToken);

        var error = Assert.Throws<ShipperException>(() => new Positions(rig.StateDirectory, rig.Time, rig.Messages));

        Assert.Contains("was written by a later version (2; this one knows 1)", error.Message, StringComparison.Ordinal);
        Assert.True(File.Exists(path));
    }

    List<string> Texts() =>
        [.. rig.Sink.Generations.Select(chunks => string.Concat(chunks.Select(chunk => System.Text.Encoding.Latin1.GetString(chunk.Value))))];
}
