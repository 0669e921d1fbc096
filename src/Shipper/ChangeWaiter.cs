using LogMonitor.Shipper.Following;
using Microsoft.Extensions.Logging;

namespace LogMonitor.Shipper;

/// <summary>Waits between two looks at the files: until something changes, if the kernel can tell, and otherwise for the poll interval.</summary>
sealed class ChangeWaiter : IDisposable
{
    /// <summary>How many poll intervals the wait takes though the kernel tells of no change: on network file systems it does not see all.</summary>
    internal const int IdleIntervals = 5;

    readonly TimeProvider time;
    readonly ILogger logger;
    readonly DirectoryWatch? watch;
    bool isLimited;

    public ChangeWaiter(TimeProvider time, ILogger logger)
    {
        (this.time, this.logger) = (time, logger);
        watch = DirectoryWatch.TryCreate(out var why);
        if (watch is null) logger.Polling(why);
    }

    /// <summary>What happens in these directories from now on ends the next wait.</summary>
    public void Arm(IEnumerable<string> directories)
    {
        var wasLimited = isLimited;
        isLimited = watch?.Arm(directories) > 0;
        if (isLimited && !wasLimited) logger.Polling("fs.inotify.max_user_watches is reached");
    }

    /// <summary>Returns when it is time to look again.</summary>
    /// <param name="pollInterval">The shortest time, and the usual one where the kernel can't tell.</param>
    /// <param name="untilDue">The longest.</param>
    /// <param name="wake">Ends it at once.</param>
    /// <param name="stopping">Ends it at once, too, and without an exception.</param>
    public async Task WaitAsync(TimeSpan pollInterval, TimeSpan untilDue, Task wake, CancellationToken stopping)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        await Task.WhenAny(WaitAsync(pollInterval, untilDue, either.Token), wake);
        await either.CancelAsync();
    }

    /// <inheritdoc/>
    public void Dispose() => watch?.Dispose();

    async Task WaitAsync(TimeSpan pollInterval, TimeSpan untilDue, CancellationToken stopping)
    {
        try
        {
            await Task.Delay(Shorter(pollInterval, untilDue), time, stopping);
            if (watch is null || isLimited || untilDue <= pollInterval) return;
            await watch.Changed.WaitAsync(Shorter(pollInterval * IdleIntervals, untilDue) - pollInterval, time, stopping);
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

    static TimeSpan Shorter(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
