using LogMonitor.Core.Pipeline;

namespace LogMonitor.Functions;

/// <summary>Evaluates what is new, reports, alerts and notifies.</summary>
public sealed class EvaluateThresholds(Evaluator evaluator)
{
    /// <summary>The timer is a singleton over all instances of the app.</summary>
    [Function(nameof(EvaluateThresholds))]
    public Task RunAsync([TimerTrigger("%EvaluateSchedule%")] TimerInfo timer, CancellationToken cancellationToken)
    {
        _ = timer;
        return evaluator.RunAsync(cancellationToken);
    }
}
