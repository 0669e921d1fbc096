using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using LogMonitor.Core.Alerting;
using LogMonitor.Core.Alerting.Plans;
using LogMonitor.Core.Pipeline;
using LogMonitor.Core.Text;

namespace LogMonitor.Functions.Api;

/// <summary>One alert, and what people do about it from its page.</summary>
public sealed class AlertApi(AlertQueries queries, IAlertStore alerts, AlertOperations operations, DashboardAccess access, MessageOptions options)
{
    /// <summary>Bytes of a request, 16 KiB: a name and a comment.</summary>
    const int MaxBody = 16 * 1024;

    /// <summary>An alert with its deliveries and silences.</summary>
    [Function("GetAlert")]
    public Task<IActionResult> GetAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/alerts/{id}")] HttpRequest request, string id, CancellationToken cancellationToken) =>
        ApiAnswer.OrRefusalAsync(access, async () => await DetailsAsync(request, await FindAsync(id, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false));

    /// <summary>Somebody deals with it. Answers with the alert.</summary>
    [Function("AcknowledgeAlert")]
    public Task<IActionResult> AcknowledgeAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/alerts/{id}/acknowledge")] HttpRequest request, string id, CancellationToken cancellationToken) =>
        ChangeAsync(request, async () =>
        {
            var alert = await FindAsync(id, cancellationToken).ConfigureAwait(false);
            var asked = await ReadAsync(request, ApiJson.Default.AcknowledgeRequest, """{"by": "anna", "comment": "on it"}""", cancellationToken).ConfigureAwait(false);
            if (!await operations.AcknowledgeAsync(alert, NameOf(request, asked.By), Comment(asked.Comment), cancellationToken).ConfigureAwait(false))
                throw new RefusedException("The alert is over: there is nothing to acknowledge.", StatusCodes.Status409Conflict);
            return await DetailsAsync(request, alert, cancellationToken).ConfigureAwait(false);
        });

    /// <summary>Silences its rule on its host, for its group, for a while. Answers with the alert.</summary>
    [Function("SilenceAlert")]
    public Task<IActionResult> SilenceAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/alerts/{id}/silence")] HttpRequest request, string id, CancellationToken cancellationToken) =>
        ChangeAsync(request, async () =>
        {
            var alert = await FindAsync(id, cancellationToken).ConfigureAwait(false);
            var asked = await ReadAsync(request, ApiJson.Default.SilenceRequest, """{"for": "2h", "by": "anna", "comment": "kernel update"}""", cancellationToken).ConfigureAwait(false);
            if (!AlertPlanReader.TryReadSpan(asked.For ?? "", out var span) || span <= TimeSpan.Zero)
                throw new RefusedException($"for must be a time of at most 30 days such as 30m, 2h or 1d, but is '{DisplayText.From(asked.For, 40)}'");
            var comment = Comment(asked.Comment) ?? throw new RefusedException("comment is missing: why nobody is to be told.");
            await operations.SilenceAsync(AlertMatcher.Of(alert), span, comment, NameOf(request, asked.By), cancellationToken).ConfigureAwait(false);
            return await DetailsAsync(request, alert, cancellationToken).ConfigureAwait(false);
        });

    /// <summary>Ends a silence that somebody added.</summary>
    [Function("EndSilence")]
    public Task<IActionResult> EndSilenceAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/silences/{id}/end")] HttpRequest request, string id, CancellationToken cancellationToken) =>
        ChangeAsync(request, async () => await operations.EndSilenceAsync(id, cancellationToken).ConfigureAwait(false)
            ? ApiAnswer.Json(new EndedView(id), ApiJson.Default.EndedView)
            : throw new RefusedException("There is no such silence: it was ended before, or stands in alerts.yml, and ends when it is taken out there.", StatusCodes.Status404NotFound));

    Task<IActionResult> ChangeAsync(HttpRequest request, Func<Task<IActionResult>> change) => ApiAnswer.OrRefusalAsync(access, () =>
        (OwnPage.RefusalOf(request, options.DashboardUrl) ?? access.WhyReadOnly(request)) is { } why ? throw new RefusedException(why, StatusCodes.Status403Forbidden) : change());

    async Task<Alert> FindAsync(string id, CancellationToken cancellationToken) => await alerts.GetAsync(id, cancellationToken).ConfigureAwait(false)
        ?? throw new RefusedException($"There is no alert '{DisplayText.From(id, 60)}': it was deleted, or its address is not whole.", StatusCodes.Status404NotFound);

    async Task<IActionResult> DetailsAsync(HttpRequest request, Alert alert, CancellationToken cancellationToken) =>
        ApiAnswer.Json(await queries.DescribeAsync(alert, new OperatorView(access.NameOf(request), access.WhyReadOnly(request)), cancellationToken).ConfigureAwait(false), ApiJson.Default.AlertDetailsView);

    string NameOf(HttpRequest request, string? typed) => access.NameOf(request) ?? AlertOperations.Entered(typed, AlertOperations.MaxName)
        ?? throw new RefusedException("by is missing: your name, for others to see.");

    static string? Comment(string? typed) => AlertOperations.Entered(typed, AlertOperations.MaxComment);

    static async Task<T> ReadAsync<T>(HttpRequest request, JsonTypeInfo<T> type, string example, CancellationToken cancellationToken) where T : class
    {
        try
        {
            if (request.ContentLength is <= MaxBody && await JsonSerializer.DeserializeAsync(request.Body, type, cancellationToken).ConfigureAwait(false) is { } read) return read;
        }
        catch (JsonException)
        {
            // said below
        }
        throw new RefusedException($"The request must be JSON of at most 16 KiB such as {example}");
    }
}
