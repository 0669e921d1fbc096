using LogMonitor.Core.Pipeline;
using LogMonitor.Core.Text;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace LogMonitor.Functions.Health;

/// <summary>Whether thresholds are evaluated on their schedule.</summary>
sealed class EvaluationHealth(IHostStore hosts, Schedules schedules, TimeProvider time) : IHealthCheck
{
    /// <summary>When evaluations ran is known to within a minute, and one may take some.</summary>
    static readonly TimeSpan leastPatience = TimeSpan.FromMinutes(5);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken)
    {
        if (schedules.Problems.TryGetValue(Schedules.Evaluate, out var problem)) return context.Result($"Nothing is evaluated. {problem}");
        // Before the first there is nothing to be late for.
        if (await hosts.FindWatchAsync(cancellationToken).ConfigureAwait(false) is not { } watch) return context.Result();
        var now = time.GetUtcNow();
        return now > DueAfter(watch.Last) + leastPatience
            ? context.Result($"Nothing was evaluated for {TimeSpan.FromMinutes(Math.Floor((now - watch.Last).TotalMinutes)).InWords()}. Check that LogMonitor runs, and what it logs about {nameof(EvaluateThresholds)}.")
            : context.Result();
    }

    /// <summary>The third time from then on that the schedule names.</summary>
    DateTimeOffset DueAfter(DateTimeOffset last)
    {
        var next = last.UtcDateTime;
        for (var run = 0; run < 3; run++) next = schedules.Find(Schedules.Evaluate)!.GetNextOccurrence(next);
        return new(next, TimeSpan.Zero);
    }
}
