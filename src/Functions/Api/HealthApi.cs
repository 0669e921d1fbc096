using LogMonitor.Core.Text;
using LogMonitor.Functions.Health;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace LogMonitor.Functions.Api;

/// <summary>Whether LogMonitor itself works. 200 where it does, or does in part (degraded); 503 where nothing is watched.</summary>
public sealed class HealthApi(HealthReports reports, DashboardAccess access)
{
    /// <summary>For load balancers and monitors, without sign-in: the states alone.</summary>
    [Function("Healthz")]
    public async Task<IActionResult> GetStatesAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "healthz")] HttpRequest request, CancellationToken cancellationToken)
    {
        _ = request;
        return Answer(await reports.GetAsync(cancellationToken).ConfigureAwait(false), withProblems: false);
    }

    /// <summary>For people who may see the dashboard: what is wrong, where, and what to do.</summary>
    [Function("GetHealth")]
    public Task<IActionResult> GetHealthAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/health")] HttpRequest request, CancellationToken cancellationToken)
    {
        _ = request;
        return ApiAnswer.OrRefusalAsync(access, async () => Answer(await reports.GetAsync(cancellationToken).ConfigureAwait(false), withProblems: true));
    }

    static ContentResult Answer(HealthReport report, bool withProblems) => ApiAnswer.Json(
        new HealthView(Lower(report.Status), [.. report.Entries.Select(check => new CheckView(check.Key, Lower(check.Value.Status), withProblems ? Problems(check.Value) : null))]),
        ApiJson.Default.HealthView, report.Status == HealthStatus.Unhealthy ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK);

    // A check that failed by itself has no words of its own, and a client's go on for many lines.
    static IReadOnlyList<DisplayText> Problems(HealthReportEntry check) => check switch
    {
        { Status: HealthStatus.Healthy } => [],
        { Exception: { } failure } => [DisplayText.From(failure.Message.Split('\n')[0])],
        _ => [.. (check.Description ?? "").Split('\n').Select(problem => DisplayText.From(problem))],
    };

    static string Lower(HealthStatus status) => status.ToString().ToLowerInvariant();
}
