using System.Globalization;
using LogMonitor.Shipper.Tests.Support;
using LogMonitor.Tests.Support;

namespace LogMonitor.Shipper.Tests.Oracle;

/// <summary>
/// The real program, killed with -9 again and again while a server writes and rotates its logs and the storage fails. Nobody sees
/// when it looks at its files, so a log is only rotated when it is known, and then all of it is owed.
/// </summary>
public sealed class KillTests(ITestOutputHelper output) : IDisposable
{
    static readonly int Seed = Number("SHIPPER_ORACLE_SEED") ?? Random.Shared.Next(1 << 30), Kills = Number("SHIPPER_ORACLE_KILLS") ?? 25;

    readonly DirectoryInfo root = Directory.CreateTempSubdirectory("shipper-");
    readonly Random random = new(Seed);
    readonly List<string> told = [];

    string State => Path.Join(root.FullName, "state");

    public void Dispose() => root.Delete(recursive: true);

    [Fact]
    public async Task KilledAtAnyMomentTheProgramShipsEachLineOnce()
    {
        await using var server = await FakeBlobServer.StartAsync();
        var container = server.NewContainer("incoming");
        using var disk = new Disk(root.FullName, () => ["access.log", "error.log"]);
        var start = TimeProvider.System.GetTimestamp();
        List<Author> authors = [.. new[] { "access.log", "error.log" }.Select(log => new Author(disk, log, random, () => TimeProvider.System.GetElapsedTime(start)))];
        for (var kill = 0; kill < Kills; kill++) await RunAndKillAsync(container, disk, authors);
        await FinishAsync(container, disk, authors);

        var problems = Verdict.On(container, disk.Lives, disk.IsLive);

        output.WriteLine($"{Kills} kills from seed {Seed}: {disk.Lives.Count} lives, {disk.Lives.Sum(life => life.Length)} bytes, {container.Blobs.Count} chunks, {container.Requests} requests, {TimeProvider.System.GetElapsedTime(start).TotalSeconds:f0} s.");
        Assert.True(problems.Count == 0, $"Seed {Seed} (times are not repeatable):\n{string.Join('\n', problems)}\n{string.Join('\n', told)}");
    }

    // At a moment of its own, or in the middle of a put: before, while or after it is stored.
    async Task RunAndKillAsync(FakeContainer container, Disk disk, List<Author> authors)
    {
        using var moment = new CancellationTokenSource(TimeSpan.FromMilliseconds(random.Next(100, 2000)));
        var put = random.Next(2) == 0 ? random.Next(1, 5) : int.MaxValue;
        var weather = new Random(random.Next());
        container.Weather = () =>
        {
            lock (weather)
            {
                if (--put == 0) moment.CancelAfter(weather.Next(10));
                return put <= 0 ? new Fault(0, Stores: weather.Next(2) == 0, Latency: TimeSpan.FromMilliseconds(50)) : weather.Next(8) == 0 ? Fault.Any(weather) : null;
            }
        };
        await using var shipper = Start(container);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (!moment.IsCancellationRequested)
        {
            if (random.Next(3) == 0 && Act(disk, authors[random.Next(authors.Count)]) is { } what) told.Add(what);
            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
        await shipper.KillAsync();
        told.Add($"  killed; it said:\n{shipper.Errors}");
    }

    string? Act(Disk disk, Author author) => random.Next(10) switch
    {
        < 5 => author.Write(),
        5 => author.WriteFragment(),
        6 => author.WriteLate(),
        7 => IsKnown(disk) ? author.Rotate() : null,
        8 when IsKnown(disk) && author.Copy() is { } copied => $"{copied}, {author.Truncate([])}",
        9 => IsKnown(disk) ? author.Swap() : null,
        _ => null,
    };

    async Task FinishAsync(FakeContainer container, Disk disk, List<Author> authors)
    {
        container.Weather = () => null;
        foreach (var author in authors) author.ReopenAll();
        await using var shipper = Start(container);
        try
        {
            await Poll.UntilAsync("all is stored", () => Task.FromResult(shipper.HasEnded || Verdict.On(container, disk.Lives, disk.IsLive).Count == 0), TimeSpan.FromSeconds(30));
        }
        catch (TimeoutException)
        {
            // What is missing says the verdict.
        }
        Assert.Equal(0, await shipper.StopAsync());
        told.Add($"  finished; it said:\n{shipper.Errors}");
    }

    // One position file for each life: from then on a shipper can find it again.
    bool IsKnown(Disk disk)
    {
        if (!Directory.Exists(State) || Directory.GetFiles(State, "*.json").Length < disk.Lives.Count) return false;
        foreach (var life in disk.Lives) life.IsKnown = true;
        return true;
    }

    ShipperProcess Start(FakeContainer container) => ShipperProcess.Start(
        new Dictionary<string, string?> { ["LOGMONITOR_CONTAINER_URL"] = container.Url }, "run", "--log", Path.Join(root.FullName, "access.log"), "--log", Path.Join(root.FullName, "error.log"),
        "--host", "web1", "--state", State, "--flush", "0.1", "--verbose");

    static int? Number(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;
}
