using System.Text;
using LogMonitor.Core.Alerting;
using LogMonitor.Core.Text;

namespace LogMonitor.Notifications;

/// <summary>A notification in the forms that mail takes: a subject, and the same content as plain text and as HTML.</summary>
sealed record MessageText(DisplayText Subject, string Plain, string Html)
{
    public static MessageText From(AlertMessage message)
    {
        var content = MessageContent.From(message);
        return new(content.Subject, PlainOf(content), MessageHtml.Of(content));
    }

    static string PlainOf(MessageContent content)
    {
        var text = new StringBuilder();
        text.Append($"{content.Heading}\n\n{content.Summary}\n\n");
        var width = content.Facts.Max(fact => fact.Label.ToString().Length) + 2;
        foreach (var (label, value) in content.Facts) text.Append($"{label.ToString().PadRight(width)}{value}\n");
        if (content.Samples.Count > 0)
        {
            text.Append("\nFirst matching lines:\n");
            foreach (var sample in content.Samples) text.Append($"  {sample}\n");
        }
        if (content.Link is { } link) text.Append($"\nAlert: {link.AbsoluteUri}\n");
        if (content.Acknowledge is { } acknowledge) text.Append($"\nAcknowledge: {acknowledge.AbsoluteUri}\n");
        return text.ToString();
    }
}
