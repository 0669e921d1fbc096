using LogMonitor.Core.Pipeline;

namespace LogMonitor.Functions;

/// <summary>Ingests what the blob trigger has missed.</summary>
public sealed class ReconcileIncoming(Reconciler reconciler)
{
    /// <summary>The timer is a singleton over all instances of the app.</summary>
    [Function(nameof(ReconcileIncoming))]
    public Task RunAsync([TimerTrigger("%ReconcileSchedule%")] TimerInfo timer, CancellationToken cancellationToken)
    {
        _ = timer;
        return reconciler.RunAsync(cancellationToken);
    }
}
