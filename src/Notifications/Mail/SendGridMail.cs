using LogMonitor.Core.Alerting;
using MimeKit;
using SendGrid.Helpers.Mail;

namespace LogMonitor.Notifications.Mail;

/// <summary>
/// Writes a notification as a request to SendGrid's v3 API, <c>POST /v3/mail/send</c>, within its documented limits:
/// no <c>;</c> or <c>,</c> in names, plain text before HTML, at most ten categories, no reserved headers.
/// </summary>
static class SendGridMail
{
    public static SendGridMessage Compose(AlertMessage message, string deliveryId, MailOptions mail, bool sandbox)
    {
        var text = MessageText.From(message);
        var thread = $"<{MailIdentity.ThreadId(message.AlertId, mail.From.Domain)}>";
        var alert = MailIdentity.Token(message.AlertId);
        var delivery = MailIdentity.Token(deliveryId);
        return new()
        {
            From = Address(mail.From),
            Personalizations = [new() { Tos = [.. mail.To.Select(Address)] }],
            Subject = text.Subject.ToString(),
            Contents = [new("text/plain", text.Plain), new("text/html", text.Html)],
            Categories = ["logmonitor"],
            Headers = new()
            {
                [MailIdentity.AlertHeader] = alert,
                [MailIdentity.DeliveryHeader] = delivery,
                ["In-Reply-To"] = thread,
                ["References"] = thread,
                ["Auto-Submitted"] = "auto-generated",
            },
            // Come back in SendGrid's event webhook, and tell a repeated delivery there: the API has no idempotency key.
            CustomArgs = new() { ["logmonitor_alert"] = alert, ["logmonitor_delivery"] = delivery },
            MailSettings = new() { SandboxMode = new() { Enable = sandbox } },
            // Otherwise the dashboard's address would lead through SendGrid, and opening a mail would call there.
            TrackingSettings = new()
            {
                ClickTracking = new() { Enable = false, EnableText = false },
                OpenTracking = new() { Enable = false },
            },
        };
    }

    static EmailAddress Address(MailboxAddress mailbox)
    {
        var name = new string([.. (mailbox.Name ?? "").Where(c => c is >= ' ' and <= '~' and not (';' or ','))]).Trim();
        // Null leaves the name out.
        return new(mailbox.Address, name.Length == 0 ? null : name);
    }
}
