using LogMonitor.EndToEnd.Tests.Support;
using LogMonitor.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Playwright;

namespace LogMonitor.EndToEnd.Tests;

/// <summary>The page in a real browser, against the running program.</summary>
public sealed class DashboardTests(AzuriteFixture azurite, BrowserFixture browser) : IClassFixture<BrowserFixture>
{
    /// <summary>Names a file for a picture of the page, such as the README's.</summary>
    const string ScreenshotVariable = "LOGMONITOR_SCREENSHOT";

    [Fact]
    public async Task ThePageShowsTheSamplesAlertsTheReportAndTheChart()
    {
        await using var machine = new Machine(azurite.TakeAccount());
        Directory.CreateDirectory(machine["samples"]);
        foreach (var name in (string[])["access.log", "error.log"]) File.Copy(Repository.PathOf($"samples/{name}"), machine[$"samples/{name}"]);
        await machine.StartAsync("samples/*.log");
        await machine.UntilReportedAsync(171);
        await machine.UntilAsync("both alerts", async () => (await machine.OpenAlertsAsync()).Count == 2);

        var (page, problems) = await browser.OpenAsync(machine.Client.BaseAddress!);

        await Assertions.Expect(page.Locator("#state")).ToHaveTextAsync("2 open alerts: 1 high, 1 medium");
        var cards = page.Locator("#alert-list .card");
        await Assertions.Expect(cards).ToHaveCountAsync(2);
        await Assertions.Expect(cards.Nth(0)).ToContainTextAsync("Urgent log entries");
        await Assertions.Expect(cards.Nth(0)).ToContainTextAsync("5 lines, at most 5 in one window. Threshold: 4 or more within 10 minutes.");
        await Assertions.Expect(cards.Nth(1)).ToContainTextAsync("Burst of 404s");
        await Assertions.Expect(cards.Nth(1)).ToContainTextAsync("9 lines");
        await Assertions.Expect(page.Locator("#latest")).ToContainTextAsync("web1");
        Assert.Equal("(2) LogMonitor", await page.TitleAsync());

        await Assertions.Expect(page.Locator("#chart-summary")).ToContainTextAsync("171 lines");
        await Assertions.Expect(page.Locator("#legend")).ToContainTextAsync("access 160");
        await Assertions.Expect(page.Locator("#legend")).ToContainTextAsync("error 10");
        await Assertions.Expect(page.Locator("#legend")).ToContainTextAsync("unknown 1");
        await Assertions.Expect(page.Locator("#chart canvas")).ToBeVisibleAsync();
        Assert.True(await page.EvaluateAsync<int>(
            "() => { const c = document.querySelector('#chart canvas'); const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data; return new Set(new Uint32Array(d.buffer)).size; }") > 10, "The chart has hardly a colour.");

        var sampleLines = cards.Nth(0).Locator("details").First;
        await sampleLines.Locator("summary").ClickAsync();
        await Assertions.Expect(sampleLines).ToContainTextAsync("Urgent log detected: payment queue is stuck, 40 orders waiting");
        Assert.Empty(problems);

        if (Environment.GetEnvironmentVariable(ScreenshotVariable) is { Length: > 0 } file)
        {
            await sampleLines.Locator("summary").ClickAsync();
            await page.Mouse.MoveAsync(0, 0);
            await page.ScreenshotAsync(new() { Path = file });
        }
    }

    [Fact]
    public async Task HostileLinesAreShownAsTextAndNewOnesComeByThemselves()
    {
        const string attack = "/<script>window.pwned=1</script><img src=x onerror=window.pwned=1>";
        await using var machine = new Machine(azurite.TakeAccount());
        await machine.AppendAsync("access.log", Lines.Access(0, 200));
        await machine.StartAsync("access.log");
        await machine.UntilReportedAsync(1);
        var (page, problems) = await browser.OpenAsync(machine.Client.BaseAddress!);
        await Assertions.Expect(page.Locator("#state")).ToHaveTextAsync("No open alerts");

        await machine.AppendAsync("access.log",
        [
            .. Enumerable.Range(0, 6).Select(i => Lines.Access(i, 404, $"{attack}{i}\u001b[2J\u202e")),
            "\u001b]0;owned\u0007<b onmouseover=alert(1)>unknown</b>",
        ]);

        var alert = page.Locator("#alert-list .card");
        await Assertions.Expect(alert).ToContainTextAsync("Burst of 404s");
        await alert.Locator("details summary").First.ClickAsync();
        await Assertions.Expect(alert).ToContainTextAsync($@"GET {attack}0\x1b[2J\u{{202e}} HTTP/1.1");
        await Assertions.Expect(page.Locator("#report")).ToContainTextAsync(@"\x1b]0;owned\x07<b onmouseover=alert(1)>unknown</b>");

        Assert.False(await page.EvaluateAsync<bool>("() => 'pwned' in window"));
        Assert.Equal(0, await page.Locator("main script, main img, main [onerror], main b[onmouseover]").CountAsync());
        Assert.DoesNotMatch(@"[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e]", await page.EvaluateAsync<string>("() => document.body.textContent"));
        Assert.Empty(problems);
    }

    /// <summary>The browser's own headers let our page change something, and no other.</summary>
    [Fact]
    public async Task AnAlertIsAcknowledgedAndSilencedOnItsPageAndNotByAPageElsewhere()
    {
        await using var machine = new Machine(azurite.TakeAccount());
        await machine.AppendAsync("access.log", Enumerable.Range(0, 6).Select(i => Lines.Access(i, 404)));
        await machine.StartAsync("access.log");
        await machine.UntilAsync("the alert", async () => (await machine.OpenAlertsAsync()).Count == 1);
        var (page, problems) = await browser.OpenAsync(machine.Client.BaseAddress!);
        await page.GetByRole(AriaRole.Link, new() { Name = "Burst of 404s" }).ClickAsync();
        await Assertions.Expect(page.Locator("#state")).ToHaveTextAsync("Open");
        await Assertions.Expect(page.Locator("#delivery-list")).ToContainTextAsync("mail-folder");
        await Assertions.Expect(page.Locator("#decision-list")).ToContainTextAsync("notified: First notification");

        // A page elsewhere: what a form could send, and what a script could.
        var address = $"{machine.Client.BaseAddress}api/alerts/{new Uri(page.Url).Query["?alert=".Length..]}/silence";
        const string body = """{"for": "2h", "by": "mallory", "comment": "x"}""";
        await using var other = WebApplication.Create();
        other.Urls.Add("http://127.0.0.1:0");
        other.MapGet("/", () => Results.Content("<!DOCTYPE html><title>elsewhere</title>", "text/html"));
        await other.StartAsync(TestContext.Current.CancellationToken);
        var (elsewhere, _) = await browser.OpenAsync(new Uri(other.Urls.Single().Replace("127.0.0.1", "localhost", StringComparison.Ordinal)));
        foreach (var type in (string[])["text/plain", "application/json"])
            await elsewhere.EvaluateAsync("([address, type, body]) => fetch(address, { method: 'POST', mode: type === 'text/plain' ? 'no-cors' : 'cors', headers: { 'content-type': type }, body }).catch(() => {})", new[] { address, type, body });

        await page.GetByLabel("Your name").FillAsync("anna");
        await page.Locator("#acknowledge").GetByLabel("What is being done").FillAsync("<i>on it</i>");
        await page.GetByRole(AriaRole.Button, new() { Name = "I deal with it" }).ClickAsync();
        await Assertions.Expect(page.Locator("#outcome")).ToContainTextAsync("Acknowledged.");
        await Assertions.Expect(page.Locator("#people")).ToContainTextAsync("anna deals with it since");
        await Assertions.Expect(page.Locator("#decision-list")).ToContainTextAsync("acknowledged: anna: <i>on it</i>");

        await page.Locator("#silence").GetByLabel("Why").FillAsync("our own scanner");
        await page.GetByRole(AriaRole.Button, new() { Name = "Tell nobody" }).ClickAsync();
        await Assertions.Expect(page.Locator("#state")).ToContainTextAsync("Open, acknowledged, silenced until ");
        await Assertions.Expect(page.Locator("#silence-list .card")).ToContainTextAsync("our own scanner (anna)");
        await Assertions.Expect(page.Locator("#silence-list .card")).ToHaveCountAsync(1);
        await page.GetByRole(AriaRole.Button, new() { Name = "End the silence: our own scanner" }).ClickAsync();
        await Assertions.Expect(page.Locator("#state")).ToHaveTextAsync("Open, acknowledged");
        await page.GetByRole(AriaRole.Link, new() { Name = "All alerts" }).ClickAsync();
        await Assertions.Expect(page.Locator("#alert-list .card")).ToContainTextAsync("acknowledged byanna: <i>on it</i>");
        Assert.Empty(problems);
    }
}
