using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using LogMonitor.Core.Alerting;
using LogMonitor.Core.Text;
using LogMonitor.Notifications.Http;
using LogMonitor.Notifications.Tests.Support;
using LogMonitor.Tests.Support;
using Microsoft.AspNetCore.WebUtilities;

namespace LogMonitor.Notifications.Tests.Http;

/// <summary>What is sent, held against the services' documents.</summary>
public sealed class MessageFormTests : IAsyncLifetime
{
    static readonly CancellationToken none = TestContext.Current.CancellationToken;

    readonly HttpClient http = new(new SocketsHttpHandler { AllowAutoRedirect = false });
    HookServer server = null!;

    public async ValueTask InitializeAsync() => server = await HookServer.StartAsync();

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task AWebHookGetsTheAlertAsADocument()
    {
        var json = await HookAsync(WebhookForm.Json, Some.Message() with { Techniques = ["T1190"], Others = [DisplayText.From("Another on web2: 3 matches")] });
        Assert.Equal(
            """{"version":1,"kind":"opened","reason":"FirstNotification","alertId":"many-404s~web1","fingerprint":"0011223344556677","title":"404 burst",""",
            json.GetRawText()[..json.GetRawText().IndexOf("\"summary\"", StringComparison.Ordinal)]);
        Assert.Equal(("many-404s", "high", "web1", "203.0.113.7", 12, 7), (Text(json, "rule"), Text(json, "level"), Text(json, "host"), Text(json.GetProperty("group"), "c-ip"), json.GetProperty("count").GetInt32(), json.GetProperty("peak").GetInt32()));
        Assert.Equal(("2026-07-01T10:15:03Z", "2026-07-01T10:15:58Z", "http://logs.example.org/?host=web1&day=2026-07-01"), (Text(json, "first"), Text(json, "last"), Text(json, "url")));
        Assert.Equal(("T1190", 2, "Another on web2: 3 matches"), (json.GetProperty("techniques")[0].GetString(), json.GetProperty("samples").GetArrayLength(), json.GetProperty("others")[0].GetString()));
        var request = Assert.Single(server.Requests);
        Assert.Equal(("POST", "/hook?key=1", "application/json; charset=utf-8", "delivery-1"), (request.Method, request.Path, request.Headers["Content-Type"], request.Headers[WebhookChannel.IdempotencyHeader]));
        Assert.False(request.Headers.ContainsKey(WebhookChannel.SignatureHeader));
    }

    [Fact]
    public async Task ASignatureIsOverTheTimeAndTheBody()
    {
        await HookAsync(WebhookForm.Json, Some.Message(), new SecretText("the-key"));
        var request = Assert.Single(server.Requests);
        var time = Some.Now.ToUnixTimeSeconds();
        var expected = Convert.ToHexStringLower(HMACSHA256.HashData("the-key"u8.ToArray(), Encoding.UTF8.GetBytes($"{time}.{request.Body}")));
        Assert.Equal($"t={time},v1={expected}", request.Headers[WebhookChannel.SignatureHeader]);
    }

    [Theory]
    [InlineData("opened")]
    [InlineData("repeated")]
    [InlineData("escalated")]
    [InlineData("resolved")]
    public async Task SlackGetsBlocksWithinItsLimits(string kind)
    {
        foreach (var message in (AlertMessage[])[Some.Message(kind), Some.Hostile(kind), Mentions(kind)])
        {
            var json = await HookAsync(WebhookForm.Slack, message);
            Assert.NotEmpty(Text(json, "text"));
            var blocks = json.GetProperty("blocks").EnumerateArray().ToList();
            Assert.InRange(blocks.Count, 2, 50);
            foreach (var block in blocks)
            {
                if (block.TryGetProperty("fields", out var fields)) Assert.InRange(fields.GetArrayLength(), 1, 10);
                foreach (var text in Texts(block))
                {
                    var limit = Text(block, "type") == "header" ? 150 : block.TryGetProperty("fields", out _) ? 2000 : 3000;
                    Assert.InRange(Text(text, "text").Length, 1, limit);
                    // Only in what is mrkdwn does Slack look for mentions and links.
                    if (Text(text, "type") == "mrkdwn") AssertNoMarkup(Text(text, "text")[3..^3]);
                }
            }
            AssertNoMarkup(Text(json, "text"));
        }

        static void AssertNoMarkup(string text)
        {
            Assert.DoesNotContain('<', text);
            Assert.DoesNotContain('>', text);
            Assert.DoesNotContain('`', text);
        }
    }

    [Fact]
    public async Task TheLinkToAcknowledgeIsForPeopleAndQuotedByNobody()
    {
        var message = Some.Message() with { AcknowledgeUrl = new("https://logs.example.org/acknowledge?alert=a-1&until=1794139200&signature=Zm9vYmFyYmF6cXV4Zm9vYmFy") };
        Assert.Equal(message.AcknowledgeUrl.AbsoluteUri, Text(await HookAsync(WebhookForm.Json, message), "acknowledgeUrl"));
        foreach (var form in (WebhookForm[])[WebhookForm.Slack, WebhookForm.Teams])
        {
            await HookAsync(form, message);
            Assert.Contains("signature=Zm9vYmFyYmF6cXV4Zm9vYmFy", server.Requests.Last().Body.Replace("\\u0026", "&", StringComparison.Ordinal), StringComparison.Ordinal);
        }
        await PageAsync(message);
        Assert.DoesNotContain("Zm9vYmFyYmF6cXV4Zm9vYmFy", server.Requests.Last().Body, StringComparison.Ordinal);

        server.Answer = context => HookServer.Respond(context, 400, $"can't read {message.AcknowledgeUrl}");
        var channel = new WebhookChannel(http, new WebhookDefinition("hook", WebhookForm.Json, new SecretText($"{server.Address}hook")), Some.Clock());
        Assert.DoesNotContain("Zm9vYmFyYmF6cXV4Zm9vYmFy", (await channel.SendAsync(message, "d", none)).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task SlackShowsWhatAMailSays()
    {
        var json = await HookAsync(WebhookForm.Slack, Some.Message());
        var content = MessageContent.From(Some.Message());
        var all = string.Join('\n', json.GetProperty("blocks").EnumerateArray().SelectMany(Texts).Select(text => Text(text, "text")));
        Assert.Contains(content.Summary.ToString(), all, StringComparison.Ordinal);
        foreach (var (label, value) in content.Facts) Assert.Contains($"{label}: {value}", all, StringComparison.Ordinal);
        Assert.Contains("GET /wp-login.php", all, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("opened")]
    [InlineData("resolved")]
    public async Task TeamsGetsACardWithinItsLimits(string kind)
    {
        foreach (var message in (AlertMessage[])[Some.Message(kind), Some.Hostile(kind), Mentions(kind)])
        {
            var json = await HookAsync(WebhookForm.Teams, message);
            Assert.True(server.Requests.Last().Body.Length < 28_000, "28 KB is Teams' limit");
            var attachment = Assert.Single(json.GetProperty("attachments").EnumerateArray().ToList());
            Assert.Equal("application/vnd.microsoft.card.adaptive", Text(attachment, "contentType"));
            var card = attachment.GetProperty("content");
            Assert.Equal(("AdaptiveCard", "1.4"), (Text(card, "type"), Text(card, "version")));
            foreach (var block in card.GetProperty("body").EnumerateArray())
                foreach (var text in block.TryGetProperty("facts", out var facts) ? facts.EnumerateArray().SelectMany(fact => (string[])[Text(fact, "title"), Text(fact, "value")]) : [Text(block, "text")])
                {
                    Assert.DoesNotContain('<', text);
                    // No [text](address) without an escape before its brackets.
                    Assert.DoesNotMatch(@"(?<!\\)[\[\]()*_`]", text);
                }
        }
    }

    [Theory]
    [InlineData("critical", "critical")]
    [InlineData("high", "error")]
    [InlineData("medium", "warning")]
    [InlineData("low", "info")]
    public async Task PagerDutyIsTriggered(string level, string severity)
    {
        var json = await PageAsync(Some.Message() with { Level = level });
        Assert.Equal(("key-1", "trigger", "0011223344556677", "LogMonitor"), (Text(json, "routing_key"), Text(json, "event_action"), Text(json, "dedup_key"), Text(json, "client")));
        var payload = json.GetProperty("payload");
        Assert.Equal((severity, "web1", "2026-07-01T10:15:58Z", "404 burst", "c-ip 203.0.113.7"), (Text(payload, "severity"), Text(payload, "source"), Text(payload, "timestamp"), Text(payload, "class"), Text(payload, "group")));
        Assert.StartsWith("404 burst on web1: 12 matches", Text(payload, "summary"), StringComparison.Ordinal);
        Assert.Equal("/v2/enqueue", server.Requests.Last().Path);
    }

    [Fact]
    public async Task PagerDutyIsToldOfTheEnd()
    {
        var json = await PageAsync(Some.Message("resolved"));
        Assert.Equal("""{"routing_key":"key-1","event_action":"resolve","dedup_key":"0011223344556677"}""", json.GetRawText());
    }

    [Fact]
    public async Task PagerDutysLimitsHoldForHostileText()
    {
        var payload = (await PageAsync(Some.Hostile())).GetProperty("payload");
        Assert.InRange(Text(payload, "summary").Length, 1, 1024);
        Assert.Equal("info", Text(payload, "severity"));
    }

    [Fact]
    public async Task AKeyThatPagerDutyDoesNotKnowWaitsForAnother()
    {
        server.Answer = context => HookServer.Respond(context, 400, """{"status":"invalid event","message":"Event object is invalid","errors":["Length of 'routing_key' is incorrect (should be 32 characters)"]}""");
        var result = await new PagerDutyChannel(http, new PagerDutyDefinition("pager", new SecretText("key-1"), server.Address), Some.Clock()).SendAsync(Some.Message(), "d", none);
        Assert.Equal(TimeSpan.FromMinutes(5), Assert.IsType<DeliveryResult.Retry>(result).After);
    }

    [Fact]
    public async Task ATextMessageGoesToEachNumber()
    {
        server.Answer = context => HookServer.Respond(context, 201);
        Assert.Equal("2 sent", Assert.IsType<DeliveryResult.Sent>(await Phone("+15005550006").SendAsync(Some.Message(), "d", none)).Detail);
        var (first, second) = (server.Requests.First(), server.Requests.Last());
        Assert.Equal("/2010-04-01/Accounts/AC0123/Messages.json", first.Path);
        Assert.Equal($"Basic {Convert.ToBase64String("AC0123:token-1"u8)}", first.Headers["Authorization"]);
        var form = QueryHelpers.ParseQuery(first.Body);
        Assert.Equal(("+4930111", "+15005550006"), (form["To"].ToString(), form["From"].ToString()));
        Assert.StartsWith("[LogMonitor] high: 404 burst on web1 (12 matches). c-ip 203.0.113.7. ", form["Body"].ToString(), StringComparison.Ordinal);
        Assert.Equal("+4930222", QueryHelpers.ParseQuery(second.Body)["To"]);
        await Phone("MG01").SendAsync(Some.Hostile(), "e", none);
        Assert.Equal("MG01", QueryHelpers.ParseQuery(server.Requests.Last().Body)["MessagingServiceSid"]);
        Assert.InRange(QueryHelpers.ParseQuery(server.Requests.Last().Body)["Body"].ToString().Length, 1, 320);
    }

    [Fact]
    public async Task ANumberThatFailsKeepsNobodyElseFromTheirsAndNobodyGetsItTwice()
    {
        var phone = Phone("+15005550006");
        var status = 503;
        server.Answer = context => HookServer.Respond(context, server.Requests.Last().Body.Contains("222", StringComparison.Ordinal) ? status : 201, status == 400 ? """{"code":21211,"message":"The 'To' number is not a valid phone number."}""" : "");
        Assert.IsType<DeliveryResult.Retry>(await phone.SendAsync(Some.Message(), "d", none));
        status = 400;
        var sent = Assert.IsType<DeliveryResult.Sent>(await phone.SendAsync(Some.Message(), "d", none));
        Assert.Equal("1 sent; not to …222: Twilio answered 400 (21211: The 'To' number is not a valid phone number.)", sent.Detail);
        Assert.Equal(["+4930111", "+4930222", "+4930222"], server.Requests.Select(request => QueryHelpers.ParseQuery(request.Body)["To"].ToString()));
    }

    async Task<JsonElement> HookAsync(WebhookForm form, AlertMessage message, SecretText? signing = null)
    {
        var channel = new WebhookChannel(http, new WebhookDefinition("hook", form, new SecretText($"{server.Address}hook?key=1"), signing), Some.Clock());
        Assert.IsType<DeliveryResult.Sent>(await channel.SendAsync(message, "delivery-1", none));
        return JsonDocument.Parse(server.Requests.Last().Body).RootElement;
    }

    async Task<JsonElement> PageAsync(AlertMessage message)
    {
        server.Answer = context => HookServer.Respond(context, 202);
        Assert.IsType<DeliveryResult.Sent>(await new PagerDutyChannel(http, new PagerDutyDefinition("pager", new SecretText("key-1"), server.Address), Some.Clock()).SendAsync(message, "d", none));
        return JsonDocument.Parse(server.Requests.Last().Body).RootElement;
    }

    SmsChannel Phone(string from) => new(http, new SmsDefinition("phone", "AC0123", new SecretText("token-1"), from, ["+4930111", "+4930222"], server.Address), Some.Clock());

    /// <summary>What a log line may hold to reach people through a chat.</summary>
    static AlertMessage Mentions(string kind)
    {
        var attack = DisplayText.From("<!channel> <@U123> @everyone [click](http://evil.example.org) ```` *bold* <at>ops</at> <https://evil.example.org|here>");
        return Some.Message(kind) with { Title = attack, Host = attack, Group = [new("user", attack)], Samples = [attack, attack] };
    }

    static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;

    static IEnumerable<JsonElement> Texts(JsonElement block) =>
        block.TryGetProperty("text", out var text) ? [text] : block.TryGetProperty("fields", out var fields) ? fields.EnumerateArray() : [];
}
