using System.Text.Json.Nodes;
using LogMonitor.Core.Alerting;
using LogMonitor.Core.Text;

namespace LogMonitor.Notifications.Http;

/// <summary>
/// A notification for programs, version 1. Fields are added, none is renamed or removed; docs/alerts.md describes them. It stays below 512 KiB, PagerDuty's limit, whatever
/// a log holds: a service that drops what is too long would drop the alert.
/// </summary>
static class AlertDocument
{
    /// <summary>Other alerts that are told of, a line each; the dashboard has them all.</summary>
    const int MaxOthers = 50;

    public static JsonObject Of(AlertMessage message) => new()
    {
        ["version"] = 1,
        ["kind"] = message.Kind,
        ["reason"] = message.Reason,
        ["alertId"] = message.AlertId,
        ["fingerprint"] = message.Fingerprint,
        ["title"] = Text(message.Title.ToString()),
        ["summary"] = MessageContent.From(message).Summary.ToString(),
        ["rule"] = message.RuleId,
        ["level"] = message.Level,
        ["host"] = Text(message.Host.ToString()),
        ["group"] = new JsonObject(message.Group.DistinctBy(field => field.Key).Select(field => KeyValuePair.Create(field.Key, (JsonNode?)JsonValue.Create(Text(field.Value.ToString()))))),
        ["count"] = message.Count,
        ["peak"] = message.Peak,
        ["threshold"] = Text(message.Threshold),
        ["first"] = HttpDelivery.Iso(message.First),
        ["last"] = HttpDelivery.Iso(message.Last),
        ["techniques"] = new JsonArray([.. message.Techniques.Select(technique => JsonValue.Create(technique))]),
        ["samples"] = new JsonArray([.. message.Samples.Take(MessageContent.MaxSamples).Select(sample => JsonValue.Create(Text(sample.ToString())))]),
        ["others"] = new JsonArray([.. message.Others.Take(MaxOthers).Select(other => JsonValue.Create(Text(other.ToString())))]),
        ["url"] = message.DashboardUrl?.AbsoluteUri,
        ["acknowledgeUrl"] = message.AcknowledgeUrl?.AbsoluteUri,
    };

    static string Text(string text) => DisplayText.From(text).ToString();
}
