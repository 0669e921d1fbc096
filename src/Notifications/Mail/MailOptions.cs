using MimeKit;

namespace LogMonitor.Notifications.Mail;

/// <summary>Who mails come from and go to; the section <c>Mail</c> of the configuration.</summary>
public sealed class MailOptions
{
    /// <summary><c>Mail:From</c>, such as <c>LogMonitor &lt;logmonitor@example.org&gt;</c>.</summary>
    public MailboxAddress From { get; set; } = new("LogMonitor", "logmonitor@localhost");

    /// <summary><c>Mail:To</c>, comma separated; at least one, each address once.</summary>
    public IReadOnlyList<MailboxAddress> To { get; set; } = [new("", "root@localhost")];

    /// <summary><c>Mail:Folder</c>: where mails are written as <c>.eml</c> files when no mail service is configured.</summary>
    public string Folder { get; set; } = "";
}
