namespace LogMonitor.Notifications.Mail;

/// <summary>The section <c>SendGrid</c> of the configuration.</summary>
public sealed class SendGridOptions
{
    /// <summary><c>SendGrid:ApiKey</c>: a key with the permission Mail Send. A secret.</summary>
    public string ApiKey { get; set; } = "";

    /// <summary><c>SendGrid:Host</c>: https, or http on the loopback. <c>https://api.eu.sendgrid.com</c> for accounts in the EU.</summary>
    public Uri Host { get; set; } = new("https://api.sendgrid.com");

    /// <summary><c>SendGrid:Sandbox</c>: SendGrid checks each mail and delivers none.</summary>
    public bool Sandbox { get; set; }
}
