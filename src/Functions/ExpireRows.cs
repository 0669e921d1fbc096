using LogMonitor.Core.Retention;

namespace LogMonitor.Functions;

/// <summary>Deletes what is older than it is kept.</summary>
public sealed class ExpireRows(Expirer expirer)
{
    /// <summary>The timer is a singleton over all instances of the app.</summary>
    [Function(nameof(ExpireRows))]
    public Task RunAsync([TimerTrigger("%ExpireSchedule%")] TimerInfo timer, CancellationToken cancellationToken)
    {
        _ = timer;
        return expirer.RunAsync(cancellationToken);
    }
}
