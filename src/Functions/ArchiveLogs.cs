using LogMonitor.Core.Pipeline;

namespace LogMonitor.Functions;

/// <summary>Joins the chunks of finished days.</summary>
public sealed class ArchiveLogs(Archiver archiver)
{
    /// <summary>The timer is a singleton over all instances of the app.</summary>
    [Function(nameof(ArchiveLogs))]
    public Task RunAsync([TimerTrigger("%ArchiveSchedule%")] TimerInfo timer, CancellationToken cancellationToken)
    {
        _ = timer;
        return archiver.RunAsync(cancellationToken);
    }
}
