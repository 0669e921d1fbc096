using LogMonitor.Storage;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace LogMonitor.Functions.Health;

/// <summary>Whether the storage account answers, and takes our key or identity.</summary>
sealed class StorageHealth(StorageSetup storage) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken) =>
        context.Result(await storage.FindProblemAsync(cancellationToken).ConfigureAwait(false) is { } problem ? [problem] : []);
}
