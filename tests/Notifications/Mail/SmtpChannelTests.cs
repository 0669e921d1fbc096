using System.Net;
using System.Net.Sockets;
using System.Text;
using LogMonitor.Core.Alerting;
using LogMonitor.Notifications.Mail;
using LogMonitor.Notifications.Tests.Support;
using LogMonitor.Tests.Support;
using Microsoft.Extensions.Options;
using MimeKit;

namespace LogMonitor.Notifications.Tests.Mail;

public sealed class SmtpChannelTests
{
    static readonly CancellationToken none = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(SmtpServerMode.Normal, SmtpSecurity.StartTls)]
    [InlineData(SmtpServerMode.TlsFromTheStart, SmtpSecurity.Tls)]
    public async Task AMailArrivesOverTlsAfterLoggingIn(SmtpServerMode mode, SmtpSecurity security)
    {
        using var certificates = new Certificates();
        await using var server = await StartAsync(certificates, mode, user: "monitor", password: "s3cret");
        var options = Trusting(server, certificates);
        (options.Security, options.User, options.Password) = (security, "monitor", "s3cret");

        Assert.IsType<DeliveryResult.Sent>(await ChannelTo(options).SendAsync(Some.Message(), "delivery-1", none));

        var received = Assert.Single(await server.ReceivedAsync(1));
        Assert.True(received.Secure);
        Assert.Equal("monitor", received.User);
        Assert.Equal("logmonitor@example.org", received.From);
        Assert.Equal(["ops@example.org"], received.To);
        var mail = Parse(received);
        var text = MessageText.From(Some.Message());
        Assert.Equal(text.Subject.ToString(), mail.Subject);
        Assert.Equal(text.Plain, mail.TextBody!.ReplaceLineEndings("\n"));
        Assert.Equal(text.Html, mail.HtmlBody!.ReplaceLineEndings("\n"));
        Assert.Equal(Some.Now, mail.Date);
        Assert.Equal("auto-generated", mail.Headers[HeaderId.AutoSubmitted]);
    }

    [Fact]
    public async Task APasswordIsTriedWithoutAMail()
    {
        using var certificates = new Certificates();
        await using var server = await StartAsync(certificates, user: "monitor", password: "s3cret");
        var options = Trusting(server, certificates);
        (options.User, options.Password) = ("monitor", "s3cret");
        Assert.Null(await ChannelTo(options).ProbeAsync(none));

        options.Password = "expired";
        Assert.StartsWith($"The SMTP server localhost:{server.Port} refuses the user or the password", await ChannelTo(options).ProbeAsync(none), StringComparison.Ordinal);
        options.Password = "@Microsoft.KeyVault(VaultName=kv;SecretName=smtp)";
        Assert.StartsWith("The setting 'Smtp__Password' refers to a key vault that could not be read.", await ChannelTo(options).ProbeAsync(none), StringComparison.Ordinal);
        Assert.Empty(await server.ReceivedAsync(0));

        // Nobody listens on the port of echo.
        (options.Password, options.Port) = ("s3cret", 7);
        Assert.StartsWith("The SMTP server localhost:7 cannot be reached", await ChannelTo(options).ProbeAsync(none), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ARepeatedDeliveryIsRecognisableAndAllMailsOfAnAlertAreOneThread()
    {
        using var certificates = new Certificates();
        await using var server = await StartAsync(certificates);
        var channel = ChannelTo(Trusting(server, certificates));
        foreach (var (kind, delivery) in new[] { ("opened", "d/1"), ("opened", "d/1"), ("resolved", "d/2") })
            Assert.IsType<DeliveryResult.Sent>(await channel.SendAsync(Some.Message(kind), delivery, none));

        var mails = (await server.ReceivedAsync(3)).Select(Parse).ToList();
        Assert.Equal(mails[0].MessageId, mails[1].MessageId);
        Assert.NotEqual(mails[0].MessageId, mails[2].MessageId);
        Assert.Single(mails.Select(mail => mail.InReplyTo).Distinct());
        Assert.Single(mails.Select(mail => mail.Headers[MailIdentity.AlertHeader]).Distinct());
        Assert.StartsWith("many-404s-web1-", mails[0].Headers[MailIdentity.AlertHeader], StringComparison.Ordinal);
    }

    [Fact]
    public async Task HostileContentInjectsNoHeader()
    {
        using var certificates = new Certificates();
        await using var server = await StartAsync(certificates);
        var channel = ChannelTo(Trusting(server, certificates));
        Assert.IsType<DeliveryResult.Sent>(await channel.SendAsync(Some.Message(), "plain", none));
        Assert.IsType<DeliveryResult.Sent>(await channel.SendAsync(Some.Hostile(), "x\r\nBcc: victim@example.org\r\n\r\n", none));

        var mails = await server.ReceivedAsync(2);
        var (harmless, hostile) = (Parse(mails[0]), Parse(mails[1]));
        Assert.Equal(["ops@example.org"], mails[1].To);
        Assert.Equal(harmless.Headers.Select(header => header.Field), hostile.Headers.Select(header => header.Field));
        Assert.Equal(2, Assert.IsType<MultipartAlternative>(hostile.Body).Count);
        Assert.InRange(hostile.Subject!.Length, 30, MessageContent.MaxSubject);
        Assert.DoesNotContain('\u001b', mails[1].Raw);
    }

    [Fact]
    public async Task AServerWithoutStartTlsGetsNothingUnlessItIsAllowed()
    {
        using var certificates = new Certificates();
        await using var server = await StartAsync(certificates, SmtpServerMode.NoStartTls);
        var options = Trusting(server, certificates);
        var retry = Assert.IsType<DeliveryResult.Retry>(await ChannelTo(options).SendAsync(Some.Message(), "d", none));
        Assert.Equal($"The SMTP server localhost:{server.Port} does not offer STARTTLS, so the mail would go in clear. Use another port or server, "
            + "or set Smtp:Security to Tls, or to None for a relay on this machine.", retry.Why);
        Assert.Equal(TimeSpan.FromMinutes(5), retry.After);

        options.Security = SmtpSecurity.None;
        Assert.IsType<DeliveryResult.Sent>(await ChannelTo(options).SendAsync(Some.Message(), "d", none));
        Assert.False(Assert.Single(await server.ReceivedAsync(1)).Secure);
    }

    [Fact]
    public async Task ACertificateOfAnUnknownAuthorityIsRefused()
    {
        using var certificates = new Certificates();
        using var others = new Certificates();
        await using var server = await StartAsync(certificates);
        Assert.Contains("no authority that this system trusts has issued its certificate. Set Smtp:TrustedCertificateFile",
            await RetryOfAsync(new() { Host = "localhost", Port = server.Port }), StringComparison.Ordinal);
        Assert.Contains("no authority in Smtp:TrustedCertificateFile has issued its certificate", await RetryOfAsync(Trusting(server, others)), StringComparison.Ordinal);
        Assert.Empty(server.Mails);
    }

    [Fact]
    public async Task ACertificateForAnotherNameIsRefusedThoughItsAuthorityIsTrusted()
    {
        using var certificates = new Certificates("mail.example.org");
        await using var server = await StartAsync(certificates);
        Assert.Contains("its certificate is for mail.example.org. Set Smtp:Host to the name in the certificate",
            await RetryOfAsync(Trusting(server, certificates)), StringComparison.Ordinal);
        Assert.Empty(server.Mails);
    }

    [Fact]
    public async Task AnExpiredCertificateIsRefused()
    {
        using var certificates = new Certificates(validDays: -1);
        await using var server = await StartAsync(certificates);
        Assert.Contains("its certificate has expired or is not valid yet", await RetryOfAsync(Trusting(server, certificates)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AServersOwnCertificateCanBeTrustedDirectly()
    {
        using var certificates = new Certificates();
        File.WriteAllText(certificates.AuthorityFile, File.ReadAllText(certificates.AuthorityFile) + "\n" + File.ReadAllText(certificates.CertificateFile));
        await using var server = await StartAsync(certificates);
        Assert.IsType<DeliveryResult.Sent>(await ChannelTo(Trusting(server, certificates)).SendAsync(Some.Message(), "d", none));
    }

    [Fact]
    public async Task TlsWhereTheServerSpeaksClearNamesTheSettings()
    {
        await using var server = await SmtpServerProcess.StartAsync();
        Assert.Contains("does not answer in TLS. Check Smtp:Port and Smtp:Security",
            await RetryOfAsync(new() { Host = "localhost", Port = server.Port, Security = SmtpSecurity.Tls }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AWrongPasswordIsRetriedAfterAWhileAndNeverShown()
    {
        using var certificates = new Certificates();
        await using var server = await StartAsync(certificates, user: "monitor", password: "right");
        var options = Trusting(server, certificates);
        (options.User, options.Password) = ("monitor", "wr0ng-s3cret");
        var retry = Assert.IsType<DeliveryResult.Retry>(await ChannelTo(options).SendAsync(Some.Message(), "d", none));
        Assert.Equal($"The SMTP server localhost:{server.Port} refuses the user or the password "
            + "(535: 5.7.8 Authentication failed for monitor with [password]). Check Smtp:User and Smtp:Password.", retry.Why);
        Assert.Equal(TimeSpan.FromMinutes(5), retry.After);
    }

    [Fact]
    public async Task AServerThatWantsALoginAndOneThatOffersNoneAreToldApart()
    {
        using var certificates = new Certificates();
        await using var closed = await StartAsync(certificates, user: "monitor", password: "right");
        Assert.Contains("wants a login. Set Smtp:User and Smtp:Password.", await RetryOfAsync(Trusting(closed, certificates)), StringComparison.Ordinal);

        await using var open = await StartAsync(certificates);
        var options = Trusting(open, certificates);
        (options.User, options.Password) = ("monitor", "right");
        Assert.Contains("does not offer to log in. Remove Smtp:User and Smtp:Password", await RetryOfAsync(options), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ABusyServerIsTriedAgain()
    {
        using var certificates = new Certificates();
        await using var server = await StartAsync(certificates, SmtpServerMode.IsBusy);
        Assert.Equal($"The SMTP server localhost:{server.Port} is not ready for the mail: 451 4.3.0 Try again later.", await RetryOfAsync(Trusting(server, certificates)));
    }

    [Theory]
    [InlineData(SmtpServerMode.RefusesTheMail, "refuses the mail: 550 5.7.1 Looks like spam.")]
    [InlineData(SmtpServerMode.RefusesTheSender, "refuses the sender: 550 5.7.1 Sender is not allowed here. Check Mail:From.")]
    public async Task AMailThatTheServerHasJudgedIsDropped(SmtpServerMode mode, string expected)
    {
        using var certificates = new Certificates();
        await using var server = await StartAsync(certificates, mode);
        var drop = Assert.IsType<DeliveryResult.Drop>(await ChannelTo(Trusting(server, certificates)).SendAsync(Some.Message(), "d", none));
        Assert.Equal($"The SMTP server localhost:{server.Port} {expected}", drop.Why);
    }

    [Fact]
    public async Task ABrokenConnectionIsTriedAgain()
    {
        using var certificates = new Certificates();
        await using var server = await StartAsync(certificates, SmtpServerMode.DropsTheConnection);
        Assert.Contains("cannot be reached or broke off", await RetryOfAsync(Trusting(server, certificates)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task NothingListeningIsTriedAgain()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        Assert.Equal($"The SMTP server localhost:{port} cannot be reached or broke off: nothing listens there (connection refused).",
            await RetryOfAsync(new() { Host = "localhost", Port = port }));
    }

    [Fact]
    public async Task ASilentServerIsGivenUpAndCancellationIsNotAResult()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var options = new SmtpOptions { Host = "localhost", Port = ((IPEndPoint)listener.LocalEndpoint).Port, Timeout = TimeSpan.FromMilliseconds(300) };
        var channel = ChannelTo(options, TimeProvider.System);
        var retry = Assert.IsType<DeliveryResult.Retry>(await channel.SendAsync(Some.Message(), "d", none));
        Assert.EndsWith("did not answer within 0.3 s.", retry.Why, StringComparison.Ordinal);

        options.Timeout = TimeSpan.FromMinutes(1);
        using var stopping = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => channel.SendAsync(Some.Message(), "d", stopping.Token));
    }

    [Fact]
    public async Task ARecipientWhoIsRefusedDoesNotKeepTheMailFromTheOthers()
    {
        using var certificates = new Certificates();
        await using var server = await StartAsync(certificates, refuse: new() { ["gone@example.org"] = 550 });
        var channel = ChannelTo(Trusting(server, certificates), to: ["ops@example.org", "gone@example.org"]);
        var sent = Assert.IsType<DeliveryResult.Sent>(await channel.SendAsync(Some.Message(), "d", none));
        Assert.EndsWith("not to gone@example.org (550 5.1.1 No such mailbox)", sent.Detail, StringComparison.Ordinal);
        Assert.Equal(["ops@example.org"], Assert.Single(await server.ReceivedAsync(1)).To);
    }

    [Fact]
    public async Task AMailThatNobodyMayGetIsDropped()
    {
        using var certificates = new Certificates();
        await using var server = await StartAsync(certificates, refuse: new() { ["gone@example.org"] = 550 });
        var channel = ChannelTo(Trusting(server, certificates), to: "gone@example.org");
        var drop = Assert.IsType<DeliveryResult.Drop>(await channel.SendAsync(Some.Message(), "d", none));
        Assert.EndsWith("refuses each recipient: gone@example.org (550 5.1.1 No such mailbox). Check Mail:To.", drop.Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AGreylistedRecipientGetsTheMailLaterAndTheOthersGetItOnce()
    {
        using var certificates = new Certificates();
        var options = Trusting(0, certificates);
        var channel = ChannelTo(options, to: ["ops@example.org", "slow@example.org"]);
        await using (var greylisting = await StartAsync(certificates, refuse: new() { ["slow@example.org"] = 451 }))
        {
            options.Port = greylisting.Port;
            foreach (var _ in Enumerable.Range(0, 2))
            {
                var retry = Assert.IsType<DeliveryResult.Retry>(await channel.SendAsync(Some.Message(), "d", none));
                Assert.EndsWith("refuses recipients for now: slow@example.org (451 4.7.1 Greylisted, come back later).", retry.Why, StringComparison.Ordinal);
            }
            Assert.Equal(["ops@example.org"], Assert.Single(await greylisting.ReceivedAsync(1)).To);
        }
        await using var server = await StartAsync(certificates);
        options.Port = server.Port;
        Assert.IsType<DeliveryResult.Sent>(await channel.SendAsync(Some.Message(), "d", none));
        Assert.Equal(["slow@example.org"], Assert.Single(await server.ReceivedAsync(1)).To);
    }

    [Fact]
    public async Task AMailThatNobodyGotInSeveralAttemptsIsNotCalledSent()
    {
        using var certificates = new Certificates();
        var options = Trusting(0, certificates);
        var channel = ChannelTo(options, to: ["gone@example.org", "slow@example.org"]);
        await using (var greylisting = await StartAsync(certificates, refuse: new() { ["gone@example.org"] = 550, ["slow@example.org"] = 451 }))
        {
            options.Port = greylisting.Port;
            Assert.IsType<DeliveryResult.Retry>(await channel.SendAsync(Some.Message(), "d", none));
        }
        await using var server = await StartAsync(certificates, refuse: new() { ["gone@example.org"] = 550, ["slow@example.org"] = 550 });
        options.Port = server.Port;
        Assert.IsType<DeliveryResult.Drop>(await channel.SendAsync(Some.Message(), "d", none));
    }

    [Fact]
    public async Task ACertificateFileThatHasGoneIsASettingToRepair()
    {
        var why = await RetryOfAsync(new() { Host = "localhost", Port = 1, TrustedCertificateFile = "/nowhere/ca.pem" });
        Assert.StartsWith("Smtp:TrustedCertificateFile '/nowhere/ca.pem' cannot be used:", why, StringComparison.Ordinal);
    }

    static Task<SmtpServerProcess> StartAsync(Certificates certificates, SmtpServerMode mode = default, string user = "", string password = "",
        Dictionary<string, int>? refuse = null) =>
        SmtpServerProcess.StartAsync(new()
        {
            CertificateFile = certificates.CertificateFile,
            KeyFile = certificates.KeyFile,
            Mode = mode,
            User = user,
            Password = password,
            Refuse = refuse ?? [],
        });

    static SmtpOptions Trusting(SmtpServerProcess server, Certificates certificates) => Trusting(server.Port, certificates);

    static SmtpOptions Trusting(int port, Certificates certificates) =>
        new() { Host = "localhost", Port = port, TrustedCertificateFile = certificates.AuthorityFile };

    static SmtpChannel ChannelTo(SmtpOptions options, TimeProvider? time = null, params string[] to)
    {
        var clock = time ?? Some.Clock();
        var mail = Some.Mail(to: to);
        return new(Options.Create(options), mail, new MailComposer(mail, clock), clock);
    }

    static async Task<string> RetryOfAsync(SmtpOptions options) =>
        Assert.IsType<DeliveryResult.Retry>(await ChannelTo(options).SendAsync(Some.Message(), "d", none)).Why;

    static MimeMessage Parse(ReceivedMail mail) => MimeMessage.Load(new MemoryStream(Encoding.Latin1.GetBytes(mail.Raw)), none);
}
