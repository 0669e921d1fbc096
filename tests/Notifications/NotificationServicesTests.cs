using LogMonitor.Core.Alerting;
using LogMonitor.Notifications.Mail;
using LogMonitor.Notifications.Tests.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LogMonitor.Notifications.Tests;

public sealed class NotificationServicesTests
{
    static readonly CancellationToken none = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("sendgrid", "SendGrid:ApiKey=SG.x", "Smtp:Host=mail.example.org", "Mail:Folder=mails")]
    [InlineData("smtp", "SendGrid:ApiKey= ", "Smtp:Host=mail.example.org", "Mail:Folder=mails")]
    [InlineData("mail-folder", "Mail:Folder=mails")]
    [InlineData(null)]
    public async Task TheFirstChannelThatIsConfiguredIsTheOne(string? expected, params string[] settings)
    {
        var log = new LogRecorder();
        using var host = Host(log, settings);
        await host.StartAsync(none);
        Assert.Equal(expected, host.Services.GetServices<IChannel>().SingleOrDefault()?.Name);
        Assert.Equal(expected is null ? 1 : 0, log.Lines.Count(line => line.StartsWith("Warning No mail channel is configured", StringComparison.Ordinal)));
        await host.StopAsync(none);
    }

    [Fact]
    public async Task DefaultsNeedOneSettingOnly()
    {
        using var host = Host(new(), "Smtp:Host=mail.example.org");
        await host.StartAsync(none);
        var mail = host.Services.GetRequiredService<IOptions<MailOptions>>().Value;
        Assert.Equal(("logmonitor@localhost", "root@localhost"), (mail.From.Address, mail.To.Single().Address));
        var smtp = host.Services.GetRequiredService<IOptions<SmtpOptions>>().Value;
        Assert.Equal((587, SmtpSecurity.StartTls), (smtp.Port, smtp.Security));
    }

    [Fact]
    public async Task EverySettingIsRead()
    {
        using var host = Host(new(), "Smtp:Host=mail.example.org", "Smtp:Port=465", "Smtp:User=u", "Smtp:Password= p ", "Smtp:Security=tls",
            "Mail:From=Logs <logs@example.org>", "Mail:To=Ops <ops@example.org>, night@example.org, OPS@example.org");
        await host.StartAsync(none);
        var smtp = host.Services.GetRequiredService<IOptions<SmtpOptions>>().Value;
        Assert.Equal(("mail.example.org", 465, "u", " p ", SmtpSecurity.Tls), (smtp.Host, smtp.Port, smtp.User, smtp.Password, smtp.Security));
        var mail = host.Services.GetRequiredService<IOptions<MailOptions>>().Value;
        Assert.Equal("Logs", mail.From.Name);
        Assert.Equal(["ops@example.org", "night@example.org"], mail.To.Select(to => to.Address));
    }

    [Theory]
    [InlineData("Mail:From is 'nobody'; expected mail addresses, separated by commas, such as ops@example.org, Night shift <night@example.org>.",
        "Mail:Folder=x", "Mail:From=nobody")]
    [InlineData("Mail:From is 'a@b, c@d'; expected one address, such as logmonitor@example.org.", "Mail:Folder=x", "Mail:From=a@b, c@d")]
    [InlineData("Mail:To is 'ops@example.org; night@example.org'; expected mail addresses, separated by commas, such as ops@example.org, Night shift <night@example.org>.",
        "Mail:Folder=x", "Mail:To=ops@example.org; night@example.org")]
    [InlineData(@"Mail:To is 'a@b\x0d\x0aBcc: c@d'; expected mail addresses, separated by commas, such as ops@example.org, Night shift <night@example.org>.",
        "Mail:Folder=x", "Mail:To=a@b\r\nBcc: c@d")]
    [InlineData("Smtp:Port is '0'; expected a port number from 1 to 65535.", "Smtp:Host=h", "Smtp:Port=0")]
    [InlineData("Smtp:Security is '1'; expected one of StartTls, Tls, None.", "Smtp:Host=h", "Smtp:Security=1")]
    [InlineData("Smtp:Host is not a host name; expected the server's name alone, such as mail.example.org (its port is Smtp:Port).", "Smtp:Host=smtp://u:secret@h")]
    [InlineData("Smtp:User is set and Smtp:Password is not; expected both or neither.", "Smtp:Host=h", "Smtp:User=u")]
    [InlineData("Smtp:Password is set and Smtp:User is not; expected both or neither.", "Smtp:Host=h", "Smtp:Password=secret")]
    [InlineData("Smtp:Security is None and Smtp:User is set, so the password would cross the network in clear; expected StartTls or Tls, or no user and password.",
        "Smtp:Host=h", "Smtp:Security=None", "Smtp:User=u", "Smtp:Password=secret")]
    [InlineData("Smtp:TrustedCertificateFile is '/nowhere/ca.pem', which does not exist; expected a readable file with certificates in PEM form.",
        "Smtp:Host=h", "Smtp:TrustedCertificateFile=/nowhere/ca.pem")]
    [InlineData("Smtp:TrustedCertificateFile is '/dev/null', which holds no certificate; expected a readable file with certificates in PEM form.",
        "Smtp:Host=h", "Smtp:TrustedCertificateFile=/dev/null")]
    [InlineData("SendGrid:ApiKey holds characters that no key has (its value is not shown); expected the key as SendGrid shows it, one word that begins with SG.",
        "SendGrid:ApiKey=SG.secret\r\nX: y")]
    [InlineData("SendGrid:Host is not an address that mail can be sent to; expected https:// and a host name, such as https://api.sendgrid.com.",
        "SendGrid:ApiKey=SG.x", "SendGrid:Host=http://api.sendgrid.com")]
    [InlineData("SendGrid:Sandbox is 'perhaps'; expected true or false.", "SendGrid:ApiKey=SG.x", "SendGrid:Sandbox=perhaps")]
    public async Task AWrongSettingStopsTheStartAndIsNamed(string expected, params string[] settings)
    {
        using var host = Host(new(), settings);
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(none));
        Assert.Equal(expected, Assert.Single(failure.Failures));
        Assert.DoesNotContain("secret", failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AllMistakesAreToldAtOnce()
    {
        using var host = Host(new(), "Smtp:Host=h", "Smtp:Port=x", "Smtp:Security=ssl", "Smtp:User=u");
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(none));
        Assert.Equal(3, failure.Failures.Count());
    }

    [Fact]
    public async Task TheKeyIsInNoLogLine()
    {
        await using var server = await SendGridServer.StartAsync();
        var log = new LogRecorder();
        using var host = Host(log, $"SendGrid:ApiKey={SendGridServer.Key}", $"SendGrid:Host={server.Address}");
        await host.StartAsync(none);
        Assert.IsType<DeliveryResult.Sent>(await host.Services.GetRequiredService<IChannel>().SendAsync(Some.Message(), "d", none));
        Assert.NotEmpty(log.Lines);
        Assert.DoesNotContain(log.Lines, line => line.Contains(SendGridServer.Key, StringComparison.Ordinal));
    }

    static IHost Host(LogRecorder log, params string[] settings)
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration.AddInMemoryCollection(settings.Select(setting => setting.Split('=', 2)).ToDictionary(pair => pair[0], pair => (string?)pair[1]));
        builder.Logging.SetMinimumLevel(LogLevel.Trace).AddProvider(log);
        builder.Services.AddNotifications(builder.Configuration);
        return builder.Build();
    }
}
