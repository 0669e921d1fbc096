using System.Text;
using LogMonitor.Shipper.Configuration;
using LogMonitor.Shipper.Tests.Support;
using LogMonitor.Shipper.Upload;

namespace LogMonitor.Shipper.Tests.Oracle;

/// <summary>What the oracle found, each in as few steps as it takes.</summary>
public sealed class FoundTests : IDisposable
{
    readonly Rig rig = new();

    public void Dispose() => rig.Dispose();

    // Seed 8.
    [Fact]
    public async Task ACopyMadeWhileDownThatThePatternFindsIsNotShippedAgain()
    {
        rig.Follow = ["access.log*"];
        rig.Write("one\n");
        await rig.ShipAllAsync();
        rig.Kill();
        rig.Write("two\n");
        rig.CopyTruncate("access.log.1");
        rig.Write("new\n");

        await rig.DrainAsync();

        Assert.Equal(["one\ntwo\n", "new\n"], Texts());
    }

    // Seed 31.
    [Fact]
    public async Task ACopyThatThePatternFindsContinuesAPutThatWasUnderWay()
    {
        await using var server = await FakeBlobServer.StartAsync();
        using var host = new Rig("access.log*") { Store = new BlobSink(Destination.Open(Destination.FromArguments(server.ContainerUrl, null, "", _ => null), _ => null)) };
        host.Write("one\n");
        server.Faults.Enqueue(new Fault(0, Stores: true));
        await host.PassAsync(flush: true);
        host.Write("two\n");
        host.CopyTruncate("access.log.1");
        host.Write("new\n");

        await host.DrainAsync();

        Assert.Equal(["new\n", "one\n", "two\n"], server.Blobs.Values.Select(blob => Encoding.ASCII.GetString(blob.Raw)).Order());
    }

    // Seed 72.
    [Fact]
    public async Task AGenerationThatWasTruncatedIsNotTakenUpByTheNextThatBeginsLikeIt()
    {
        rig.Write("same\n");
        await rig.ShipAllAsync();
        rig.Truncate();
        await rig.PassAsync();
        rig.Write("same\ntwo\n");
        await rig.PassAsync();
        rig.Kill();

        await rig.DrainAsync();

        Assert.Equal(["same\n", "same\ntwo\n"], Texts());
    }

    // Seed 143.
    [Fact]
    public async Task WhatWasSeenButNotShippedBeforeACopytruncateIsNotTakenForALongerLifeThatBeginsLikeIt()
    {
        rig.Write("same\none\n");
        await rig.PassAsync();
        rig.CopyTruncate("access.log.1");
        rig.Write("same\ntwo, and more\n");

        await rig.DrainAsync();

        Assert.Equal(["same\none\n", "same\ntwo, and more\n"], Texts().Order());
    }

    // Seed 58.
    [Fact]
    public async Task AnOlderCopyThatBeginsAlikeIsNotTakenForTheRestOfATruncatedLife()
    {
        rig.Write("same\none\n");
        await rig.ShipAllAsync();
        rig.CopyTruncate("access.log.1");
        await rig.DrainAsync();
        rig.Write("same\ntwo\n");
        await rig.PassAsync();
        rig.Truncate();

        await rig.DrainAsync();

        Assert.Equal(["same\none\n"], Texts());
    }

    // Seed 2.
    [Fact]
    public async Task ALogThatWasQuietForLongIsWatchedAfterItsRotationToo()
    {
        rig.Write("one\n");
        await rig.ShipAllAsync();
        rig.Time.Advance(TimeSpan.FromMinutes(5));
        await rig.PassAsync();
        rig.Rename("access.log.1");
        await rig.PassAsync();
        rig.Write("late\n", "access.log.1");

        await rig.DrainAsync();

        Assert.Equal("one\nlate\n", rig.Sink.Text);
    }

    List<string> Texts() =>
        [.. rig.Sink.Generations.Select(chunks => string.Concat(chunks.Select(chunk => Encoding.Latin1.GetString(chunk.Value))))];
}
