using LogMonitor.Core.Alerting;
using LogMonitor.Notifications.Http;
using LogMonitor.Notifications.Mail;
using Microsoft.Extensions.Options;
using MimeKit;

namespace LogMonitor.Notifications;

/// <summary>Mail to others than those of the settings, over the same server or service.</summary>
/// <param name="name">The channel's name.</param>
/// <param name="options">With the recipients.</param>
delegate IChannel MailChannelFactory(string name, IOptions<MailOptions> options);

/// <summary>Makes the channels that <c>alerts.yml</c> names.</summary>
/// <param name="clients">Makes HTTP clients.</param>
/// <param name="mail">From whom, and the folder.</param>
/// <param name="mailChannels">Makes mail channels; none where the settings name no way to send mail.</param>
/// <param name="time">The clock.</param>
sealed class ChannelFactory(IHttpClientFactory clients, IOptions<MailOptions> mail, IEnumerable<MailChannelFactory> mailChannels, TimeProvider time) : IChannelFactory
{
    /// <summary>The name of the HTTP client that all but SendGrid are called with.</summary>
    public const string HttpClient = "notifications";

    public IChannel Create(ChannelDefinition definition) => definition switch
    {
        MailDefinition { To: var to, Name: var name } => CreateMail(name, to),
        WebhookDefinition webhook => new WebhookChannel(clients.CreateClient(HttpClient), webhook, time),
        PagerDutyDefinition pagerDuty => new PagerDutyChannel(clients.CreateClient(HttpClient), pagerDuty, time),
        SmsDefinition sms => new SmsChannel(clients.CreateClient(HttpClient), sms, time),
        _ => new UnusableChannel(definition.Name, "This version does not know its type."),
    };

    IChannel CreateMail(string name, IReadOnlyList<string> to)
    {
        if (mailChannels.FirstOrDefault() is not { } create) return new UnusableChannel(name, "No way to send mail is configured: set SendGrid__ApiKey, Smtp__Host or Mail__Folder.");
        List<MailboxAddress> mailboxes = [];
        foreach (var text in to)
            if (MailboxAddress.TryParse(text, out var mailbox) && mailbox is { LocalPart.Length: > 0, Domain.Length: > 0 }) mailboxes.Add(mailbox);
            else return new UnusableChannel(name, $"'{Failures.Quote(text)}' in alerts.yml is not a mail address.");
        return create(name, Options.Create(new MailOptions { From = mail.Value.From, To = mailboxes, Folder = mail.Value.Folder }));
    }

    /// <summary>A channel that waits for the administrator.</summary>
    sealed class UnusableChannel(string name, string why) : IChannel
    {
        public string Name => name;

        public Task<string?> ProbeAsync(CancellationToken cancellationToken) => Task.FromResult<string?>(why);

        public Task<DeliveryResult> SendAsync(AlertMessage message, string deliveryId, CancellationToken cancellationToken) =>
            Task.FromResult<DeliveryResult>(new DeliveryResult.Retry(HttpDelivery.UntilMended, why));
    }
}
