using LogMonitor.Core.Pipeline;
using LogMonitor.Core.Text;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace LogMonitor.Functions.Health;

/// <summary>Whether each upload could be read, as the last sweep over <c>incoming</c> saw it.</summary>
sealed class IngestHealth(IChunkLedger ledger) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken) =>
        await ledger.FindSweepAsync(cancellationToken).ConfigureAwait(false) is { Stuck: [var first, ..] stuck }
            ? context.Result($"{Wording.Counted(stuck.Count, "upload")} can't be read and {(stuck.Count == 1 ? "is" : "are")} tried again by each sweep, {first} for one. The alert logmonitor_stuck says why.")
            : context.Result();
}
