using LogMonitor.Shipper.Following;
using Microsoft.Extensions.Logging;

namespace LogMonitor.Shipper;

/// <summary>Waits between two looks at the files: until something changes, if the kernel can tell, and otherwise for the poll interval.</summary>
sealed class ChangeWaiter : IDisposable
{
    readonly ShipperOptions options;
    readonly TimeProvider time;
    readonly ILogger logger;
    readonly DirectoryWatch? watch;
    bool isLimited;

    public ChangeWaiter(ShipperOptions options, TimeProvider time, ILogger logger)
    {
        (this.options, this.time, this.logger) = (options, time, logger);
        watch = DirectoryWatch.TryCreate(out var why);
        if (watch is null) logger.Polling(why, options.PollInterval.TotalSeconds);
    }

    /// <summary>What happens in these directories from now on ends the next wait.</summary>
    public void Arm(IEnumerable<string> directories)
    {
        var wasLimited = isLimited;
        isLimited = watch?.Arm(directories) > 0;
        if (isLimited && !wasLimited) logger.Polling("fs.inotify.max_user_watches is reached", options.PollInterval.TotalSeconds);
    }

    /// <summary>Returns when it is time to look again, at the latest when something is due.</summary>
    public async Task WaitAsync(TimeSpan untilDue, CancellationToken stopping)
    {
        try
        {
            await Task.Delay(Shorter(options.PollInterval, untilDue), time, stopping);
            if (watch is null || isLimited || untilDue <= options.PollInterval) return;
            await watch.Changed.WaitAsync(Shorter(options.IdleInterval, untilDue) - options.PollInterval, time, stopping);
        }
        catch (OperationCanceledException)
        {
            // The loop sees it.
        }
        catch (TimeoutException)
        {
            // Nothing has changed that the kernel knows of.
        }
    }

    /// <inheritdoc/>
    public void Dispose() => watch?.Dispose();

    static TimeSpan Shorter(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
