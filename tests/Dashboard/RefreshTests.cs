using LogMonitor.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace LogMonitor.Dashboard.Tests;

public sealed class RefreshTests(BrowserFixture browser)
{
    [Fact]
    public async Task ARefreshKeepsOpenedDetailsAndTheFocus()
    {
        await using var server = await PageServer.StartAsync();
        await using var opened = await OpenPage.OpenAsync(browser.Browser, server);
        var summary = opened.Page.Locator(".card", new() { HasText = "Burst of 404s" }).GetByText("3 sample lines");
        await summary.ClickAsync();
        await summary.EvaluateAsync("s => { s.parentElement.id = 'same'; s.focus(); }");

        // A graver alert comes in above, and one below is resolved.
        server.Answers["alerts"] = Canned.Alerts()[..2]
            .Append(Canned.Alert("new", "Web shell", "critical", "web1", [], 1, 1, "1 or more", ["x"])).ToArray();
        await opened.RefreshAsync("the new alert", opened.Page.Locator(".card", new() { HasText = "Web shell" }));

        await Expect(opened.Page.Locator(".card")).ToHaveCountAsync(3);
        await Expect(opened.Page.Locator(".card details[open] .lines li")).ToHaveCountAsync(3);
        Assert.Equal("3 sample lines", await opened.Page.EvaluateAsync<string>("document.activeElement.textContent"));
    }

    [Fact]
    public async Task ARefreshWithoutNewsTouchesNothing()
    {
        await using var server = await PageServer.StartAsync();
        await using var opened = await OpenPage.OpenAsync(browser.Browser, server);
        await opened.Page.EvaluateAsync("""
            () => {
              window.changes = [];
              new MutationObserver(list => window.changes.push(...list.map(m => `${m.type} ${m.target.id ?? m.target.nodeName}`)))
                .observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
            }
            """);
        var before = server.Requests.Count;
        await opened.RefreshAsync("two more refreshes", () => Task.FromResult(server.Requests.Count >= before + 12));
        Assert.Empty(await opened.Page.EvaluateAsync<string[]>("window.changes"));
    }

    [Fact]
    public async Task AServerThatIsDownIsSaidAndTheLastStateStays()
    {
        await using var server = await PageServer.StartAsync();
        await using var opened = await OpenPage.OpenAsync(browser.Browser, server);
        await server.StopAsync();
        await opened.RefreshAsync("the notice", opened.Page.GetByText("The server can't be reached."));
        await Expect(opened.Page.Locator("#notice")).ToContainTextAsync("Shown is what was known at 2026-11-01 14:06:22 UTC.");
        await Expect(opened.Page.Locator(".card")).ToHaveCountAsync(3);
    }

    [Theory]
    [InlineData("degraded", 200, "A part of LogMonitor does not work.")]
    [InlineData("unhealthy", 503, "LogMonitor does not work.")]
    public async Task WhatIsWrongWithLogMonitorItselfStandsAtTheTop(string status, int answer, string heading)
    {
        await using var server = await PageServer.StartAsync();
        server.HealthStatus = answer;
        server.Answers["health"] = Canned.Health(status, "smtp, for which 2 messages wait: The SMTP server <b>refuses</b> the password.", "chat: The file is not there.");
        // As long as several refreshes.
        var known = new TaskCompletionSource();
        server.HealthIsKnown = known.Task;
        await using var opened = await OpenPage.OpenAsync(browser.Browser, server);
        await opened.RefreshAsync("refreshes", () => Task.FromResult(server.Requests.Count >= 13));
        known.SetResult();
        await Expect(opened.Page.Locator("#notice strong")).ToHaveTextAsync(heading);
        await Expect(opened.Page.Locator("#notice li")).ToHaveTextAsync(["channels smtp, for which 2 messages wait: The SMTP server <b>refuses</b> the password.", "channels chat: The file is not there."]);
        await Expect(opened.Page.Locator(".card")).ToHaveCountAsync(3);
        // Not asked at each refresh.
        var before = server.Requests.Count;
        await opened.RefreshAsync("more refreshes", () => Task.FromResult(server.Requests.Count >= before + 8));
        Assert.Equal(1, server.Requests.Count(request => request == "/api/health"));
    }

    [Fact]
    public async Task AHealthyOneSaysNothingOfItself()
    {
        await using var server = await PageServer.StartAsync();
        await using var opened = await OpenPage.OpenAsync(browser.Browser, server);
        await opened.RefreshAsync("the answer", () => Task.FromResult(server.Requests.Contains("/api/health")));
        await Expect(opened.Page.Locator("#notice > *")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task AnErrorOfTheServerIsShownAndGoesAway()
    {
        await using var server = await PageServer.StartAsync();
        await using var opened = await OpenPage.OpenAsync(browser.Browser, server);
        server.Error = "The storage account can't be reached.";
        await opened.RefreshAsync("the notice", opened.Page.GetByText("answered 503: The storage account can't be reached."));
        server.Error = null;
        await opened.RefreshAsync("no notice", opened.Page.Locator("#notice:empty"));
    }

    [Fact]
    public async Task AHiddenTabAsksForNothing()
    {
        await using var server = await PageServer.StartAsync();
        await using var opened = await OpenPage.OpenAsync(browser.Browser, server);
        await SetHiddenAsync(true);
        var before = server.Requests.Count;
        await opened.Page.Clock.RunForAsync(60_000);
        Assert.Equal(before, server.Requests.Count);
        await SetHiddenAsync(false);
        await Poll.UntilAsync("a refresh on return", () => Task.FromResult(server.Requests.Count > before));

        Task SetHiddenAsync(bool hidden) => opened.Page.EvaluateAsync(
            "hidden => { Object.defineProperty(document, 'hidden', { value: hidden, configurable: true }); document.dispatchEvent(new Event('visibilitychange')); }",
            hidden);
    }
}
