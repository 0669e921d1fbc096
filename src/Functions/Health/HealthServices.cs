using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace LogMonitor.Functions.Health;

/// <summary>What is asked to know whether LogMonitor works.</summary>
static class HealthServices
{
    /// <summary>How long one check may take: somebody waits.</summary>
    static readonly TimeSpan limit = TimeSpan.FromSeconds(15);

    /// <summary>Unhealthy: nothing is watched. Degraded: something is, and something is not.</summary>
    public static IServiceCollection AddHealth(this IServiceCollection services)
    {
        services.AddHealthChecks()
            .AddCheck<StorageHealth>("storage", HealthStatus.Unhealthy, timeout: limit)
            .AddCheck<EvaluationHealth>("evaluation", HealthStatus.Unhealthy, timeout: limit)
            .AddCheck<IngestHealth>("ingest", HealthStatus.Degraded, timeout: limit)
            .AddCheck<SettingsHealth>("settings", HealthStatus.Degraded, timeout: limit)
            .AddCheck<RulesHealth>("rules", HealthStatus.Degraded, timeout: limit)
            .AddCheck<ChannelsHealth>("channels", HealthStatus.Degraded, timeout: limit);
        // What they find is asked for, or said once at the start: not again in the log by each question.
        services.AddLogging(logging => logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None));
        return services
            .AddSingleton<ChannelProbes>()
            .AddSingleton<HealthReports>()
            .AddHostedService<SettingsWarning>();
    }

    /// <summary>Healthy without problems; else the status that the check was registered with.</summary>
    /// <param name="problems">Each says what, where and what to do.</param>
    public static HealthCheckResult Result(this HealthCheckContext context, params IReadOnlyCollection<string> problems) =>
        problems.Count == 0 ? HealthCheckResult.Healthy() : new(context.Registration.FailureStatus, string.Join('\n', problems));
}
