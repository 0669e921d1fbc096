using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using LogMonitor.Core.Alerting;
using LogMonitor.Core.Text;

namespace LogMonitor.Notifications.Http;

/// <summary>
/// A notification for a Teams workflow ("When a Teams webhook request is received"), as an Adaptive Card 1.4: https://adaptivecards.io/explorer. Text that stems from a
/// log stands in a font of equal widths, or is escaped: Teams reads Markdown in it, and a line must not become a link or a mention.
/// </summary>
static class TeamsMessage
{
    /// <summary>Of a whole request, in bytes; Teams takes 28 KB.</summary>
    const int MaxLength = 27_000;

    /// <summary>Of a text where the whole would be too long otherwise, in characters.</summary>
    const int MaxShortText = 80;

    static readonly JsonSerializerOptions plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Of(AlertMessage message)
    {
        var whole = Of(message, int.MaxValue);
        return Encoding.UTF8.GetByteCount(whole) <= MaxLength ? whole : Of(message, MaxShortText);
    }

    static string Of(AlertMessage message, int maxText)
    {
        string Cut(DisplayText text) => Escape(DisplayText.From(text.ToString(), Math.Min(maxText, 1000)).ToString());
        var content = MessageContent.From(message);
        var body = new JsonArray(
            Text(Cut(content.Heading), weight: "Bolder", size: "Large"),
            Text(Escape(content.Summary.ToString())),
            new JsonObject { ["type"] = "FactSet", ["facts"] = new JsonArray([.. content.Facts.Select(fact => new JsonObject { ["title"] = Cut(fact.Label), ["value"] = Cut(fact.Value) })]) });
        foreach (var sample in content.Samples) body.Add(Text(Cut(sample), font: "Monospace", size: "Small"));
        var card = new JsonObject
        {
            ["$schema"] = "http://adaptivecards.io/schemas/adaptive-card.json",
            ["type"] = "AdaptiveCard",
            ["version"] = "1.4",
            ["msteams"] = new JsonObject { ["width"] = "Full" },
            ["fallbackText"] = Escape(content.Subject.ToString()),
            ["body"] = body,
        };
        List<JsonNode> actions = [];
        if (content.Link is { } link) actions.Add(Open("Show the alert", link));
        if (content.Acknowledge is { } acknowledge) actions.Add(Open("Acknowledge", acknowledge));
        if (actions.Count > 0) card["actions"] = new JsonArray([.. actions]);
        return new JsonObject
        {
            ["type"] = "message",
            ["summary"] = content.Subject.ToString(),
            ["attachments"] = new JsonArray(new JsonObject { ["contentType"] = "application/vnd.microsoft.card.adaptive", ["contentUrl"] = null, ["content"] = card }),
        }.ToJsonString(plain);
    }

    static JsonObject Open(string title, Uri address) => new() { ["type"] = "Action.OpenUrl", ["title"] = title, ["url"] = address.AbsoluteUri };

    static JsonObject Text(string text, string? weight = null, string? size = null, string? font = null)
    {
        var block = new JsonObject { ["type"] = "TextBlock", ["wrap"] = true, ["text"] = text };
        if (weight is not null) block["weight"] = weight;
        if (size is not null) block["size"] = size;
        if (font is not null) block["fontType"] = font;
        return block;
    }

    // Every sign that Markdown or a mention (<at>) begins with.
    static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length + 16);
        foreach (var c in text)
        {
            if (c == '<') escaped.Append("&lt;");
            else if (c == '>') escaped.Append("&gt;");
            else if (c == '&') escaped.Append("&amp;");
            else
            {
                if (c is '\\' or '`' or '*' or '_' or '{' or '}' or '[' or ']' or '(' or ')' or '#' or '!' or '~' or '|') escaped.Append('\\');
                escaped.Append(c);
            }
        }
        return escaped.ToString();
    }
}
