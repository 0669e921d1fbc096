using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using LogMonitor.Shipper.Tests.Support;
using LogMonitor.Shipper.Upload;

namespace LogMonitor.Shipper.Tests;

/// <summary>What takes long, comes late or ends early.</summary>
public sealed partial class OutageTests : IDisposable
{
    readonly Rig rig = new();

    public void Dispose() => rig.Dispose();

    [Fact]
    public async Task ADayWithoutTheStoreIsHeldInLittleMemoryAndThenShipped()
    {
        rig.Sink.Fault = _ => new(PutOutcome.Retry, "The store is away.");
        var line = new string('x', 1_000);
        rig.Write("the first line\n");
        await rig.PassAsync(flush: true);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var minute = 0; minute < 24 * 60; minute++)
        {
            rig.Write($"{minute} {line}\n{minute} {line}\n");
            if (minute % 60 == 59)
            {
                for (var old = 23; old > 0; old--)
                    if (File.Exists(rig[$"access.log.{old}"])) File.Move(rig[$"access.log.{old}"], rig[$"access.log.{old + 1}"]);
                rig.Rename("access.log.1");
            }
            rig.Time.Advance(TimeSpan.FromMinutes(1));
            await rig.PassAsync();
        }
        // 25 open files, and the one buffer of a chunk that all share.
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 8 << 20);
        Assert.Empty(rig.Sink.Chunks);

        rig.Sink.Fault = _ => null;
        rig.Time.Advance(TimeSpan.FromMinutes(1));
        await rig.DrainAsync();
        rig.Sink.AssertSound();
        Assert.Equal(1 + (2 * 24 * 60), rig.Sink.Text.Count(character => character == '\n'));
        Assert.Equal(0, rig.Summary.LostBytes);
    }

    [Fact]
    public async Task ADirectoryThatIsMadeLaterIsFollowed()
    {
        using var host = new Rig("app/logs/*.log", "later/access.log");
        await host.ShipAllAsync();
        Assert.Empty(host.Sink.Chunks);

        Directory.CreateDirectory(host["app/logs"]);
        Directory.CreateDirectory(host["later"]);
        host.Write("one\n", "app/logs/a.log");
        host.Write("two\n", "later/access.log");
        await host.ShipAllAsync();
        Assert.Equal(["one\n", "two\n"], host.Sink.Chunks.Values.Select(chunk => System.Text.Encoding.ASCII.GetString(chunk)).Order());
        Assert.Equal(0, host.Summary.Problems);
    }

    [Theory]
    [InlineData(-25)]
    [InlineData(25)]
    public async Task AClockThatIsSteppedByADayNeitherHoldsLinesNorRepeatsThem(int hours)
    {
        rig.Write("one\n");
        await rig.ShipAllAsync();
        rig.Clock.Step = TimeSpan.FromHours(hours);
        rig.Write("two\n");
        await rig.PassAsync();
        rig.Time.Advance(TimeSpan.FromSeconds(30));
        await rig.PassAsync();
        Assert.Equal("one\ntwo\n", rig.Sink.Text);

        rig.Kill();
        rig.Clock.Step = TimeSpan.Zero;
        rig.Write("three\n");
        await rig.ShipAllAsync();
        rig.Sink.AssertSound();
        Assert.Equal("one\ntwo\nthree\n", rig.Sink.Text);
    }

    /// <summary>In Berlin an hour is left out at the first, and there twice at the second.</summary>
    [Theory]
    [InlineData("2027-03-28T00:59:00Z")]
    [InlineData("2027-10-31T00:59:00Z")]
    public async Task SummerTimeBeginsAndEndsAndCutsGoOnAsBefore(string before)
    {
        rig.Time.SetLocalTimeZone(TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin"));
        rig.Time.SetUtcNow(DateTimeOffset.Parse(before, CultureInfo.InvariantCulture));
        await rig.PassAsync();
        var lines = Enumerable.Range(0, 4).Select(i => $"line {i}\n").ToList();
        foreach (var line in lines)
        {
            rig.Write(line);
            await rig.PassAsync();
            rig.Time.Advance(TimeSpan.FromSeconds(30));
            await rig.PassAsync();
        }

        Assert.Equal(string.Concat(lines), rig.Sink.Text);
        Assert.Equal(
            ["00:59:30", "01:00:00", "01:00:30", "01:01:00"],
            rig.Sink.Metadata.Select(chunk => chunk.CutTime.UtcDateTime.ToString("HH:mm:ss", CultureInfo.InvariantCulture)));
    }

    [Fact]
    public async Task SigtermDuringAnUploadEndsAndTheNextStartRepeatsNothing()
    {
        await using var server = await FakeBlobServer.StartAsync();
        rig.Write("one\n");
        server.Faults.Enqueue(new Fault(0, Stores: true, Latency: TimeSpan.FromMinutes(1)));
        await using (var shipper = Start(server))
        {
            await LogMonitor.Tests.Support.Poll.UntilAsync("the put is under way", () => Task.FromResult(!server.Blobs.IsEmpty));
            Assert.Equal(0, await shipper.StopAsync());
        }
        rig.Write("two\n");
        await using (var shipper = Start(server))
        {
            await LogMonitor.Tests.Support.Poll.UntilAsync("the second line is stored", () => Task.FromResult(server.Blobs.Count == 2));
            Assert.Equal(0, await shipper.StopAsync());
        }
        Assert.Equal(["one\n", "two\n"], server.Blobs.Values.Select(blob => System.Text.Encoding.ASCII.GetString(blob.Raw)).Order());
    }

    /// <summary>What the disk is asked for, in its order: the intent is on it, and its name too, before the first byte goes to the store.</summary>
    [Fact]
    public async Task TheIntentIsOnTheDiskBeforeTheUploadBegins()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/strace"), "strace is not installed.");
        await using var server = await FakeBlobServer.StartAsync();
        rig.Write("one\n");
        var trace = rig["trace.txt"];
        using (var process = Process.Start(new ProcessStartInfo("/usr/bin/strace",
            ["-f", "-y", "-o", trace, "-e", "trace=fsync,rename,renameat,renameat2,connect,sendto,sendmsg", "dotnet", .. ShipperProcess.ProgramArguments, "run", "--once", "--log", rig.Log, "--host", "web1", "--state", rig.StateDirectory])
        {
            Environment = { ["LOGMONITOR_CONTAINER_URL"] = server.ContainerUrl },
        })!)
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Single(server.Blobs);

        var steps = string.Concat((await File.ReadAllLinesAsync(trace, TestContext.Current.CancellationToken)).Select(call =>
            FileSync().IsMatch(call) ? "f" : Renamed().IsMatch(call) ? "r" : call.Contains($"fsync(", StringComparison.Ordinal) && call.Contains($"{rig.StateDirectory}>", StringComparison.Ordinal) ? "d"
            : call.Contains("PUT /account", StringComparison.Ordinal) ? "P" : ""));
        // The generation, the intent, the put, the commit: each state file, its name, its directory.
        Assert.Equal("frdfrdPfrd", steps);
    }

    ShipperProcess Start(FakeBlobServer server) => ShipperProcess.Start(
        new Dictionary<string, string?> { ["LOGMONITOR_CONTAINER_URL"] = server.ContainerUrl }, "run", "--log", rig.Log, "--host", "web1", "--state", rig.StateDirectory, "--flush", "1");

    [GeneratedRegex(@"fsync\([0-9]+<[^>]*\.json\.tmp>")]
    private static partial Regex FileSync();

    [GeneratedRegex(@"rename[a-z0-9]*\(.*\.json\.tmp"", .*\.json""")]
    private static partial Regex Renamed();
}
