using LogMonitor.Shipper.Tests.Support;
using LogMonitor.Shipper.Upload;

namespace LogMonitor.Shipper.Tests;

/// <summary>What positions must still lead to after restarts: whatever was configured since, wherever files were rotated to, whatever failed meanwhile.</summary>
public sealed class PositionTests : IDisposable
{
    readonly Rig rig = new();

    public void Dispose() => rig.Dispose();

    [Fact]
    public async Task AFileThatAnotherPatternNamesNowIsStillFoundWhereItWasRotatedTo()
    {
        rig.Write("one\n");
        await rig.ShipAllAsync();
        rig.Kill();
        rig.Follow = ["*.log"];
        await rig.ShipAllAsync();
        rig.Kill();
        rig.Write("two\n");
        rig.Rename("access.log.1");
        rig.Write("three\n");

        await rig.DrainAsync();

        rig.Sink.AssertSound();
        Assert.Equal("one\ntwo\nthree\n", rig.Sink.Text);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task AFileThatIsNamedByWayOfALinkNowIsStillFoundWhereItWasRotatedTo(bool whileItRuns)
    {
        Directory.CreateSymbolicLink(rig["link"], rig["."]);
        rig.Write("one\n");
        await rig.ShipAllAsync();
        if (!whileItRuns) rig.Kill();
        rig.Follow = ["link/access.log"];
        if (whileItRuns) rig.Reload();
        await rig.ShipAllAsync();
        rig.Kill();
        rig.Write("two\n");
        rig.Rename("access.log.1");
        rig.Write("three\n");

        await rig.DrainAsync();

        rig.Sink.AssertSound();
        Assert.Equal("one\ntwo\nthree\n", rig.Sink.Text);
    }

    [Fact]
    public async Task ARotatedFileWithASecondNameIsNotForgottenWhenAnotherPatternNamesItsLog()
    {
        (rig.Follow, rig.MaxChunkBytes) = (["*.log"], 4);
        rig.Write("one\n");
        await rig.ShipAllAsync();
        rig.Kill();
        rig.Write("two\nten\n");
        rig.Rename("access.log.1");
        // As names that sort, or were made, first and last.
        foreach (var name in (string[])["access.a", "access.z", "access.second"])
            using (var link = System.Diagnostics.Process.Start("ln", [rig["access.log.1"], rig[name]]))
                await link.WaitForExitAsync(TestContext.Current.CancellationToken);
        await rig.PassAsync(flush: true);
        rig.Kill();
        rig.Follow = ["access.log"];

        await rig.DrainAsync();

        rig.Sink.AssertSound();
        Assert.Equal("one\ntwo\nten\n", rig.Sink.Text);
    }

    [Theory]
    [InlineData("*.log", "access.log")]
    [InlineData("*.log*", "access.log*")]
    public async Task AFileThatIsExcludedNowIsNotShippedToItsEnd(string pattern, string exclude)
    {
        rig.Follow = [pattern];
        rig.Write("one\n");
        await rig.ShipAllAsync();
        rig.Kill();
        rig.Write("two\n");
        rig.Configure = options => options with { Files = [.. options.Files.Select(file => file with { Exclude = [exclude] })] };

        await rig.DrainAsync();

        Assert.Equal("one\n", rig.Sink.Text);
    }

    [Fact]
    public async Task TheRestOfAFileIsShippedThoughRotatedNamesAreExcluded()
    {
        rig.Follow = ["access.log*"];
        rig.Configure = options => options with { Files = [.. options.Files.Select(file => file with { Exclude = ["*.1", "*.2"] })] };
        rig.Write("one\n");
        await rig.ShipAllAsync();
        rig.Kill();
        rig.Write("two\n");
        rig.Rename("access.log.1");
        await rig.ShipAllAsync();
        rig.Kill();
        File.AppendAllText(rig["access.log.1"], "three\n");
        File.Move(rig["access.log.1"], rig["access.log.2"]);

        await rig.DrainAsync();

        rig.Sink.AssertSound();
        Assert.Equal("one\ntwo\nthree\n", rig.Sink.Text);
    }

    [Theory]
    [InlineData("access.log")]
    [InlineData("*.log")]
    public async Task WhatCameAfterARotatedFileIsFoundWhenThatIsRotatedOn(string pattern)
    {
        rig.Follow = [pattern];
        rig.Write("one\n");
        await rig.ShipAllAsync();
        rig.Kill();
        rig.Write("two\n");
        rig.Rename("access.log.1");
        rig.Write("");
        await rig.ShipAllAsync();
        rig.Kill();
        rig.Write("three\n");
        File.Move(rig["access.log.1"], rig["access.log.2"]);
        rig.Rename("access.log.1");
        rig.Write("four\n");

        await rig.DrainAsync();

        rig.Sink.AssertSound();
        Assert.Equal(["four\n", "one\ntwo\n", "three\n"], Texts());
    }

    [Fact]
    public async Task WhatCameAfterACopyThatWasTruncatedIsFoundWhenTheCopyIsRotatedOn()
    {
        rig.Write("one\n");
        await rig.ShipAllAsync();
        rig.CopyTruncate("access.log.1");
        await rig.ShipAllAsync();
        rig.Kill();
        rig.Write("two\n");
        File.Move(rig["access.log.1"], rig["access.log.2"]);
        rig.CopyTruncate("access.log.1");
        rig.Write("three\n");

        await rig.DrainAsync();

        rig.Sink.AssertSound();
        Assert.Equal(["one\n", "three\n", "two\n"], Texts());
    }

    [Fact]
    public async Task WhatWasRotatedWhileNoShipperRanIsShippedThoughTheDiskWasFullAtTheStart()
    {
        rig.Write("one\n");
        await rig.ShipAllAsync();
        rig.Kill();
        for (var rotation = 3; rotation > 0; rotation--)
        {
            rig.Rename($"access.log.{rotation}");
            rig.Write($"after {rotation}\n");
        }
        rig.SaveFault = _ => new IOException("No space left on device.");
        await rig.PassAsync();
        await rig.PassAsync();
        rig.SaveFault = _ => null;

        await rig.DrainAsync();

        rig.Sink.AssertSound();
        Assert.Equal(["after 1\n", "after 2\n", "after 3\n", "one\n"], Texts());
        Assert.Equal(0, rig.Summary.Problems);
    }

    [Fact]
    public async Task AFileThatCameBackGoesOnWithThePutThatMayHaveHappened()
    {
        // A file system that is mounted late, say.
        var elsewhere = Directory.CreateTempSubdirectory("shipper-elsewhere-");
        try
        {
            rig.Write("one\n");
            await rig.ShipAllAsync();
            rig.Write("two\n");
            rig.Crash.In = 3;
            await Assert.ThrowsAsync<CrashException>(rig.ShipAllAsync);
            rig.Kill();
            File.Move(rig.Log, Path.Join(elsewhere.FullName, "access.log"));
            await rig.ShipAllAsync();
            File.Move(Path.Join(elsewhere.FullName, "access.log"), rig.Log);
            rig.Write("three\n");

            await rig.DrainAsync();

            rig.Sink.AssertSound();
            Assert.Equal("one\ntwo\nthree\n", rig.Sink.Text);
        }
        finally
        {
            elsewhere.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task AFileThatCouldNotBeReadAndIsGoneIsNoTroubleAnyMore()
    {
        rig.Follow = ["*.log"];
        rig.Write("one\n");
        // Nobody may read through a link to itself.
        File.CreateSymbolicLink(rig["loop.log"], rig["loop.log"]);
        await rig.ShipAllAsync();
        Assert.Equal(1, rig.Summary.Problems);

        File.Delete(rig["loop.log"]);
        await rig.ShipAllAsync();

        Assert.Equal(0, rig.Summary.Problems);
    }

    [Fact]
    public async Task TheTroubleOfADeletedFileThatIsGivenUpEndsWithIt()
    {
        rig.Configure = options => options with { MaxHeldBytes = 4 };
        rig.Write("one\ntwo\n");
        rig.Sink.Fault = _ => new PutResult(PutOutcome.Retry, "The store is away.");
        await rig.ShipAllAsync();
        File.Delete(rig.Log);
        await rig.ShipAllAsync();
        Assert.Equal(8, rig.Summary.LostBytes);

        rig.Sink.Fault = _ => null;
        rig.Write("three\n");
        await rig.DrainAsync();

        Assert.Equal(("three\n", 0), (rig.Sink.Text, rig.Summary.Problems));
    }

    string[] Texts() => [.. rig.Sink.Generations.Select(chunks => string.Concat(chunks.Select(chunk => System.Text.Encoding.Latin1.GetString(chunk.Value)))).Order(StringComparer.Ordinal)];
}
