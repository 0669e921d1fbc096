using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LogMonitor.Dashboard.Tests;

public sealed class PageTests(BrowserFixture browser)
{
    [Fact]
    public async Task TheStateIsSaidInOneGlance()
    {
        await using var server = await PageServer.StartAsync();
        await using var opened = await OpenPage.OpenAsync(browser.Browser, server);
        await Expect(opened.Page.GetByRole(AriaRole.Status)).ToHaveTextAsync("3 open alerts: 1 critical, 1 medium, 1 low");
        await Expect(opened.Page).ToHaveTitleAsync("(3) LogMonitor");
        await Expect(opened.Page.Locator("#facts")).ToContainTextAsync("2026-11-01 14:06:10 UTC · 12 s ago");
        Assert.Empty(opened.Complaints);
    }

    [Fact]
    public async Task OpenAlertsAreShownTheGravestFirst()
    {
        await using var server = await PageServer.StartAsync();
        await using var opened = await OpenPage.OpenAsync(browser.Browser, server);
        await Expect(opened.Page.Locator(".card h3")).ToHaveTextAsync(["Urgent entries", "Burst of 404s", "Failed logins from one address"]);
        var burst = opened.Page.Locator(".card").Nth(1);
        await Expect(burst).ToContainTextAsync("on web1");
        await Expect(burst).ToContainTextAsync("57 lines, at most 9 in one window. Threshold: 5 or more within 1 minute.");
        await Expect(burst).ToContainTextAsync("203.0.113.7");
        await Expect(burst).ToContainTextAsync("2026-11-01 13:48:02 – 14:05:22 UTC");
        await Expect(burst).ToContainTextAsync("First notification");
        await burst.GetByText("3 sample lines").ClickAsync();
        await Expect(burst.Locator(".lines li").First).ToContainTextAsync("GET /wp-login.php HTTP/1.1");
    }

    [Fact]
    public async Task TheChartHasItsCountsAsTextToo()
    {
        await using var server = await PageServer.StartAsync();
        await using var opened = await OpenPage.OpenAsync(browser.Browser, server);
        await Expect(opened.Page.Locator("#chart canvas")).ToBeVisibleAsync();
        await Expect(opened.Page.GetByRole(AriaRole.Img)).ToHaveAccessibleNameAsync(
            new System.Text.RegularExpressions.Regex(@"^2026-11-01 13:06 – 14:05 UTC: [\d,]+ lines, at most \d+ a minute"));
        await opened.Page.GetByText("Table of the minutes with lines").ClickAsync();
        await Expect(opened.Page.Locator("#chart-table tbody tr")).ToHaveCountAsync(58);
    }

    [Fact]
    public async Task APeriodAndAHostCanBeChosen()
    {
        await using var server = await PageServer.StartAsync();
        await using var opened = await OpenPage.OpenAsync(browser.Browser, server);
        await opened.Page.GetByLabel("Period").SelectOptionAsync("360");
        await opened.Page.Locator("#host").SelectOptionAsync("web2");
        await LogMonitor.Tests.Support.Poll.UntilAsync("counts of web2 for 6 hours asked for",
            () => Task.FromResult(server.Requests.Contains("/api/counts?minutes=360&host=web2")));
    }

    [Fact]
    public async Task TheLatestReportAddsUp()
    {
        await using var server = await PageServer.StartAsync();
        await using var opened = await OpenPage.OpenAsync(browser.Browser, server);
        var latest = opened.Page.Locator("#latest");
        await Expect(latest).ToContainTextAsync("2026-11-01 14:05:10 UTC · web1 · 2 chunks");
        await Expect(latest).ToContainTextAsync("1,150 + 41 + 13 = 1,204: every line is accounted for.");
        await Expect(latest.GetByRole(AriaRole.Row, new() { Name = "Burst of 404s" })).ToContainTextAsync("Alert updated");
        await Expect(latest).ToContainTextAsync("1 chunk could not be read and lies in quarantine/");
        await Expect(opened.Page.Locator("#earlier")).ToContainTextAsync("7 evaluations, nothing new");
    }

    [Fact]
    public async Task LinesThatDoNotAddUpAreSaid()
    {
        await using var server = await PageServer.StartAsync();
        server.Answers["reports"] = new[] { Canned.Report(Canned.Now, "web1", 1, 100, 90, 5, 4, "BelowThreshold") };
        await using var opened = await OpenPage.OpenAsync(browser.Browser, server);
        await Expect(opened.Page.Locator("#latest .problem").First).ToContainTextAsync("90 + 5 + 4 is not 100");
    }

    [Fact]
    public async Task AnEmptyServerSaysWhatToDo()
    {
        await using var server = await PageServer.StartAsync();
        foreach (var list in new[] { "alerts", "reports", "hosts" }) server.Answers[list] = Array.Empty<object>();
        server.Answers["counts"] = new { from = Canned.Now.AddHours(-1), until = Canned.Now, minutes = Array.Empty<object>() };
        await using var opened = await OpenPage.OpenAsync(browser.Browser, server);
        await Expect(opened.Page.GetByRole(AriaRole.Status)).ToHaveTextAsync("Waiting for the first log lines");
        await Expect(opened.Page.Locator("#host-list")).ToContainTextAsync("logmonitor up --log /var/log/nginx/access.log");
        await Expect(opened.Page.Locator("#latest")).ToContainTextAsync("No report yet.");
        await Expect(opened.Page.Locator("#chart")).ToBeHiddenAsync();
        Assert.Empty(opened.Complaints);
    }

    [Theory]
    [InlineData(320)]
    [InlineData(390)]
    [InlineData(768)]
    public async Task ANarrowScreenDoesNotScrollSideways(int width)
    {
        await using var server = await PageServer.StartAsync();
        server.Answers["alerts"] = Canned.Alerts().Append(Canned.Alert("long", new string('t', 300), "high", new string('h', 100),
            new() { ["cs-user-agent"] = new string('u', 500) }, 1_000_000, 99_999, "5 or more within 1 minute", [new string('x', 500)])).ToArray();
        await using var opened = await OpenPage.OpenAsync(browser.Browser, server, width);
        foreach (var summary in await opened.Page.Locator("summary").AllAsync())
            if (await summary.IsVisibleAsync()) await summary.ClickAsync();
        Assert.Equal(width, await opened.Page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
    }

    [Theory]
    [InlineData(ColorScheme.Light, 1280)]
    [InlineData(ColorScheme.Dark, 1280)]
    [InlineData(ColorScheme.Dark, 390)]
    public async Task AxeFindsNothingToComplainOf(ColorScheme scheme, int width)
    {
        await using var server = await PageServer.StartAsync();
        await using var opened = await OpenPage.OpenAsync(browser.Browser, server, width, scheme);
        foreach (var summary in await opened.Page.Locator("summary").AllAsync())
            if (await summary.IsVisibleAsync()) await summary.ClickAsync();
        Assert.Empty(await opened.AskAxeAsync());
    }
}
