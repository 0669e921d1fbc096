using LogMonitor.Core.Alerting;
using LogMonitor.Core.Text;
using LogMonitor.Notifications.Mail;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using MimeKit;

namespace LogMonitor.Notifications.Tests.Support;

static class Some
{
    public static readonly DateTimeOffset Now = new(2026, 7, 1, 10, 17, 0, TimeSpan.Zero);

    public static FakeTimeProvider Clock() => new(Now);

    public static AlertMessage Message(string kind = "opened") => new()
    {
        AlertId = "many-404s~web1",
        Fingerprint = "0011223344556677",
        Title = DisplayText.From("404 burst"),
        RuleId = "many-404s",
        Level = "high",
        Host = DisplayText.From("web1"),
        Group = [new("c-ip", DisplayText.From("203.0.113.7"))],
        Count = 12,
        Peak = 7,
        Threshold = "5 or more within 1 minute",
        First = new(2026, 7, 1, 10, 15, 3, TimeSpan.Zero),
        Last = new(2026, 7, 1, 12, 15, 58, TimeSpan.FromHours(2)),
        Samples =
        [
            DisplayText.From("203.0.113.7 - - [01/Jul/2026:10:15:03 +0000] \"GET /wp-login.php HTTP/1.1\" 404 196 \"-\" \"curl/8.5.0\""),
            DisplayText.From("203.0.113.7 - - [01/Jul/2026:10:15:04 +0000] \"GET /.env HTTP/1.1\" 404 196 \"-\" \"curl/8.5.0\""),
        ],
        DashboardUrl = new("http://logs.example.org/?host=web1&day=2026-07-01"),
        Kind = kind,
        Reason = "FirstNotification",
    };

    /// <summary>Markup, line ends, terminal escapes, a bidirectional override, and too much of everything, in every field.</summary>
    public static AlertMessage Hostile(string kind = "opened")
    {
        const string attack = "<img src=x onerror=alert(1)>'\"&\r\nBcc: victim@example.org\r\n\r\n\u001b[31m\u202Efdp.exe\u2028\0";
        var text = attack + new string('<', 2000);
        return new()
        {
            AlertId = text,
            Fingerprint = text,
            Title = DisplayText.From(text),
            RuleId = text,
            Level = text,
            Host = DisplayText.From(text),
            Group = [.. Enumerable.Repeat(new KeyValuePair<string, DisplayText>(text, DisplayText.From(text)), 50)],
            Count = long.MaxValue,
            Peak = long.MinValue,
            Threshold = text,
            First = DateTimeOffset.MinValue,
            Last = DateTimeOffset.MaxValue,
            Samples = [.. Enumerable.Repeat(DisplayText.From(text, 100_000), 50)],
            DashboardUrl = new("https://logs.example.org/?q=\"><script>alert(1)</script>&x='\u202E"),
            Kind = kind,
            Reason = text,
        };
    }

    public static IOptions<MailOptions> Mail(string folder = "", params string[] to) => Options.Create(new MailOptions
    {
        From = new("LogMonitor", "logmonitor@example.org"),
        To = to.Length == 0 ? [new("Ops; day, and night", "ops@example.org")] : [.. to.Select(address => new MailboxAddress("", address))],
        Folder = folder,
    });
}
