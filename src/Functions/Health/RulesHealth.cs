using LogMonitor.Core.Pipeline;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace LogMonitor.Functions.Health;

/// <summary>Whether each rule and alerts.yml are in force as they are written.</summary>
sealed class RulesHealth(RuleBook rules) : IHealthCheck
{
    /// <summary>More would not be read.</summary>
    const int MaxShown = 20;

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken)
    {
        var problems = await rules.FindProblemsAsync(cancellationToken).ConfigureAwait(false);
        return context.Result(problems.Count <= MaxShown ? problems : [.. problems.Take(MaxShown), $"And {problems.Count - MaxShown} more: 'logmonitor rules check' says all."]);
    }
}
