using System.Text.Json.Nodes;
using LogMonitor.Core.Alerting;

namespace LogMonitor.Notifications.Http;

/// <summary>A notification for programs, version 1. Fields are added, none is renamed or removed; docs/alerts.md describes them.</summary>
static class AlertDocument
{
    public static JsonObject Of(AlertMessage message) => new()
    {
        ["version"] = 1,
        ["kind"] = message.Kind,
        ["reason"] = message.Reason,
        ["alertId"] = message.AlertId,
        ["fingerprint"] = message.Fingerprint,
        ["title"] = message.Title.ToString(),
        ["summary"] = MessageContent.From(message).Summary.ToString(),
        ["rule"] = message.RuleId,
        ["level"] = message.Level,
        ["host"] = message.Host.ToString(),
        ["group"] = new JsonObject(message.Group.DistinctBy(field => field.Key).Select(field => KeyValuePair.Create(field.Key, (JsonNode?)JsonValue.Create(field.Value.ToString())))),
        ["count"] = message.Count,
        ["peak"] = message.Peak,
        ["threshold"] = message.Threshold,
        ["first"] = HttpDelivery.Iso(message.First),
        ["last"] = HttpDelivery.Iso(message.Last),
        ["techniques"] = new JsonArray([.. message.Techniques.Select(technique => JsonValue.Create(technique))]),
        ["samples"] = new JsonArray([.. message.Samples.Take(MessageContent.MaxSamples).Select(sample => JsonValue.Create(sample.ToString()))]),
        ["others"] = new JsonArray([.. message.Others.Select(other => JsonValue.Create(other.ToString()))]),
        ["url"] = message.DashboardUrl?.AbsoluteUri,
        ["acknowledgeUrl"] = message.AcknowledgeUrl?.AbsoluteUri,
    };
}
