using System.Text;
using LogMonitor.Shipper.Tests.Support;

namespace LogMonitor.Shipper.Tests;

/// <summary>Rotations that nobody saw: while the shipper was down, into compressed files, of files that are gone.</summary>
public sealed class RotationTests : IDisposable
{
    readonly Rig rig = new();

    public void Dispose() => rig.Dispose();

    [Theory]
    [InlineData(4 << 20)]
    [InlineData(1_000)]
    public async Task AFileCompressedWhileTheShipperWasDownGoesOnInside(int maxChunkBytes)
    {
        rig.MaxChunkBytes = maxChunkBytes;
        rig.Write(Lines("first", 500));
        await rig.ShipAllAsync();
        rig.Kill();
        rig.Write(Lines("second", 40_000));
        rig.Rename("access.log.1");
        rig.Gzip("access.log.1");
        rig.Write("new\n");

        await rig.DrainAsync();

        rig.Sink.AssertSound();
        Assert.Equal([Lines("first", 500) + Lines("second", 40_000), "new\n"], Texts());
        Assert.Empty(rig.Messages.Troubles);
    }

    [Theory]
    [InlineData(29, true)]
    [InlineData(31, false)]
    public async Task WhatIsKnownOfARotatedFileIsForgottenAfterAMonthWhileTheShipperRuns(int days, bool isKept)
    {
        rig.Write("one\n");
        await rig.ShipAllAsync();
        File.Delete(rig.Log);
        await rig.DrainAsync();
        var old = Assert.Single(Directory.GetFiles(rig.StateDirectory, "*.json"));
        File.SetLastWriteTimeUtc(old, rig.Time.GetUtcNow().UtcDateTime.AddDays(1 - days));

        rig.Time.Advance(TimeSpan.FromDays(1));
        rig.Write("two\n");
        await rig.ShipAllAsync();

        Assert.Equal((isKept, isKept ? 2 : 1), (File.Exists(old), Directory.GetFiles(rig.StateDirectory, "*.json").Length));
        Assert.Equal("one\ntwo\n", rig.Sink.Text);
    }

    [Fact]
    public async Task ACrashWhileACompressedFileIsShippedGoesOnInsideIt()
    {
        rig.MaxChunkBytes = 100;
        rig.Write(Lines("first", 100));
        await rig.ShipAllAsync();
        rig.Kill();
        rig.Write(Lines("second", 1_000));
        rig.Rename("access.log.2");
        rig.Gzip("access.log.2");

        for (var step = 3; step < 40; step += 5)
        {
            rig.Crash.In = step;
            await Assert.ThrowsAsync<CrashException>(rig.DrainAsync);
            rig.Kill();
        }
        File.Move(rig["access.log.2.gz"], rig["access.log.3.gz"]);
        await rig.DrainAsync();

        rig.Sink.AssertSound();
        Assert.Equal([Lines("first", 100) + Lines("second", 1_000)], Texts());
    }

    [Fact]
    public async Task AFileThatIsStillBeingCompressedIsWaitedFor()
    {
        rig.Write("one\n");
        await rig.ShipAllAsync();
        rig.Kill();
        rig.Write(Lines("two", 1_000));
        var whole = Rig.Gzipped(File.ReadAllBytes(rig.Log));
        File.Delete(rig.Log);
        // Nothing says yet that the log itself is gone for good.
        Directory.CreateDirectory(rig.Log);
        File.WriteAllBytes(rig["access.log.1.gz"], whole[..^100]);
        await rig.DrainAsync();
        Assert.Equal(["one\n"], Texts());

        File.WriteAllBytes(rig["access.log.1.gz"], whole);
        await rig.DrainAsync();
        rig.Sink.AssertSound();
        Assert.Equal(["one\n" + Lines("two", 1_000)], Texts());
    }

    [Theory]
    [InlineData(false, "access.log.{0}")]
    [InlineData(true, "access.log.{0}")]
    [InlineData(false, "access.log-2026112{0}")]
    [InlineData(true, "access-2026112{0}.log")]
    public async Task EveryFileThatWasRotatedWhileTheShipperWasDownIsShipped(bool compressed, string pattern)
    {
        rig.Write("a1\n");
        await rig.ShipAllAsync();
        rig.Kill();
        rig.Write("a2\n");
        foreach (var (number, next) in new[] { (7, "b\n"), (8, "c\n"), (9, "d\n") })
        {
            var rotated = string.Format(System.Globalization.CultureInfo.InvariantCulture, pattern, number);
            rig.Rename(rotated);
            if (compressed) rig.Gzip(rotated);
            rig.Write(next);
        }
        File.WriteAllText(rig["access_ssl.log"], "another log\n");
        File.WriteAllText(rig["access.log.bak"], "a copy\n");

        await rig.DrainAsync();

        rig.Sink.AssertSound();
        Assert.Equal(["a1\na2\n", "b\n", "c\n", "d\n"], Texts().Order());
        Assert.Equal(["access"], rig.Sink.Chunks.Keys.Select(id => id.Stream.Split('-')[^1].Replace(".log", "", StringComparison.Ordinal)).Distinct());

        // None of them is found again.
        rig.Kill();
        await rig.DrainAsync();
        Assert.Equal(4, Texts().Count);
    }

    [Fact]
    public async Task ALogThatWasEmptyWhenTheShipperStoppedIsFoundWhereItWasRotatedTo()
    {
        rig.Write("one\n");
        await rig.ShipAllAsync();
        rig.Rename("access.log.1");
        rig.Write("");
        await rig.DrainAsync();
        rig.Time.Advance(TimeSpan.FromHours(12));
        await rig.ShipAllAsync();
        rig.Kill();
        rig.Write("two\n");
        File.Move(rig["access.log.1"], rig["access.log.2"]);
        rig.Rename("access.log.1");
        rig.Write("three\n");

        await rig.DrainAsync();

        rig.Sink.AssertSound();
        Assert.Equal(["one\n", "three\n", "two\n"], Texts().Order());
    }

    [Fact]
    public async Task FilesFromBeforeTheFirstStartAreNotShipped()
    {
        File.WriteAllText(rig["access.log.1"], "old\n");
        rig.Write("new\n");
        await rig.DrainAsync();
        rig.Kill();
        await rig.DrainAsync();
        Assert.Equal(["new\n"], Texts());
    }

    [Fact]
    public async Task WhatALongRequestWritesToARotatedFileIsShipped()
    {
        rig.Write("one\n");
        await rig.ShipAllAsync();
        rig.Rename("access.log.1");
        rig.Write("new\n");
        await rig.DrainAsync();
        rig.Time.Advance(TimeSpan.FromHours(2));
        await rig.ShipAllAsync();
        rig.Write("a request of two hours\n", "access.log.1");
        await rig.DrainAsync();

        rig.Sink.AssertSound();
        Assert.Equal(["one\na request of two hours\n", "new\n"], Texts());
    }

    [Fact]
    public async Task DeletedFilesBeyondTheCapAreClosedAndWhatIsLostIsCounted()
    {
        rig.Configure = options => options with { MaxHeldBytes = 25 };
        rig.Sink.Fault = _ => new(Upload.PutOutcome.Retry, "The store is away.");
        for (var i = 0; i < 4; i++)
        {
            rig.Write($"ten bytes{i}\n");
            await rig.PassAsync();
            File.Delete(rig.Log);
            await rig.PassAsync();
        }
        Assert.InRange(rig.Summary.HeldBytes, 11, 25);
        Assert.Equal(22, rig.Summary.LostBytes);
        Assert.Equal(2, rig.Messages.Troubles.Count(message => message.Contains("its last 11 bytes are lost", StringComparison.Ordinal)));

        rig.Sink.Fault = _ => null;
        rig.Time.Advance(TimeSpan.FromMinutes(2));
        await rig.DrainAsync();
        Assert.Equal(["ten bytes2\n", "ten bytes3\n"], Texts().Order());
    }

    [Fact]
    public async Task ADeletedFileBeyondTheCapIsShippedFromItsCompressedCopy()
    {
        rig.Configure = options => options with { MaxHeldBytes = 0 };
        rig.Sink.Fault = _ => new(Upload.PutOutcome.Retry, "The store is away.");
        rig.Write("one\ntwo\n");
        await rig.PassAsync(flush: true);
        rig.Rename("access.log.1");
        rig.Gzip("access.log.1");
        await rig.PassAsync(flush: true);
        Assert.Equal(0, rig.Summary.HeldBytes);

        rig.Sink.Fault = _ => null;
        rig.Time.Advance(TimeSpan.FromMinutes(2));
        await rig.DrainAsync();
        Assert.Equal(["one\ntwo\n"], Texts());
        Assert.Equal(0, rig.Summary.LostBytes);
    }

    [Fact]
    public async Task AnUnfinishedLineIsShippedAfterTheIdleFlushWhereOneIsSet()
    {
        rig.Configure = options => options with { IdleFlush = TimeSpan.FromMinutes(1) };
        rig.Write("whole\nhalf");
        await rig.ShipAllAsync();
        Assert.Equal(["whole\n"], Texts());
        rig.Time.Advance(TimeSpan.FromMinutes(1));
        await rig.ShipAllAsync();
        Assert.Equal(["whole\nhalf"], Texts());

        rig.Write(" and its end\n");
        await rig.ShipAllAsync();
        rig.Sink.AssertSound();
        Assert.Equal(["whole\nhalf and its end\n"], Texts());
    }

    static string Lines(string what, int count) => string.Concat(Enumerable.Range(0, count).Select(i => $"{what} {i * 7919 % 10_007}\n"));

    List<string> Texts() => [.. rig.Sink.Generations.Select(chunks => string.Concat(chunks.Select(chunk => Encoding.Latin1.GetString(chunk.Value))))];
}
