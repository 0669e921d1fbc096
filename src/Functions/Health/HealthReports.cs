using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace LogMonitor.Functions.Health;

/// <summary>Runs the checks when somebody asks, at most every few seconds: asking costs reads, and anybody may.</summary>
public sealed class HealthReports(HealthCheckService checks, TimeProvider time) : IDisposable
{
    /// <summary>How long an answer counts.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    readonly SemaphoreSlim checking = new(1);
    (DateTimeOffset At, HealthReport Report)? last;

    /// <summary>How LogMonitor is.</summary>
    public async Task<HealthReport> GetAsync(CancellationToken cancellationToken)
    {
        await checking.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (last is not { } known || time.GetUtcNow() - known.At >= Interval || time.GetUtcNow() < known.At)
                // Not cancelled by the one who asked: the next takes what it found.
                last = known = (time.GetUtcNow(), await checks.CheckHealthAsync(CancellationToken.None).ConfigureAwait(false));
            return known.Report;
        }
        finally
        {
            checking.Release();
        }
    }

    public void Dispose() => checking.Dispose();
}
