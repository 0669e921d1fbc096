using System.Text.Json.Nodes;
using LogMonitor.Core.Alerting;

namespace LogMonitor.Notifications.Http;

/// <summary>
/// A notification for Slack's incoming webhooks, as blocks: https://docs.slack.dev/reference/block-kit/blocks. Of a log's text nothing is markup: <c>&amp;</c>,
/// <c>&lt;</c> and <c>&gt;</c> are escaped, so that no line can mention a channel or hide a link, and facts are plain text.
/// </summary>
static class SlackMessage
{
    // Slack's limits: characters of a header and of a section's text, and fields of a section.
    const int MaxHeader = 150, MaxText = 3000, MaxFields = 10;

    public static JsonObject Of(AlertMessage message)
    {
        var content = MessageContent.From(message);
        var blocks = new JsonArray(
            new JsonObject { ["type"] = "header", ["text"] = Plain(content.Subject.ToString(), MaxHeader) },
            new JsonObject { ["type"] = "section", ["text"] = Plain(content.Summary.ToString(), MaxText) });
        foreach (var facts in content.Facts.Chunk(MaxFields))
            blocks.Add(new JsonObject { ["type"] = "section", ["fields"] = new JsonArray([.. facts.Select(fact => Plain($"{fact.Label}: {fact.Value}", 2000))]) });
        if (content.Samples.Count > 0)
            blocks.Add(new JsonObject { ["type"] = "section", ["text"] = new JsonObject { ["type"] = "mrkdwn", ["verbatim"] = true, ["text"] = Code(content.Samples.Select(sample => sample.ToString())) } });
        List<JsonNode> buttons = [];
        if (content.Link is { } link) buttons.Add(Button("Show the alert", link));
        if (content.Acknowledge is { } acknowledge) buttons.Add(Button("Acknowledge", acknowledge));
        if (buttons.Count > 0) blocks.Add(new JsonObject { ["type"] = "actions", ["elements"] = new JsonArray([.. buttons]) });
        return new JsonObject { ["text"] = Escape(content.Subject.ToString()), ["blocks"] = blocks };
    }

    static JsonObject Button(string text, Uri address) => new() { ["type"] = "button", ["text"] = Plain(text, 75), ["url"] = address.AbsoluteUri };

    static JsonObject Plain(string text, int maxLength) => new() { ["type"] = "plain_text", ["text"] = text.Length <= maxLength ? text : $"{text[..(maxLength - 1)]}…", ["emoji"] = false };

    // Three backticks in a line would end the block.
    static string Code(IEnumerable<string> lines)
    {
        var text = Escape(string.Join('\n', lines).Replace("`", "ˋ", StringComparison.Ordinal));
        const string fence = "```";
        if (text.Length <= MaxText - 10) return $"{fence}\n{text}\n{fence}";
        // Neither half of a character nor half of an escape.
        var end = char.IsHighSurrogate(text[MaxText - 11]) ? MaxText - 11 : MaxText - 10;
        var escape = text.LastIndexOf('&', end - 1, 5);
        if (escape >= 0 && !text.AsSpan(escape, end - escape).Contains(';')) end = escape;
        return $"{fence}\n{text[..end]}…\n{fence}";
    }

    static string Escape(string text) => text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal);
}
