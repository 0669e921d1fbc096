using LogMonitor.Core.Alerting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace LogMonitor.Functions.Health;

/// <summary>Schedules that are none, and secrets that the key vault did not give. Other wrong settings stop the app at its start.</summary>
sealed class SettingsHealth(IConfiguration configuration, Schedules schedules) : IHealthCheck
{
    /// <summary>What is wrong, in the order of the settings.</summary>
    public IReadOnlyCollection<string> FindProblems() =>
    [
        .. schedules.Problems.OrderBy(problem => problem.Key, StringComparer.Ordinal).Select(problem => problem.Value),
        // App Service gives each setting twice, and the app reads only the one.
        .. configuration.AsEnumerable().Where(setting => VaultReference.Is(setting.Value) && !setting.Key.StartsWith("APPSETTING_", StringComparison.Ordinal)).Select(setting => setting.Key.Replace(":", "__", StringComparison.Ordinal))
            .Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.Ordinal).Select(VaultReference.Explain),
    ];

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken) => Task.FromResult(context.Result(FindProblems()));
}
