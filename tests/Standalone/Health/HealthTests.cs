using System.Net;
using System.Text.Json;
using LogMonitor.Standalone.Tests.Support;
using LogMonitor.Tests.Support;

namespace LogMonitor.Standalone.Tests.Health;

/// <summary>What the real program says of itself.</summary>
public sealed class HealthTests(AzuriteFixture azurite) : IDisposable
{
    static readonly CancellationToken none = TestContext.Current.CancellationToken;

    readonly TemporaryFolder folder = new();

    [Fact]
    public async Task WhereAllWorksItSaysSo()
    {
        await using var program = await StartAsync();
        var (status, health) = await HealthAsync(program);
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("healthy", health.GetProperty("status").GetString());
        Assert.Equal(["storage", "evaluation", "ingest", "settings", "rules", "channels"], health.GetProperty("checks").EnumerateArray().Select(check => check.GetProperty("name").GetString()));
        Assert.All(health.GetProperty("checks").EnumerateArray(), check => Assert.Equal(("healthy", 0), (check.GetProperty("status").GetString(), check.GetProperty("problems").GetArrayLength())));
    }

    [Fact]
    public async Task AWrongScheduleIsNamedAndTheRestGoesOn()
    {
        await using var program = await StartAsync(("ArchiveSchedule", "at night"));
        await Poll.UntilAsync("an evaluation", async () => (await program.Client.GetStringAsync("api/reports", none)).Contains("\"lines\"", StringComparison.Ordinal));
        var (status, health) = await HealthAsync(program);
        Assert.Equal((HttpStatusCode.OK, "degraded"), (status, health.GetProperty("status").GetString()));
        Assert.Equal(["The setting 'ArchiveSchedule' is 'at night', which is not a schedule: expected six fields (second, minute, hour, day, month, day of week), such as '*/15 * * * * *'."], Problems(health, "settings"));
        // Said once, and not by each look.
        Assert.DoesNotContain("Health check", program.Process.Output, StringComparison.Ordinal);
        Assert.Contains("  off        The setting 'ArchiveSchedule' is 'at night'", program.Process.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WithoutEvaluationsItIsUnhealthy()
    {
        await using var program = await StartAsync(("EvaluateSchedule", "often"));
        var (status, health) = await HealthAsync(program);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "unhealthy"), (status, health.GetProperty("status").GetString()));
        Assert.StartsWith("Nothing is evaluated. The setting 'EvaluateSchedule' is 'often'", Assert.Single(Problems(health, "evaluation")), StringComparison.Ordinal);
        Assert.Empty(Problems(health, "storage"));
    }

    [Fact]
    public async Task AVaultThatWasNotReadIsNamedBySetting()
    {
        await using var program = await StartAsync(
            ("SendGrid__ApiKey", "@Microsoft.KeyVault(SecretUri=https://kv-shop.vault.azure.net/secrets/sendgrid-key)"), ("Alerts__LinkKey", "@Microsoft.KeyVault(SecretUri=https://kv-shop.vault.azure.net/secrets/link-key)"));
        var (status, health) = await HealthAsync(program);
        Assert.Equal((HttpStatusCode.OK, "degraded"), (status, health.GetProperty("status").GetString()));
        Assert.Equal(["Alerts__LinkKey", "SendGrid__ApiKey"], Problems(health, "settings").Select(problem => problem.Split('\'')[1]));
        Assert.StartsWith("sendgrid: The setting 'SendGrid__ApiKey' refers to a key vault that could not be read.", Assert.Single(Problems(health, "channels")), StringComparison.Ordinal);
        Assert.Contains("The setting 'Alerts__LinkKey' refers to a key vault that could not be read.", program.Process.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AKeyThatHasExpiredIsNamedBeforeAMessageNeedsIt()
    {
        await using var sendGrid = await HookServer.StartAsync();
        sendGrid.Answer = context => HookServer.Respond(context, 401, """{"errors":[{"field":null,"message":"authorization required"}]}""");
        await using var program = await StartAsync(("SendGrid__ApiKey", "SG.expired"), ("SendGrid__Host", sendGrid.Address.ToString()));
        var (status, health) = await HealthAsync(program);
        Assert.Equal((HttpStatusCode.OK, "degraded"), (status, health.GetProperty("status").GetString()));
        Assert.Equal(["sendgrid: SendGrid answered 401: it does not know the key (authorization required). Check SendGrid:ApiKey, and SendGrid:Host for an account in the EU."], Problems(health, "channels"));
        // Not a question for each look.
        _ = await HealthAsync(program);
        Assert.Equal(["/v3/scopes"], sendGrid.Requests.Select(request => request.Path));
    }

    [Fact]
    public async Task AMistakeInARuleIsNamedWithItsFile()
    {
        Directory.CreateDirectory(folder["rules"]);
        await File.WriteAllTextAsync(folder["rules/broken.yml"], "title: Broken\nid: broken\ndetection: [oops\n", none);
        await File.WriteAllTextAsync(folder["rules/alerts.yml"], "routes: nowhere\n", none);
        await using var program = await StartAsync(("Rules__Directory", folder["rules"]));
        var problems = Problems((await HealthAsync(program)).Health, "rules");
        Assert.Contains(problems, problem => problem.StartsWith("alerts.yml was not taken, and who is told stays as it was: ", StringComparison.Ordinal));
        Assert.Contains(problems, problem => problem.Contains("broken.yml", StringComparison.Ordinal));
    }

    [Fact]
    public async Task StorageThatWentAwayIsSaidWhileTheProgramGoesOn()
    {
        await using var storage = await AzuriteProcess.StartAsync(none);
        await using var program = await StartAsync(("LogStorage", storage.TakeAccount()));
        Assert.Equal(HttpStatusCode.OK, (await HealthAsync(program)).Status);
        await storage.DisposeAsync();
        await Poll.UntilAsync("the news", async () => (await HealthAsync(program)).Status == HttpStatusCode.ServiceUnavailable, TimeSpan.FromMinutes(1));
        Assert.Matches(@"^The storage account at http://127\.0\.0\.1:\d+ can't be reached\.", Assert.Single(Problems((await HealthAsync(program)).Health, "storage")));
    }

    [Fact]
    public async Task StatesAreForAllAndProblemsForThoseWhoMaySeeTheDashboard()
    {
        await using var program = await StartAsync(("WEBSITE_SITE_NAME", "shop"), ("ArchiveSchedule", "at night"));
        using var states = await program.Client.GetAsync("healthz", none);
        var text = await states.Content.ReadAsStringAsync(none);
        Assert.Equal(HttpStatusCode.OK, states.StatusCode);
        Assert.Contains("""{"name":"settings","status":"degraded"}""", text, StringComparison.Ordinal);
        Assert.DoesNotContain("at night", text, StringComparison.Ordinal);
        using var problems = await program.Client.GetAsync("api/health", none);
        Assert.Equal(HttpStatusCode.Forbidden, problems.StatusCode);
    }

    public void Dispose() => folder.Dispose();

    static async Task<(HttpStatusCode Status, JsonElement Health)> HealthAsync(Started program)
    {
        using var answer = await program.Client.GetAsync("api/health", none);
        return (answer.StatusCode, JsonDocument.Parse(await answer.Content.ReadAsStringAsync(none)).RootElement);
    }

    static IEnumerable<string> Problems(JsonElement health, string check) =>
        health.GetProperty("checks").EnumerateArray().Single(entry => entry.GetProperty("name").GetString() == check).GetProperty("problems").EnumerateArray().Select(problem => problem.GetString()!);

    async Task<Started> StartAsync(params (string Name, string Value)[] settings)
    {
        await File.WriteAllTextAsync(folder["access.log"], "192.0.2.1 - - [01/Nov/2026:09:00:00 +0000] \"GET / HTTP/1.1\" 200 12\n", none);
        var environment = new Dictionary<string, string?> { ["LogStorage"] = azurite.TakeAccount(), ["EvaluateSchedule"] = "* * * * * *", ["Rules__Defaults"] = "false" };
        foreach (var (name, value) in settings) environment[name] = value;
        var process = LogMonitorProcess.Start(["up", "--port", "0", "--host", "web1", "--data", folder["data"], "--log", folder["access.log"]], environment);
        return new Started(process, await process.ConnectAsync());
    }

    sealed record Started(LogMonitorProcess Process, HttpClient Client) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            Client.Dispose();
            await Process.DisposeAsync();
        }
    }
}
