using MailKit.Net.Smtp;
using MimeKit;

namespace LogMonitor.Notifications.Mail;

/// <summary>
/// An SMTP client that goes on when a server refuses a recipient, and notes it: one full mailbox must not keep an alert from
/// the others.
/// </summary>
sealed class RecipientLog : SmtpClient
{
    public List<MailboxAddress> Accepted { get; } = [];

    public List<(MailboxAddress Mailbox, SmtpResponse Response)> Refused { get; } = [];

    protected override void OnRecipientAccepted(MimeMessage message, MailboxAddress mailbox, SmtpResponse response) =>
        Accepted.Add(mailbox);

    protected override void OnRecipientNotAccepted(MimeMessage message, MailboxAddress mailbox, SmtpResponse response) =>
        Refused.Add((mailbox, response));
}
