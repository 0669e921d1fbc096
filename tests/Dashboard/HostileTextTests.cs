using static Microsoft.Playwright.Assertions;

namespace LogMonitor.Dashboard.Tests;

/// <summary>Attackers write log lines; nothing of them may act on the page or on its reader (invariant I6).</summary>
public sealed class HostileTextTests(BrowserFixture browser)
{
    const string Markup = """<img src=x onerror="document.title='owned'"><script>document.title='owned'</script>""";

    [Fact]
    public async Task MarkupInEveryFieldIsTextAndRunsNothing()
    {
        await using var server = await PageServer.StartAsync();
        server.Answers["alerts"] = new[] { Canned.Alert(Markup, Markup, Markup, Markup, new() { [Markup] = Markup }, 1, 1, Markup, [Markup]) };
        server.Answers["hosts"] = new[] { new { host = Markup, lastIngest = Markup, lastEvent = Markup } };
        server.Answers["reports"] = new[]
        {
            Report(Canned.Now), Report(Canned.Now.AddMinutes(-1)),
        };
        await using var opened = await OpenPage.OpenAsync(browser.Browser, server);
        foreach (var details in await opened.Page.Locator("details").AllAsync()) await details.EvaluateAsync("d => d.open = true");
        await Expect(opened.Page.Locator(".card h3")).ToHaveTextAsync(Markup);
        await Expect(opened.Page.Locator(".card .lines li")).ToHaveTextAsync(Markup);
        await Expect(opened.Page.Locator("#latest .summary")).ToHaveTextAsync(Markup);
        await Expect(opened.Page.Locator("img, main script, iframe")).ToHaveCountAsync(0);
        await Expect(opened.Page).ToHaveTitleAsync("(1) LogMonitor");
        Assert.Empty(opened.Complaints);
    }

    [Fact]
    public async Task EscapesAndBidirectionalOverridesAreShownAsWhatTheyAre()
    {
        await using var server = await PageServer.StartAsync();
        server.Answers["alerts"] = new[]
        {
            Canned.Alert("id", "title \u202Egnp.exe", "high", "web1", new() { ["user"] = "ro\u200Bot" }, 1, 1, "5", ["\u001B]0;owned\u0007\0 \u2066x"]),
        };
        await using var opened = await OpenPage.OpenAsync(browser.Browser, server);
        await Expect(opened.Page.Locator(".card h3")).ToHaveTextAsync(@"title \u{202e}gnp.exe");
        await Expect(opened.Page.Locator(".card .fields")).ToContainTextAsync(@"ro\u{200b}ot");
        Assert.Equal(@"\x1b]0;owned\x07\x00 \u{2066}x", await opened.Page.Locator(".card .lines li").TextContentAsync());
    }

    static object Report(DateTimeOffset time) => new
    {
        time,
        host = Markup,
        chunks = 1,
        lines = 1,
        access = 1,
        error = 0,
        unknown = 0,
        firstEvent = Markup,
        lastEvent = Markup,
        statuses = new Dictionary<string, int> { [Markup] = 1, ["__proto__"] = 1 },
        rules = new[] { new { rule = Markup, title = Markup, level = Markup, threshold = Markup, matches = 1, peak = 1, decision = Markup } },
        problems = new[] { Markup },
        summary = Markup,
    };
}
