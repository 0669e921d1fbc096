using LogMonitor.Core.Text;
using Style = LogMonitor.Notifications.HtmlText.Style;

namespace LogMonitor.Notifications;

/// <summary>
/// The HTML part of a mail. Styles are inline, since several mail programs drop style sheets; the sheet in the head only
/// adds what inline styles cannot say, the dark colours. No table, image or script, and nothing is fetched from anywhere.
/// </summary>
static class MessageHtml
{
    static readonly Style page = new("margin:0;padding:20px 12px;background:#eef1f4;color:#1b2430;"
        + "font:16px/1.5 -apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif;-webkit-text-size-adjust:100%");
    static readonly Style card = new("max-width:640px;margin:0 auto;background:#ffffff;border:1px solid #d6dce3;"
        + "border-radius:12px;overflow:hidden");
    static readonly Style body = new("padding:22px 22px 24px");
    static readonly Style heading = new("margin:12px 0 6px;font-size:22px;line-height:1.3;font-weight:650;overflow-wrap:anywhere");
    static readonly Style summary = new("margin:0 0 18px;overflow-wrap:anywhere");
    static readonly Style facts = new("margin:0;padding:0");
    static readonly Style fact = new("padding:7px 0;border-top:1px solid #e6eaee");
    static readonly Style label = new("display:inline-block;vertical-align:top;width:116px;padding-right:12px;margin:0;"
        + "font-size:14px;color:#576271;overflow-wrap:anywhere;box-sizing:border-box");
    static readonly Style value = new("display:inline-block;vertical-align:top;max-width:100%;width:calc(100% - 122px);"
        + "min-width:170px;margin:0;font-size:14px;overflow-wrap:anywhere");
    static readonly Style caption = new("margin:22px 0 8px;font-size:14px;font-weight:600;color:#576271");
    static readonly Style sample = new("margin:0 0 6px;padding:9px 12px;background:#f3f5f8;border-radius:7px;overflow:hidden;"
        + "overflow-wrap:anywhere;white-space:pre-wrap;"
        + "font:12.5px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,'Liberation Mono',monospace");
    static readonly Style action = new("display:inline-block;margin:20px 8px 0 0;padding:10px 18px;background:#1d4ed8;color:#ffffff;"
        + "border-radius:8px;font-size:15px;font-weight:600;text-decoration:none");
    static readonly Style footer = new("max-width:640px;margin:12px auto 0;padding:0 4px;font-size:12px;line-height:1.5;color:#5d6876");

    static readonly Style dark = new("""
        :root { color-scheme: light dark; supported-color-schemes: light dark; }
        @media (prefers-color-scheme: dark) {
          .page { background: #11161c !important; color: #e7ecf1 !important; }
          .card { background: #1a2129 !important; border-color: #303a45 !important; }
          .fact { border-color: #2b343e !important; }
          .soft { color: #a3afbc !important; }
          .line { background: #11161c !important; color: #d5dde5 !important; }
          .action { background: #2f69e0 !important; }
        }
        """);

    public static string Of(MessageContent content) => HtmlText.Of($"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <meta name="supported-color-schemes" content="light dark">
        <title>{content.Subject}</title>
        <style>{dark}</style>
        </head>
        <body class="page" style="{page}">
        <div class="card" style="{card}">
        <div style="height:6px;background:{Colour(content)}"></div>
        <div style="{body}">
        {Badge(content)}
        <h1 style="{heading}">{content.Heading}</h1>
        <p style="{summary}">{content.Summary}</p>
        <dl style="{facts}">
        {content.Facts.Select(fact => Fact(fact.Label, fact.Value))}</dl>
        {Samples(content)}{Link(content)}</div>
        </div>
        <p class="soft" style="{footer}">Sent by LogMonitor. Log lines are shown as text; control characters in them are spelled out.</p>
        </body>
        </html>

        """).ToString();

    static HtmlText Badge(MessageContent content)
    {
        var style = new Style("display:inline-block;padding:2px 10px;border-radius:999px;color:#ffffff;"
            + "font-size:13px;font-weight:600;background:" + Colour(content).Css);
        return content.State switch
        {
            AlertState.Resolved => HtmlText.Of($"""<span style="{style}">resolved</span>"""),
            AlertState.Repeated => HtmlText.Of($"""<span style="{style}">{content.Level}, still active</span>"""),
            AlertState.Escalated => HtmlText.Of($"""<span style="{style}">{content.Level}, not acknowledged</span>"""),
            _ => HtmlText.Of($"""<span style="{style}">{content.Level}</span>"""),
        };
    }

    static HtmlText Fact(DisplayText name, DisplayText content) => HtmlText.Of($"""
        <div class="fact" style="{fact}"><dt class="soft" style="{label}">{name}</dt><dd style="{value}">{content}</dd></div>

        """);

    static HtmlText Samples(MessageContent content) => content.Samples.Count == 0
        ? HtmlText.Of($"")
        : HtmlText.Of($"""
            <h2 class="soft" style="{caption}">First matching lines</h2>
            {content.Samples.Select(Sample)}
            """);

    static HtmlText Sample(DisplayText text) => HtmlText.Of($"""
        <div class="line" style="{sample}">{text}</div>

        """);

    static HtmlText Link(MessageContent content)
    {
        var open = content.Link is { } link ? HtmlText.Of($"""<a class="action" style="{action}" href="{link}">Show the alert</a>""") : HtmlText.Of($"");
        var deal = content.Acknowledge is { } acknowledge ? HtmlText.Of($""" <a class="action" style="{action}" href="{acknowledge}">Acknowledge</a>""") : HtmlText.Of($"");
        return HtmlText.Of($"""
            {open}{deal}

            """);
    }

    /// <summary>White text on each of these has a contrast of 4.5 or more.</summary>
    static Style Colour(MessageContent content) => new((content.State, content.Level.ToString()) switch
    {
        (AlertState.Resolved, _) => "#067647",
        (_, "critical") => "#a11a10",
        (_, "high") => "#c4320a",
        (_, "medium") => "#a15c07",
        (_, "low") => "#175cd3",
        _ => "#475467",
    });
}
