using System.Globalization;
using LogMonitor.Shipper.Health;
using LogMonitor.Shipper.Tests.Commands;
using LogMonitor.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace LogMonitor.Shipper.Tests.Health;

public sealed class SystemdNotifierTests : IDisposable
{
    readonly TemporaryFolder folder = new();
    readonly FakeTimeProvider time = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ItTalksToTheSocketThatSystemdNames(bool isAbstract)
    {
        using var systemd = new NotifySocket(isAbstract ? $"@shipper-{Guid.NewGuid()}" : folder["notify"]);
        using var notifier = Notifier(systemd);

        notifier.Ready();
        notifier.Status("Following 1 file.");
        notifier.Status("Following 1 file.");
        notifier.Status("two\nlines");
        notifier.Reloading();
        notifier.Stopping();

        Assert.Equal("READY=1", systemd.Receive());
        Assert.Equal("STATUS=Following 1 file.", systemd.Receive());
        Assert.Equal("STATUS=two lines", systemd.Receive());
        Assert.Matches(@"\ARELOADING=1\nMONOTONIC_USEC=[0-9]+\z", systemd.Receive());
        Assert.Equal("STOPPING=1", systemd.Receive());
    }

    [Fact]
    public void TheWatchdogIsFedByProgressAloneAndNotTooOften()
    {
        using var systemd = new NotifySocket(folder["notify"]);
        using var notifier = Notifier(systemd, watchdog: TimeSpan.FromSeconds(60));

        notifier.Progress();
        time.Advance(TimeSpan.FromSeconds(15));
        notifier.Progress();
        notifier.Progress();
        time.Advance(TimeSpan.FromHours(1));
        notifier.Stopping();

        Assert.Equal("WATCHDOG=1", systemd.Receive());
        Assert.Equal("STOPPING=1", systemd.Receive());
    }

    [Theory]
    [InlineData("60000000", "1")]
    [InlineData("nonsense", null)]
    [InlineData(null, null)]
    public void AWatchdogThatIsNotItsOwnIsNotFed(string? microseconds, string? pid)
    {
        using var systemd = new NotifySocket(folder["notify"]);
        using var notifier = new SystemdNotifier(name => name switch { "NOTIFY_SOCKET" => systemd.Name, "WATCHDOG_USEC" => microseconds, "WATCHDOG_PID" => pid, _ => null }, time);

        time.Advance(TimeSpan.FromHours(1));
        notifier.Progress();
        notifier.Ready();

        Assert.Equal("READY=1", systemd.Receive());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("/nowhere/notify")]
    [InlineData("vsock:2:1234")]
    public void WithoutSystemdItSaysNothing(string? name)
    {
        using var notifier = new SystemdNotifier(_ => name, time);

        notifier.Ready();

        Assert.False(notifier.IsListening);
    }

    SystemdNotifier Notifier(NotifySocket systemd, TimeSpan? watchdog = null) => new(
        name => name switch
        {
            "NOTIFY_SOCKET" => systemd.Name,
            "WATCHDOG_USEC" => watchdog?.TotalMicroseconds.ToString(CultureInfo.InvariantCulture),
            "WATCHDOG_PID" => Environment.ProcessId.ToString(CultureInfo.InvariantCulture),
            _ => null,
        },
        time);
}
