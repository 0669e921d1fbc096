using System.Text;
using System.Text.Json;
using LogMonitor.Core.Alerting;
using LogMonitor.Core.Text;
using LogMonitor.Notifications.Http;
using LogMonitor.Notifications.Tests.Support;
using LogMonitor.Tests.Support;
using Microsoft.AspNetCore.WebUtilities;

namespace LogMonitor.Notifications.Tests.Http;

/// <summary>Ten thousand characters in every field, of the kinds that grow, or break, when they are encoded or cut.</summary>
public sealed class MessageSizeTests : IAsyncLifetime
{
    static readonly CancellationToken none = TestContext.Current.CancellationToken;

    readonly HttpClient http = new();
    HookServer server = null!;

    public async ValueTask InitializeAsync() => server = await HookServer.StartAsync();

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await server.DisposeAsync();
    }

    /// <summary>Two surrogates at even and odd places, so that a cut falls between them; markup of each service; what JSON and HTML write at length.</summary>
    public static TheoryData<string> Texts => ["😀", "x😀", "&😀", "&x😀", "&", "<!channel>", "](http://evil)", "<script>", "\r\n", "\"", "\\", "日", "\u2028", "\u00a0", "`"];

    [Theory]
    [MemberData(nameof(Texts))]
    public async Task TeamsGetsLessThan28Kilobytes(string text)
    {
        await HookAsync(WebhookForm.Teams, Full(text));
        Assert.InRange(Encoding.UTF8.GetByteCount(server.Requests.Last().Body), 1_000, 28_000);
    }

    [Theory]
    [MemberData(nameof(Texts))]
    public async Task SlackGetsTextsWithinItsLimits(string text)
    {
        var blocks = (await HookAsync(WebhookForm.Slack, Full(text))).GetProperty("blocks");
        Assert.InRange(blocks.GetArrayLength(), 2, 50);
        foreach (var block in blocks.EnumerateArray())
        {
            var limit = block.GetProperty("type").GetString() == "header" ? 150 : 3000;
            if (block.TryGetProperty("text", out var one)) Assert.InRange(one.GetProperty("text").GetString()!.Length, 1, limit);
            if (block.TryGetProperty("fields", out var fields)) Assert.All(fields.EnumerateArray(), field => Assert.InRange(field.GetProperty("text").GetString()!.Length, 1, 2000));
        }
    }

    [Fact]
    public async Task SlacksLinesAreCutBetweenCharactersAndBetweenEscapes()
    {
        for (var shift = 0; shift < 8; shift++)
        {
            var line = DisplayText.From(new string('x', shift) + string.Concat(Enumerable.Repeat("&😀", 150)), 1000);
            var blocks = (await HookAsync(WebhookForm.Slack, Some.Message() with { Samples = [.. Enumerable.Repeat(line, 5)] })).GetProperty("blocks");
            var code = blocks.EnumerateArray().Select(block => block.TryGetProperty("text", out var text) ? text.GetProperty("text").GetString()! : "").Single(text => text.StartsWith("```", StringComparison.Ordinal));
            Assert.InRange(code.Length, 2_900, 3_000);
            Assert.DoesNotMatch("&(?!amp;)", code);
        }
    }

    [Theory]
    [MemberData(nameof(Texts))]
    public async Task PagerDutyGetsLessThan512Kilobytes(string text)
    {
        server.Answer = context => HookServer.Respond(context, 202);
        Assert.IsType<DeliveryResult.Sent>(await new PagerDutyChannel(http, new PagerDutyDefinition("pager", new SecretText("key-1"), server.Address), Some.Clock()).SendAsync(Full(text), "d", none));
        var json = Parse(server.Requests.Last().Body);
        Assert.InRange(json.GetProperty("payload").GetProperty("summary").GetString()!.Length, 1, 1024);
        Assert.InRange(Encoding.UTF8.GetByteCount(server.Requests.Last().Body), 1_000, 512 << 10);
    }

    [Theory]
    [MemberData(nameof(Texts))]
    public async Task AWebHooksDocumentHasALimit(string text)
    {
        var json = await HookAsync(WebhookForm.Json, Full(text));
        Assert.InRange(Encoding.UTF8.GetByteCount(server.Requests.Last().Body), 1_000, 512 << 10);
        Assert.Equal((5, 50), (json.GetProperty("samples").GetArrayLength(), json.GetProperty("others").GetArrayLength()));
    }

    [Theory]
    [MemberData(nameof(Texts))]
    public async Task ATextMessageIsShort(string text)
    {
        server.Answer = context => HookServer.Respond(context, 201);
        Assert.IsType<DeliveryResult.Sent>(await new SmsChannel(http, new SmsDefinition("phone", "AC0123", new SecretText("token"), "MG1", ["+49301"], server.Address), Some.Clock()).SendAsync(Full(text), "d", none));
        var body = QueryHelpers.ParseQuery(server.Requests.Last().Body)["Body"].ToString();
        Assert.InRange(body.Length, 100, 320);
        Assert.DoesNotContain('\uFFFD', body);
        Assert.DoesNotContain('\n', body);
    }

    async Task<JsonElement> HookAsync(WebhookForm form, AlertMessage message)
    {
        var channel = new WebhookChannel(http, new WebhookDefinition("hook", form, new SecretText($"{server.Address}hook")), Some.Clock());
        Assert.IsType<DeliveryResult.Sent>(await channel.SendAsync(message, "delivery-1", none));
        return Parse(server.Requests.Last().Body);
    }

    /// <summary>No half of a character is sent: a service shows a replacement for it, or refuses the whole.</summary>
    static JsonElement Parse(string body)
    {
        Assert.DoesNotContain("\uFFFD", body, StringComparison.Ordinal);
        Assert.DoesNotContain(@"\uFFFD", body, StringComparison.OrdinalIgnoreCase);
        return JsonDocument.Parse(body).RootElement;
    }

    static AlertMessage Full(string text)
    {
        var raw = string.Concat(Enumerable.Repeat(text, 10_000 / text.Length));
        var shown = DisplayText.From(raw, 10_000);
        return Some.Message() with
        {
            Title = shown,
            Host = shown,
            Group = [.. Enumerable.Range(1, 30).Select(number => KeyValuePair.Create($"field-{number}", shown))],
            Threshold = raw,
            Samples = [.. Enumerable.Repeat(shown, 20)],
            Others = [.. Enumerable.Repeat(shown, 200)],
            Techniques = [.. Enumerable.Repeat("T1190.001", 20)],
        };
    }
}
