using LogMonitor.Shipper.Following;
using LogMonitor.Shipper.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace LogMonitor.Shipper.Tests;

[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class DirectoryWatchTests : IDisposable
{
    static readonly TimeSpan soon = TimeSpan.FromSeconds(30), interval = TimeSpan.FromSeconds(1);
    static readonly Task never = new TaskCompletionSource().Task;

    readonly DirectoryInfo root = Directory.CreateTempSubdirectory("watch-");

    public void Dispose() => root.Delete(recursive: true);

    [Theory]
    [InlineData("write")]
    [InlineData("make")]
    [InlineData("rename")]
    [InlineData("delete")]
    [InlineData("permit")]
    public async Task AChangeInADirectoryIsTold(string change)
    {
        File.WriteAllText(Path("a.log"), "a");
        using var watch = DirectoryWatch.TryCreate(out _)!;
        Assert.Equal(0, watch.Arm([root.FullName]));
        Assert.False(watch.Changed.IsCompleted);
        switch (change)
        {
            case "write": File.AppendAllText(Path("a.log"), "b"); break;
            case "make": File.WriteAllText(Path("b.log"), ""); break;
            case "rename": File.Move(Path("a.log"), Path("a.log.1")); break;
            case "delete": File.Delete(Path("a.log")); break;
            default: File.SetUnixFileMode(Path("a.log"), UnixFileMode.None); break;
        }
        await watch.Changed.WaitAsync(soon, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task ItIsToldOnceForEachTimeItIsArmed()
    {
        using var watch = DirectoryWatch.TryCreate(out _)!;
        for (var i = 0; i < 5; i++)
        {
            watch.Arm([root.FullName, root.FullName]);
            Assert.False(watch.Changed.IsCompleted);
            for (var line = 0; line < 100; line++) File.AppendAllText(Path("a.log"), "line\n");
            await watch.Changed.WaitAsync(soon, TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task ADirectoryThatIsMadeAgainIsWatchedAgain()
    {
        var directory = root.CreateSubdirectory("logs").FullName;
        using var watch = DirectoryWatch.TryCreate(out _)!;
        watch.Arm([directory]);
        Directory.Delete(directory);
        watch.Arm([directory]);
        Directory.CreateDirectory(directory);
        // The kernel tells of the deletion when it likes.
        using var limit = new CancellationTokenSource(soon);
        do
        {
            watch.Arm([directory]);
            File.AppendAllText(Path("logs/a.log"), "line\n");
            await Task.Yield();
        }
        while (!watch.Changed.IsCompleted && !limit.IsCancellationRequested);
        Assert.True(watch.Changed.IsCompleted);
    }

    [Fact]
    public async Task AtTheLimitOfTheKernelFilesAreLookedAtInstead()
    {
        var watches = new List<DirectoryWatch>();
        try
        {
            var why = "";
            while (watches.Count < 2_000 && DirectoryWatch.TryCreate(out why) is { } watch) watches.Add(watch);
            Assert.SkipWhen(watches.Count == 2_000, "fs.inotify.max_user_instances allows thousands here.");
            Assert.NotEmpty(why);

            var (clock, messages) = (new FakeTimeProvider(), new Messages());
            using var waiter = new ChangeWaiter(clock, messages);
            waiter.Arm([root.FullName]);
            var waiting = waiter.WaitAsync(interval, TimeSpan.FromSeconds(30), never, TestContext.Current.CancellationToken);
            Assert.False(waiting.IsCompleted);
            clock.Advance(interval);
            await waiting.WaitAsync(soon, TestContext.Current.CancellationToken);
            Assert.Contains(messages.All, message => message.Contains("files are looked at at each poll interval instead", StringComparison.Ordinal));
        }
        finally
        {
            foreach (var watch in watches) watch.Dispose();
        }
    }

    [Fact]
    public async Task AChangeEndsTheWaitAndWithoutOneItLastsUntilTheIdleInterval()
    {
        var clock = new FakeTimeProvider();
        using var waiter = new ChangeWaiter(clock, new Messages());
        waiter.Arm([root.FullName]);
        File.WriteAllText(Path("a.log"), "a");
        var waiting = waiter.WaitAsync(interval, TimeSpan.FromSeconds(30), never, TestContext.Current.CancellationToken);
        // Not at once: a busy log is looked at no more often than that.
        Assert.False(waiting.IsCompleted);
        clock.Advance(interval);
        await waiting.WaitAsync(soon, TestContext.Current.CancellationToken);

        waiter.Arm([root.FullName]);
        waiting = waiter.WaitAsync(interval, TimeSpan.FromSeconds(30), never, TestContext.Current.CancellationToken);
        clock.Advance(interval);
        clock.Advance(interval * ChangeWaiter.IdleIntervals - interval - TimeSpan.FromMilliseconds(1));
        Assert.False(waiting.IsCompleted);
        while (!waiting.IsCompleted)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }
    }

    string Path(string name) => System.IO.Path.Join(root.FullName, name);
}
