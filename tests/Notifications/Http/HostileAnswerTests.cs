using System.Text.Json;
using LogMonitor.Core.Alerting;
using LogMonitor.Notifications.Http;
using LogMonitor.Notifications.Tests.Support;
using LogMonitor.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace LogMonitor.Notifications.Tests.Http;

/// <summary>Answers that stall, or say more than a result may hold.</summary>
public sealed class HostileAnswerTests : IAsyncLifetime
{
    const string Path = "services/T00000000/B11111111/xoxsecretXOXSECRET";
    const string Token = "a-token+with/signs=&more";

    static readonly CancellationToken none = TestContext.Current.CancellationToken;

    readonly HttpClient http = new(new SocketsHttpHandler { AllowAutoRedirect = false }) { Timeout = TimeSpan.FromMilliseconds(500) };
    HookServer server = null!;

    public async ValueTask InitializeAsync() => server = await HookServer.StartAsync();

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await server.DisposeAsync();
    }

    public static TheoryData<string> Channels => ["webhook", "slack", "teams", "pagerduty", "sms"];

    [Theory]
    [MemberData(nameof(Channels))]
    public async Task AnAnswerWhoseBodyStallsIsJudgedByItsHead(string type)
    {
        foreach (var (status, expected) in (IEnumerable<(int, Type)>)[(202, typeof(DeliveryResult.Sent)), (500, typeof(DeliveryResult.Retry)), (413, typeof(DeliveryResult.Drop))])
        {
            server.Answer = async context =>
            {
                context.Response.StatusCode = status;
                await context.Response.WriteAsync("{\"so\":\"far\"", context.RequestAborted);
                await context.Response.Body.FlushAsync(context.RequestAborted);
                await HookServer.Hang(context);
            };
            // Deliveries are sent one after the other: one that never ends would keep back all.
            var result = await Channel(type).SendAsync(Some.Message(), "d", none).WaitAsync(TimeSpan.FromSeconds(20), none);
            Assert.Equal((status, expected), (status, result.GetType()));
        }
    }

    [Theory]
    [MemberData(nameof(Channels))]
    public async Task AServiceThatRepeatsTheRequestGivesNothingAway(string type)
    {
        foreach (var status in (int[])[301, 400, 401, 404, 429, 500])
        {
            server.Answer = context =>
            {
                var target = context.Request.Path + context.Request.QueryString;
                // As web servers, proxies and frameworks quote it: as it is, without escapes, in HTML, in JSON, and cut to pieces.
                return HookServer.Respond(context, status, string.Join(' ', "Cannot POST", target, Uri.UnescapeDataString(target), System.Net.WebUtility.HtmlEncode(target), JsonEncodedText.Encode(target).ToString()));
            };
            Check(status, await Channel(type).SendAsync(Some.Message(), "d", none));
            server.Answer = context => HookServer.Respond(context, status, $"no such hook: {context.Request.Path.Value!.Split('/')[^1]}, with {Token} {Uri.EscapeDataString(Token)} {System.Net.WebUtility.HtmlEncode(Token)}");
            Check(status, await Channel(type).SendAsync(Some.Message(), "d", none));
            // Cut off by the length of a quotation, half of it is still too much.
            server.Answer = context => HookServer.Respond(context, status, new string('.', 150) + ' ' + context.Request.Path + context.Request.QueryString + ' ' + Token);
            Check(status, await Channel(type).SendAsync(Some.Message(), "d", none));
        }

        static void Check(int status, DeliveryResult result)
        {
            foreach (var secret in (string[])["xoxsecret", "T00000000", "B11111111", "a-token", "with%2Fsigns", "with/signs"])
                Assert.False(result.ToString().Contains(secret, StringComparison.Ordinal), $"{status}: {result}");
        }
    }

    [Theory]
    [InlineData("""{"status":"invalid event","message":"Event object is invalid","errors":["Length of 'routing_key' is incorrect (should be 32 characters)"]}""")]
    [InlineData("""{"status":"invalid event","message":"Event object is invalid","errors":["'routing_key' cannot contain non-alphanumeric characters."]}""")]
    [InlineData("""{"status":"Bad Request","message":"Invalid routing key"}""")]
    public async Task AKeyThatPagerDutyRefusesLosesNoAlert(string body)
    {
        server.Answer = context => HookServer.Respond(context, 400, body);
        var result = Assert.IsType<DeliveryResult.Retry>(await Channel("pagerduty").SendAsync(Some.Message(), "d", none));
        Assert.Equal((TimeSpan.FromMinutes(5), "PagerDuty answered 400: it does not know the integration's key. Check the key of the channel 'pager' in alerts.yml."), (result.After, result.Why));
    }

    [Theory]
    [InlineData("The 'To' number +4930123456 is not a valid phone number.")]
    [InlineData("The number  4930123456 is unverified.")]
    public async Task ATelephoneNumberIsShownByItsEndAlone(string message)
    {
        server.Answer = context => HookServer.Respond(context, 400, JsonSerializer.Serialize(new { code = 21211, message, status = 400 }));
        var result = Assert.IsType<DeliveryResult.Drop>(await Channel("sms").SendAsync(Some.Message(), "d", none));
        Assert.DoesNotContain("4930123456", result.Why, StringComparison.Ordinal);
        Assert.StartsWith("…456: Twilio answered 400 (21211: The ", result.Why, StringComparison.Ordinal);
    }

    /// <summary>Twilio's codes about the sender: https://www.twilio.com/docs/api/errors.</summary>
    [Theory]
    [InlineData(21212)]
    [InlineData(21603)]
    [InlineData(21606)]
    [InlineData(21659)]
    [InlineData(21660)]
    [InlineData(21701)]
    [InlineData(21705)]
    public async Task ASenderThatTwilioRefusesLosesNoAlert(int code)
    {
        server.Answer = context => HookServer.Respond(context, 400, JsonSerializer.Serialize(new { code, message = "The 'From' number is not yours.", status = 400 }));
        var result = Assert.IsType<DeliveryResult.Retry>(await Channel("sms").SendAsync(Some.Message(), "d", none));
        Assert.Equal((TimeSpan.FromMinutes(5), $"Twilio answered 400 ({code}: The 'From' number is not yours.). Check the sender (from) of the channel 'phone' in alerts.yml."), (result.After, result.Why));
    }

    IChannel Channel(string type) => type switch
    {
        "pagerduty" => new PagerDutyChannel(http, new PagerDutyDefinition("pager", new SecretText(Token), server.Address), Some.Clock()),
        "sms" => new SmsChannel(http, new SmsDefinition("phone", "AC0123", new SecretText(Token), "+15005550006", ["+4930123456"], server.Address), Some.Clock()),
        _ => new WebhookChannel(
            http, new WebhookDefinition("hook", Enum.Parse<WebhookForm>(type == "webhook" ? "Json" : type, ignoreCase: true), new SecretText($"{server.Address}{Path}?sig={Uri.EscapeDataString(Token)}&v=1"), new SecretText(Token)), Some.Clock()),
    };
}
