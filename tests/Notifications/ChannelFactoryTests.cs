using LogMonitor.Core.Alerting;
using LogMonitor.Notifications.Tests.Support;
using LogMonitor.Tests.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LogMonitor.Notifications.Tests;

/// <summary>Channels of alerts.yml, as the host puts them together.</summary>
public sealed class ChannelFactoryTests : IDisposable
{
    const string Secret = "topsecret-0123456789";

    static readonly CancellationToken none = TestContext.Current.CancellationToken;

    readonly string folder = Directory.CreateTempSubdirectory("logmonitor-channels-").FullName;
    readonly LogRecorder log = new();

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task MailGoesToItsOwnAddressesOverTheServiceOfTheSettings()
    {
        using var host = Host($"Mail:Folder={folder}", "Mail:To=ops@example.org", "Mail:From=logs@example.org");
        var channel = Create(host, new MailDefinition("night", ["night@example.org", "Second shift <second@example.org>"]));
        Assert.Equal("night", channel.Name);
        Assert.IsType<DeliveryResult.Sent>(await channel.SendAsync(Some.Message() with { Techniques = ["T1190", "T1110.001"] }, "d", none));
        var mail = await MimeKit.MimeMessage.LoadAsync(Directory.GetFiles(folder, "*.eml", SearchOption.AllDirectories).Single(), none);
        Assert.Equal(["night@example.org", "second@example.org"], mail.To.Mailboxes.Select(to => to.Address));
        Assert.Equal("logs@example.org", mail.From.Mailboxes.Single().Address);
        Assert.Contains("T1190, T1110.001", mail.TextBody, StringComparison.Ordinal);
        Assert.Contains("T1190, T1110.001", mail.HtmlBody, StringComparison.Ordinal);
    }

    [Fact]
    public async Task MailOverSendGridGoesToItsOwnAddresses()
    {
        await using var server = await SendGridServer.StartAsync();
        using var host = Host($"SendGrid:ApiKey={SendGridServer.Key}", $"SendGrid:Host={server.Address}", "Mail:To=ops@example.org");
        var channel = Create(host, new MailDefinition("night", ["night@example.org"]));
        Assert.Equal("night", channel.Name);
        Assert.IsType<DeliveryResult.Sent>(await channel.SendAsync(Some.Message(), "d", none));
        var request = Assert.Single(server.Requests).ToString()!;
        Assert.Contains("night@example.org", request, StringComparison.Ordinal);
        Assert.DoesNotContain("ops@example.org", request, StringComparison.Ordinal);
    }

    [Fact]
    public void MailOverSmtpHasTheNameOfItsDefinition()
    {
        using var host = Host("Smtp:Host=127.0.0.1", "Smtp:Security=None");
        Assert.Equal("night", Create(host, new MailDefinition("night", ["night@example.org"])).Name);
    }

    [Fact]
    public async Task WithoutAWayToSendMailItWaitsForOne()
    {
        using var host = Host();
        var retry = Assert.IsType<DeliveryResult.Retry>(await Create(host, new MailDefinition("night", ["night@example.org"])).SendAsync(Some.Message(), "d", none));
        Assert.Equal((TimeSpan.FromMinutes(5), "No way to send mail is configured: set SendGrid__ApiKey, Smtp__Host or Mail__Folder."), (retry.After, retry.Why));
    }

    [Fact]
    public async Task AnAddressThatIsNoneIsSaid()
    {
        using var host = Host($"Mail:Folder={folder}");
        var retry = Assert.IsType<DeliveryResult.Retry>(await Create(host, new MailDefinition("night", ["night@example.org", "nobody\r\nBcc: x@y"])).SendAsync(Some.Message(), "d", none));
        Assert.Equal(@"'nobody Bcc: x@y' in alerts.yml is not a mail address.", retry.Why);
    }

    [Fact]
    public async Task NoAddressNoKeyAndNoNumberIsLoggedAndNoRedirectIsFollowed()
    {
        await using var server = await HookServer.StartAsync();
        using var host = Host();
        var secret = new SecretText(Secret);
        ChannelDefinition[] all =
        [
            new WebhookDefinition("hook", WebhookForm.Json, new SecretText($"{server.Address}hook/{Secret}?key={Secret}"), secret),
            new WebhookDefinition("chat", WebhookForm.Slack, new SecretText($"{server.Address}hook/{Secret}")),
            new WebhookDefinition("team", WebhookForm.Teams, new SecretText($"{server.Address}hook/{Secret}")),
            new PagerDutyDefinition("pager", secret, server.Address),
            new SmsDefinition("phone", "AC0123", secret, "+15005550006", ["+4930123456"], server.Address),
        ];
        foreach (var status in (int[])[202, 307, 400, 401, 500])
            foreach (var definition in all)
            {
                var before = server.Requests.Count;
                server.Answer = context => HookServer.Respond(context, status, "", ("Location", $"{server.Address}elsewhere/{Secret}"));
                var channel = Create(host, definition);
                Assert.Equal((definition.Name, definition is PagerDutyDefinition), (channel.Name, definition.KeepsIncidents));
                var result = await channel.SendAsync(Some.Message(), "d", none);
                Assert.Equal(status == 202, result is DeliveryResult.Sent);
                Assert.DoesNotContain(Secret, result.ToString(), StringComparison.Ordinal);
                Assert.Equal(before + 1, server.Requests.Count);
            }
        foreach (var text in (string[])[Secret, "4930123456", "AC0123"])
            Assert.DoesNotContain(log.Lines, line => line.Contains(text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task ASecretThatIsNotThereIsSaidWithoutARequest()
    {
        await using var server = await HookServer.StartAsync();
        using var host = Host();
        var (there, missing) = (new SecretText(Secret), new SecretText(null, "LOGMONITOR_TEST_NO_SUCH_VARIABLE"));
        const string Problem = "The environment variable LOGMONITOR_TEST_NO_SUCH_VARIABLE is not set.";
        Assert.Null(await Create(host, new WebhookDefinition("hook", WebhookForm.Json, new SecretText($"{server.Address}hook"), there)).ProbeAsync(none));
        Assert.Equal(Problem, await Create(host, new WebhookDefinition("hook", WebhookForm.Json, new SecretText($"{server.Address}hook"), missing)).ProbeAsync(none));
        Assert.Equal(Problem, await Create(host, new PagerDutyDefinition("pager", missing, server.Address)).ProbeAsync(none));
        Assert.Equal(Problem, await Create(host, new SmsDefinition("phone", "AC0123", missing, "+15005550006", ["+4930123456"], server.Address)).ProbeAsync(none));
        Assert.Equal("No way to send mail is configured: set SendGrid__ApiKey, Smtp__Host or Mail__Folder.", await Create(host, new MailDefinition("night", ["night@example.org"])).ProbeAsync(none));
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task EveryAttemptAtADeliveryHasTheSameKeyAndAnotherDeliveryAnother()
    {
        await using var server = await HookServer.StartAsync();
        using var host = Host();
        server.Answer = context => HookServer.Respond(context, server.Requests.Count == 1 ? 500 : 200);
        var definition = new WebhookDefinition("hook", WebhookForm.Json, new SecretText($"{server.Address}hook"));
        // Another channel for the second attempt: as after a restart.
        foreach (var delivery in (string[])["first~delivery", "first~delivery", "second~delivery"]) await Create(host, definition).SendAsync(Some.Message(), delivery, none);
        var keys = server.Requests.Select(request => request.Headers["Idempotency-Key"]).ToList();
        Assert.Equal((keys[0], true), (keys[1], keys[2] != keys[0]));
    }

    [Fact]
    public void TheClientGivesUpAfterHalfAMinute()
    {
        using var host = Host();
        Assert.Equal(TimeSpan.FromSeconds(30), host.Services.GetRequiredService<IHttpClientFactory>().CreateClient(ChannelFactory.HttpClient).Timeout);
    }

    static IChannel Create(IHost host, ChannelDefinition definition) => host.Services.GetRequiredService<IChannelFactory>().Create(definition);

    IHost Host(params string[] settings)
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration.AddInMemoryCollection(settings.Select(setting => setting.Split('=', 2)).ToDictionary(pair => pair[0], pair => (string?)pair[1]));
        builder.Logging.SetMinimumLevel(LogLevel.Trace).AddProvider(log);
        builder.Services.AddNotifications(builder.Configuration);
        return builder.Build();
    }
}
