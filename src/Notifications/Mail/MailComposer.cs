using LogMonitor.Core.Alerting;
using Microsoft.Extensions.Options;
using MimeKit;

namespace LogMonitor.Notifications.Mail;

/// <summary>Writes a notification as a MIME message, for the channels that carry one as it is.</summary>
sealed class MailComposer(IOptions<MailOptions> options, TimeProvider time)
{
    public MimeMessage Compose(AlertMessage message, string deliveryId)
    {
        var text = MessageText.From(message);
        var domain = options.Value.From.Domain;
        var mail = new MimeMessage
        {
            Subject = text.Subject.ToString(),
            Date = time.GetUtcNow(),
            MessageId = MailIdentity.MessageId(deliveryId, domain),
            InReplyTo = MailIdentity.ThreadId(message.AlertId, domain),
            Body = new BodyBuilder { TextBody = text.Plain, HtmlBody = text.Html }.ToMessageBody(),
        };
        mail.From.Add(options.Value.From);
        mail.To.AddRange(options.Value.To);
        mail.References.Add(MailIdentity.ThreadId(message.AlertId, domain));
        mail.Headers.Add(MailIdentity.AlertHeader, MailIdentity.Token(message.AlertId));
        mail.Headers.Add(MailIdentity.DeliveryHeader, MailIdentity.Token(deliveryId));
        // RFC 3834: keeps vacation responders from answering.
        mail.Headers.Add(HeaderId.AutoSubmitted, "auto-generated");
        return mail;
    }
}
