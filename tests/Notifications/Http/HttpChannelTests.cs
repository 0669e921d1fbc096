using System.Globalization;
using LogMonitor.Core.Alerting;
using LogMonitor.Notifications.Http;
using LogMonitor.Notifications.Tests.Support;
using LogMonitor.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace LogMonitor.Notifications.Tests.Http;

/// <summary>What all channels over HTTP make of answers.</summary>
public sealed class HttpChannelTests : IAsyncLifetime
{
    const string Secret = "topsecret-0123456789";

    static readonly CancellationToken none = TestContext.Current.CancellationToken;

    readonly FakeTimeProvider clock = Some.Clock();
    readonly HttpClient http = new(new SocketsHttpHandler { AllowAutoRedirect = false }) { Timeout = TimeSpan.FromSeconds(30) };
    HookServer server = null!;

    public async ValueTask InitializeAsync() => server = await HookServer.StartAsync();

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await server.DisposeAsync();
    }

    public static TheoryData<string> Channels => ["webhook", "slack", "teams", "pagerduty", "sms"];

    /// <summary>Status, and what it means: sent, again (after so many seconds; -1 for the outbox's own time), or never.</summary>
    static readonly (int Status, string Meaning)[] answers =
    [
        (200, "sent"), (201, "sent"), (202, "sent"), (204, "sent"),
        (408, "-1"), (425, "-1"), (429, "-1"), (500, "-1"), (502, "-1"), (503, "-1"), (504, "-1"),
        (401, "300"), (403, "300"), (404, "300"), (410, "300"), (301, "300"), (302, "300"),
        (400, "never"), (405, "never"), (413, "never"), (415, "never"), (422, "never"),
    ];

    [Theory]
    [MemberData(nameof(Channels))]
    public async Task EachAnswerHasItsConsequence(string type)
    {
        foreach (var (status, meaning) in answers)
        {
            server.Answer = context => HookServer.Respond(context, status);
            Assert.Equal((status, meaning), (status, await OutcomeAsync(type)));
        }
    }

    [Theory]
    [InlineData("7", 7)]
    [InlineData("0", 1)]
    [InlineData("86400", 3600)]
    [InlineData("Wed, 01 Jul 2026 10:18:00 GMT", 60)]
    [InlineData("Wed, 01 Jul 2026 09:00:00 GMT", 1)]
    [InlineData("soon", -1)]
    public async Task AServiceSaysWhenToComeAgain(string header, int seconds)
    {
        server.Answer = context => HookServer.Respond(context, 429, "", ("Retry-After", header));
        foreach (var type in Channels) Assert.Equal(seconds.ToString(CultureInfo.InvariantCulture), await OutcomeAsync((string)type));
    }

    [Theory]
    [MemberData(nameof(Channels))]
    public async Task AResetASilenceAndARefusedConnectionAreTriedAgain(string type)
    {
        server.Answer = HookServer.Reset;
        Assert.Equal("-1", await OutcomeAsync(type));
        using var hasty = new HttpClient { Timeout = TimeSpan.FromMilliseconds(200) };
        server.Answer = HookServer.Hang;
        var late = Assert.IsType<DeliveryResult.Retry>(await Channel(type, hasty).SendAsync(Some.Message(), "d", none));
        Assert.EndsWith("did not answer within 0.2 s.", late.Why, StringComparison.Ordinal);
        await server.DisposeAsync();
        var gone = Assert.IsType<DeliveryResult.Retry>(await Channel(type).SendAsync(Some.Message(), "d", none));
        Assert.EndsWith("cannot be reached: nothing listens there (connection refused).", gone.Why, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Channels))]
    public async Task AnAnswerWithoutAnEndIsAnAnswer(string type)
    {
        server.Answer = async context =>
        {
            context.Response.StatusCode = type == "sms" ? 201 : 202;
            await context.Response.WriteAsync(new string('x', 300_000));
            await context.Response.Body.FlushAsync();
            context.Abort();
        };
        Assert.Equal("sent", await OutcomeAsync(type));
    }

    [Theory]
    [MemberData(nameof(Channels))]
    public async Task NoResultHoldsASecretOrMoreThanALine(string type)
    {
        foreach (var status in (int[])[200, 302, 400, 401, 404, 418, 429, 500])
        {
            server.Answer = context => HookServer.Respond(context, status, "<b>line\r\nline\u001b[31m</b>" + new string('y', 5_000), ("Location", "https://evil.example.org/"));
            var said = (await Channel(type).SendAsync(Some.Message(), "d", none)).ToString();
            Assert.DoesNotContain(Secret, said, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', said);
            Assert.DoesNotContain('\u001b', said);
            Assert.True(said.Length < 600, said);
        }
    }

    [Theory]
    [MemberData(nameof(Channels))]
    public async Task ASecretThatIsNotThereIsSaidAndWaitedFor(string type)
    {
        var file = Path.GetTempFileName();
        try
        {
            var missing = Assert.IsType<DeliveryResult.Retry>(await Channel(type, secret: new SecretText(Environment: "LOGMONITOR_TEST_NOT_SET")).SendAsync(Some.Message(), "d", none));
            Assert.Equal((TimeSpan.FromMinutes(5), "The environment variable LOGMONITOR_TEST_NOT_SET is not set."), (missing.After, missing.Why));
            var channel = Channel(type, secret: new SecretText(File: file));
            Assert.Equal($"The file {file} is empty.", Assert.IsType<DeliveryResult.Retry>(await channel.SendAsync(Some.Message(), "d", none)).Why);
            await File.WriteAllTextAsync(file, "two words", none);
            Assert.Equal($"The file {file} holds more than one plain word.", Assert.IsType<DeliveryResult.Retry>(await channel.SendAsync(Some.Message(), "d", none)).Why);
            // It is read at each delivery.
            await File.WriteAllTextAsync(file, type is "webhook" or "slack" or "teams" ? $"{server.Address}hook/{Secret}\n" : $"{Secret}\n", none);
            Assert.IsType<DeliveryResult.Sent>(await channel.SendAsync(Some.Message(), "d", none));
            File.Delete(file);
            Assert.Equal($"The file {file} can't be read: it does not exist.", Assert.IsType<DeliveryResult.Retry>(await channel.SendAsync(Some.Message(), "d", none)).Why);
        }
        finally
        {
            File.Delete(file);
        }
    }

    async Task<string> OutcomeAsync(string type) => await Channel(type).SendAsync(Some.Message(), "d", none) switch
    {
        DeliveryResult.Sent => "sent",
        DeliveryResult.Retry { After: null } => "-1",
        DeliveryResult.Retry { After: { } after } => after.TotalSeconds.ToString(CultureInfo.InvariantCulture),
        _ => "never",
    };

    IChannel Channel(string type, HttpClient? client = null, SecretText? secret = null)
    {
        var url = secret ?? new SecretText($"{server.Address}hook/{Secret}?key={Secret}");
        secret ??= new SecretText(Secret);
        return type switch
        {
            "pagerduty" => new PagerDutyChannel(client ?? http, new PagerDutyDefinition("pager", secret, server.Address), clock),
            "sms" => new SmsChannel(client ?? http, new SmsDefinition("phone", "AC0123", secret, "+15005550006", ["+4930123456"], server.Address), clock),
            _ => new WebhookChannel(client ?? http, new WebhookDefinition("hook", Enum.Parse<WebhookForm>(type == "webhook" ? "Json" : type, ignoreCase: true), url), clock),
        };
    }
}
