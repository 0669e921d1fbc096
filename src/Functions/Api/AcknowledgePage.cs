using System.Net;
using LogMonitor.Core.Alerting;
using LogMonitor.Core.Pipeline;
using LogMonitor.Core.Text;

namespace LogMonitor.Functions.Api;

/// <summary>The page behind the link of a notification. Its signature is what lets one in: whoever has it got the message. In Azure the platform's sign-in stands before it as well, where that is on.</summary>
public sealed class AcknowledgePage(AcknowledgeLinks links, IAlertStore alerts, AlertOperations operations, TimeProvider time)
{
    const string ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    /// <summary>GET asks, and changes nothing: mail scanners follow links. POST acknowledges.</summary>
    [Function("Acknowledge")]
    public async Task<IActionResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "post", Route = AcknowledgeLinks.Route)] HttpRequest request, CancellationToken cancellationToken)
    {
        var headers = request.HttpContext.Response.Headers;
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers.CacheControl = "no-store";
        // The address is what lets one in.
        headers["Referrer-Policy"] = "no-referrer";

        var (id, now) = (request.Query["alert"].ToString(), time.GetUtcNow());
        if (!links.IsGood(id, request.Query["until"], request.Query["signature"], now))
            return Page(403, "This link is not good any more", "Links in notifications are good for a week. Acknowledge with 'logmonitor alerts ack', or look for a later message.");
        if (await alerts.GetAsync(id, cancellationToken).ConfigureAwait(false) is not { } alert) return Page(404, "This alert is not there any more", "It was deleted.");
        if (alert.State != AlertState.Open) return Page(200, About(alert), "It is over: there is nothing to acknowledge.");
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
            return alert.AcknowledgedAt is null ? Page(200, About(alert), null, Form) : Page(200, About(alert), $"{alert.AcknowledgedBy} deals with it.", Form);

        var form = request.HasFormContentType ? await request.ReadFormAsync(cancellationToken).ConfigureAwait(false) : FormCollection.Empty;
        var (by, comment) = (AlertOperations.Entered(form["by"], AlertOperations.MaxName), AlertOperations.Entered(form["comment"], AlertOperations.MaxComment));
        await operations.AcknowledgeAsync(alert, by ?? "somebody, by the link of a message", comment, cancellationToken).ConfigureAwait(false);
        return Page(200, About(alert), "Acknowledged. It is not repeated, nor told to others.");
    }

    const string Form = """
        <form method="post">
        <label>Your name <input name="by" maxlength="60" autocomplete="name"></label>
        <label>What is being done <input name="comment" maxlength="300"></label>
        <button>I deal with it</button>
        </form>
        """;

    static string About(Alert alert) => DisplayText.From(alert.InWords(), 300).ToString();

    static ContentResult Page(int status, string heading, string? text, string form = "") => new()
    {
        StatusCode = status,
        ContentType = "text/html; charset=utf-8",
        Content = $$"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <meta name="robots" content="noindex">
            <title>LogMonitor: acknowledge an alert</title>
            <style>
            body { font: 17px/1.5 system-ui, sans-serif; max-width: 34rem; margin: 10vh auto; padding: 0 1.2rem; }
            h1 { font-size: 1.35rem; overflow-wrap: anywhere; }
            label { display: block; margin: 1rem 0; }
            input { display: block; width: 100%; box-sizing: border-box; font: inherit; padding: .5rem; }
            button { font: inherit; font-weight: 600; padding: .6rem 1.4rem; }
            </style>
            </head>
            <body>
            <h1>{{WebUtility.HtmlEncode(heading)}}</h1>
            <p>{{WebUtility.HtmlEncode(text)}}</p>
            {{form}}
            </body>
            </html>
            """,
    };
}
