using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using LogMonitor.Standalone.Tests.Support;
using LogMonitor.Tests.Support;

namespace LogMonitor.Standalone.Tests.Api;

/// <summary>One alert over the API of a running program: what is known of it, and what people do about it.</summary>
public sealed class AlertApiTests(AzuriteFixture azurite) : IDisposable
{
    static readonly CancellationToken none = TestContext.Current.CancellationToken;

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task AnAlertIsShownAcknowledgedSilencedAndHeardOfAgain()
    {
        await using var program = await StartAsync();
        using var client = await program.ConnectAsync();
        await Poll.UntilAsync("the mail is sent", () => Task.FromResult(program.Output.Contains("Sent by mail-folder: Urgent log entries on web1", StringComparison.Ordinal)));
        var alert = (await client.GetJsonAsync("api/alerts", none)).EnumerateArray().Single(alert => alert.GetProperty("title").GetString() == "Urgent log entries");
        var path = $"api/alerts/{alert.GetProperty("id").GetString()}";

        // The link in its mail leads to it.
        var mail = Directory.GetFiles(folder["data/mail"], "*.eml").Select(File.ReadAllText).Single(mail => mail.Contains("Subject: [LogMonitor] high: Urgent log entries", StringComparison.Ordinal));
        var link = new Uri(client.BaseAddress!, $"/?alert={alert.GetProperty("id").GetString()}");
        Assert.Contains(link.PathAndQuery, mail.Replace("=\r\n", "", StringComparison.Ordinal).Replace("=3D", "=", StringComparison.Ordinal), StringComparison.Ordinal);
        using (var page = await client.GetAsync(link, none)) Assert.Equal("text/html", page.Content.Headers.ContentType!.MediaType);

        var details = await client.GetJsonAsync(path, none);
        Assert.Equal(("open", "high", "web1"), (Text(details, "alert.state"), Text(details, "alert.level"), Text(details, "alert.host")));
        var delivery = Assert.Single(details.GetProperty("deliveries").EnumerateArray(), found => Text(found, "channel") == "mail-folder");
        Assert.Equal(("opened", "FirstNotification", "sent", "1"), (Text(delivery, "kind"), Text(delivery, "reason"), Text(delivery, "state"), Text(delivery, "attempts")));
        Assert.StartsWith("written to ", Text(delivery, "history.0.result"), StringComparison.Ordinal);
        Assert.Contains(details.GetProperty("alert").GetProperty("history").EnumerateArray(), entry => entry.GetProperty("event").GetString() == "notified");
        Assert.Equal((0, "{}"), (details.GetProperty("silences").GetArrayLength(), details.GetProperty("operator").GetRawText()));

        const string name = "<b>anna</b>\u202e";
        var acknowledged = await PostAsync(client, $"{path}/acknowledge", new { by = name, comment = "on it" });
        Assert.Equal((@"<b>anna</b>\u{202e}", "on it"), (Text(acknowledged, "alert.acknowledged.by"), Text(acknowledged, "alert.acknowledged.comment")));
        // At once in the list, and in the history when an evaluation has seen it.
        Assert.Equal(@"<b>anna</b>\u{202e}", Text((await client.GetJsonAsync("api/alerts", none)).EnumerateArray().Single(found => Text(found, "id") == Text(alert, "id")), "acknowledged.by"));
        await Poll.UntilAsync("the evaluation has seen it", async () => (await client.GetStringAsync(path, none)).Contains("\"event\":\"acknowledged\"", StringComparison.Ordinal));
        Assert.Equal("on it", Text(await client.GetJsonAsync(path, none), "alert.acknowledged.comment"));

        var silenced = await PostAsync(client, $"{path}/silence", new { @for = "2h", by = "anna", comment = "queue is moved" });
        Assert.Equal(("queue is moved", "anna", "True"), (Text(silenced, "silences.0.comment"), Text(silenced, "silences.0.by"), Text(silenced, "silences.0.canEnd")));
        Assert.Contains("host web1", Text(silenced, "silences.0.match"), StringComparison.Ordinal);
        Assert.Equal(Text(silenced, "silences.0.until"), Text(silenced, "alert.silencedUntil"));
        Assert.Single((await client.GetJsonAsync("api/alerts", none)).EnumerateArray(), found => found.TryGetProperty("silencedUntil", out _));

        var end = $"api/silences/{Text(silenced, "silences.0.id")}/end";
        Assert.Equal(Text(silenced, "silences.0.id"), Text(await PostAsync(client, end, new { }), "ended"));
        await AssertRefusedAsync(client, end, "{}", HttpStatusCode.NotFound, "There is no such silence");
        Assert.Equal(0, (await client.GetJsonAsync(path, none)).GetProperty("silences").GetArrayLength());

        await AssertWrongRequestsAreRefusedAsync(client, path);
    }

    static async Task AssertWrongRequestsAreRefusedAsync(HttpClient client, string path)
    {
        foreach (var (request, body, words) in ((string, string, string)[])
        [
            ("acknowledge", "", "The request must be JSON"),
            ("acknowledge", "null", "The request must be JSON"),
            ("acknowledge", "[]", "The request must be JSON"),
            ("acknowledge", """{"by": "anna", "until": "2h"}""", "The request must be JSON"),
            ("acknowledge", $$"""{"by": "{{new string('a', 20_000)}}"}""", "The request must be JSON"),
            ("acknowledge", """{"comment": "on it"}""", "by is missing"),
            ("acknowledge", """{"by": " \t"}""", "by is missing"),
            ("silence", """{"by": "anna", "comment": "x"}""", "for must be a time of at most 30 days such as 30m, 2h or 1d, but is ''"),
            ("silence", """{"by": "anna", "comment": "x", "for": "0"}""", "for must be a time"),
            ("silence", """{"by": "anna", "comment": "x", "for": "31d"}""", "for must be a time"),
            ("silence", """{"by": "anna", "for": "2h"}""", "comment is missing"),
            ("silence", """{"comment": "x", "for": "2h"}""", "by is missing"),
        ])
            await AssertRefusedAsync(client, $"{path}/{request}", body, HttpStatusCode.BadRequest, words);
        foreach (var id in (string[])["0123456789abcdef-000000000001", "..%2F..", "a%2Fb-0", "%23-1", "%01-1", "'-0"])
        {
            using var answer = await client.GetAsync($"api/alerts/{id}", none);
            Assert.Equal((HttpStatusCode.NotFound, id), (answer.StatusCode, id));
            Assert.Contains("There is no alert", await answer.Content.ReadAsStringAsync(none), StringComparison.Ordinal);
            await AssertRefusedAsync(client, $"api/alerts/{id}/acknowledge", """{"by": "anna"}""", HttpStatusCode.NotFound, "There is no alert");
        }
        foreach (var id in (string[])["alerts.yml:1", "0123456", "a%2Fb", "%01"]) await AssertRefusedAsync(client, $"api/silences/{id}/end", "{}", HttpStatusCode.NotFound, "There is no such silence");

        // A page elsewhere, a form, a link.
        foreach (var (site, type) in ((string?, string)[])[("cross-site", "application/json"), (null, "application/json"), ("same-origin", "text/plain")])
            foreach (var target in (string[])[$"{path}/acknowledge", $"{path}/silence", "api/silences/01234567/end"])
                await AssertRefusedAsync(client, target, """{"by": "mallory", "for": "2h", "comment": "x"}""", HttpStatusCode.Forbidden, "The request ", site, type);
        using var got = await client.GetAsync($"{path}/acknowledge", none);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, got.StatusCode);
        Assert.DoesNotContain("mallory", await client.GetStringAsync(path, none), StringComparison.Ordinal);
    }

    /// <summary>As in Azure with its sign-in: who did it is who is signed in, whatever was typed.</summary>
    [Fact]
    public async Task WhoeverIsSignedInIsNamedByThePlatform()
    {
        await using var program = await StartAsync(("WEBSITE_SITE_NAME", "shop-monitor"), ("WEBSITE_AUTH_ENABLED", "True"));
        using var client = await program.ConnectAsync();
        await Poll.UntilAsync("an alert", async () => (await client.GetJsonAsync("api/alerts", none)).GetArrayLength() > 0);
        var path = $"api/alerts/{Text((await client.GetJsonAsync("api/alerts", none))[0], "id")}";
        await AssertRefusedAsync(client, $"{path}/acknowledge", """{"by": "anna"}""", HttpStatusCode.Forbidden, "Only who is signed in can acknowledge and silence here");
        Assert.StartsWith("Only who is signed in", Text(await client.GetJsonAsync(path, none), "operator.whyReadOnly"), StringComparison.Ordinal);

        client.DefaultRequestHeaders.Add("X-MS-CLIENT-PRINCIPAL-NAME", "anna@example.org");
        var answer = await PostAsync(client, $"{path}/acknowledge", new { by = "somebody else" });
        Assert.Equal(("anna@example.org", "anna@example.org"), (Text(answer, "alert.acknowledged.by"), Text(answer, "operator.name")));
    }

    async Task<LogMonitorProcess> StartAsync(params (string Name, string Value)[] settings)
    {
        var environment = settings.ToDictionary(setting => setting.Name, string? (setting) => setting.Value);
        (environment["LogStorage"], environment["EvaluateSchedule"]) = (azurite.TakeAccount(), "* * * * * *");
        var program = LogMonitorProcess.Start(["up", "--port", "0", "--data", folder["data"], "--host", "web1"], environment);
        await program.AddressAsync();
        return program;
    }

    static async Task<JsonElement> PostAsync(HttpClient client, string path, object body)
    {
        using var answer = await SendAsync(client, path, JsonSerializer.Serialize(body), "same-origin", "application/json");
        var text = await answer.Content.ReadAsStringAsync(none);
        Assert.True(answer.IsSuccessStatusCode, text);
        using var json = JsonDocument.Parse(text);
        return json.RootElement.Clone();
    }

    static async Task AssertRefusedAsync(HttpClient client, string path, string body, HttpStatusCode status, string words, string? site = "same-origin", string type = "application/json")
    {
        using var answer = await SendAsync(client, path, body, site, type);
        var text = await answer.Content.ReadAsStringAsync(none);
        Assert.Equal((status, path), (answer.StatusCode, path));
        using var json = JsonDocument.Parse(text);
        Assert.StartsWith(words, json.RootElement.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    static async Task<HttpResponseMessage> SendAsync(HttpClient client, string path, string body, string? site, string type)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue(type)) };
        if (site is not null) request.Headers.Add("Sec-Fetch-Site", site);
        return await client.SendAsync(request, none);
    }

    /// <summary>The value at a path such as <c>deliveries.0.state</c>.</summary>
    static string Text(JsonElement json, string path)
    {
        foreach (var step in path.Split('.')) json = json.ValueKind == JsonValueKind.Array ? json[int.Parse(step, null)] : json.GetProperty(step);
        return json.ToString();
    }
}
