using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using LogMonitor.Core.Alerting;
using LogMonitor.Core.Text;

namespace LogMonitor.Notifications.Http;

/// <summary>PagerDuty's Events API v2: https://developer.pagerduty.com/docs/events-api-v2-overview. An alert's fingerprint is its <c>dedup_key</c>: repeats update the incident, and its end resolves it.</summary>
sealed class PagerDutyChannel(HttpClient http, PagerDutyDefinition definition, TimeProvider time) : IChannel
{
    /// <summary>Of a summary, in characters.</summary>
    const int MaxSummary = 1024;

    readonly HttpDelivery delivery = new(http, time);

    public string Name => definition.Name;

    /// <summary>Whether its key is there: nobody can ask PagerDuty without telling people.</summary>
    public Task<string?> ProbeAsync(CancellationToken cancellationToken) => Task.FromResult(Secrets.FindProblem(definition.RoutingKey));

    public async Task<DeliveryResult> SendAsync(AlertMessage message, string deliveryId, CancellationToken cancellationToken)
    {
        if (Secrets.Read(definition.RoutingKey, out var problem) is not { } key) return new DeliveryResult.Retry(HttpDelivery.UntilMended, problem);
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(definition.Host, "/v2/enqueue")) { Content = new StringContent(EventOf(message, key).ToJsonString(), Encoding.UTF8, "application/json") };
        return await delivery.SendAsync(
            request, "PagerDuty", $"Check the address of the channel '{Name}' in alerts.yml.", [key],
            (status, body) => status == HttpStatusCode.BadRequest && IsAboutTheKey(body)
                ? new DeliveryResult.Retry(HttpDelivery.UntilMended, $"PagerDuty answered 400: it does not know the integration's key. Check the key of the channel '{Name}' in alerts.yml.") : null,
            cancellationToken);
    }

    // A key of a wrong form is "'routing_key' …" in a list of errors; one that nobody has is "Invalid routing key".
    static bool IsAboutTheKey(string body) => body.Contains("routing_key", StringComparison.OrdinalIgnoreCase) || body.Contains("routing key", StringComparison.OrdinalIgnoreCase);

    static JsonObject EventOf(AlertMessage message, string key)
    {
        var content = MessageContent.From(message);
        var isOver = content.State == AlertState.Resolved;
        var sent = new JsonObject { ["routing_key"] = key, ["event_action"] = isOver ? "resolve" : "trigger", ["dedup_key"] = message.Fingerprint };
        if (isOver) return sent;
        sent["client"] = "LogMonitor";
        if (content.Link is { } link)
        {
            sent["client_url"] = link.AbsoluteUri;
            sent["links"] = new JsonArray(new JsonObject { ["href"] = link.AbsoluteUri, ["text"] = "Alert" });
        }
        var summary = $"{content.Heading}: {content.Summary}";
        sent["payload"] = new JsonObject
        {
            ["summary"] = summary.Length <= MaxSummary ? summary : $"{summary[..(MaxSummary - 1)]}…",
            ["source"] = message.Host.ToString() is { Length: > 0 } host ? host : "LogMonitor",
            ["severity"] = message.Level switch { "critical" => "critical", "high" => "error", "medium" => "warning", _ => "info" },
            ["timestamp"] = HttpDelivery.Iso(message.Last),
            ["class"] = message.Title.ToString(),
            ["group"] = DisplayText.From(string.Join(", ", message.Group.Select(field => $"{field.Key} {field.Value}"))).ToString(),
            // Acknowledged there it is by PagerDuty's own button.
            ["custom_details"] = AlertDocument.Of(message with { AcknowledgeUrl = null }),
        };
        return sent;
    }
}
