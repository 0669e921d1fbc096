using System.Globalization;

namespace LogMonitor.Functions.Api;

/// <summary>What the dashboard reads: JSON as in docs/design.md.</summary>
public sealed class DashboardApi(DashboardQueries queries, AlertQueries alerts, DashboardAccess access)
{
    const int MaxReports = 500, MaxMinutes = 24 * 60, MaxAlerts = 500;

    /// <summary>The latest reports.</summary>
    [Function("GetReports")]
    public Task<IActionResult> GetReportsAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/reports")] HttpRequest request, CancellationToken cancellationToken) =>
        AnswerAsync(async () => ApiAnswer.Json(await queries.ReportsAsync(Number(request, "take", 20, MaxReports), cancellationToken).ConfigureAwait(false), ApiJson.Default.IReadOnlyListReportView));

    /// <summary>Counts per minute of event time.</summary>
    [Function("GetCounts")]
    public Task<IActionResult> GetCountsAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/counts")] HttpRequest request, CancellationToken cancellationToken) =>
        AnswerAsync(async () => ApiAnswer.Json(await queries.CountsAsync(
            Number(request, "minutes", 60, MaxMinutes), Time(request, "until"), request.Query["host"], cancellationToken).ConfigureAwait(false), ApiJson.Default.CountsView));

    /// <summary>The open alerts, or the latest.</summary>
    [Function("GetAlerts")]
    public Task<IActionResult> GetAlertsAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/alerts")] HttpRequest request, CancellationToken cancellationToken) =>
        AnswerAsync(async () => ApiAnswer.Json(await alerts.ListAsync(request.Query["state"].ToString() switch
        {
            "" or "open" => true,
            "all" => false,
            var found => throw new RefusedException($"state must be open or all, but is '{found}'"),
        }, MaxAlerts, cancellationToken).ConfigureAwait(false), ApiJson.Default.IReadOnlyListAlertView));

    /// <summary>Every host that has shipped.</summary>
    [Function("GetHosts")]
    public Task<IActionResult> GetHostsAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/hosts")] HttpRequest request, CancellationToken cancellationToken)
    {
        _ = request;
        return AnswerAsync(async () => ApiAnswer.Json(await queries.HostsAsync(cancellationToken).ConfigureAwait(false), ApiJson.Default.IReadOnlyListHostView));
    }

    Task<IActionResult> AnswerAsync(Func<Task<IActionResult>> answer) => ApiAnswer.OrRefusalAsync(access, answer);

    static int Number(HttpRequest request, string name, int fallback, int max) => request.Query[name].ToString() switch
    {
        "" => fallback,
        var text when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= max => number,
        var found => throw new RefusedException($"{name} must be a whole number from 1 to {max}, but is '{found}'"),
    };

    static DateTimeOffset? Time(HttpRequest request, string name) => request.Query[name].ToString() switch
    {
        "" => null,
        var text when DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) && time.UtcDateTime.Year is >= 1970 and < 9999 => time,
        var found => throw new RefusedException($"{name} must be a time such as 2026-11-01T12:00:00Z, but is '{found}'"),
    };
}
