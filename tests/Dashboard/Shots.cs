using Microsoft.Playwright;
namespace LogMonitor.Dashboard.Tests;
public sealed class Shots(BrowserFixture browser)
{
    [Fact]
    public async Task Take()
    {
        foreach (var (w, s, n) in new[] { (1280, ColorScheme.Light, "light"), (1280, ColorScheme.Dark, "dark"), (390, ColorScheme.Light, "phone"), (390, ColorScheme.Dark, "phone-dark") })
        {
            await using var server = await PageServer.StartAsync();
            await using var opened = await OpenPage.OpenAsync(browser.Browser, server, w, s);
            if (n == "light") await opened.Page.Locator(".card").Nth(1).GetByText("3 sample lines").ClickAsync();
            if (n == "dark") await opened.Page.Locator("#chart .u-over").HoverAsync();
            await opened.Page.ScreenshotAsync(new() { Path = $"/tmp/dash-try/{n}.png", FullPage = true });
        }
        {
            await using var server = await PageServer.StartAsync();
            foreach (var list in new[] { "alerts", "reports", "hosts" }) server.Answers[list] = Array.Empty<object>();
            server.Answers["counts"] = new { from = Canned.Now.AddHours(-1), until = Canned.Now, minutes = Array.Empty<object>() };
            await using var opened = await OpenPage.OpenAsync(browser.Browser, server);
            server.Error = "The storage account does not answer: see whether Azurite runs.";
            await opened.RefreshAsync("x", opened.Page.Locator("#notice div"));
            await opened.Page.ScreenshotAsync(new() { Path = $"/tmp/dash-try/empty.png", FullPage = true });
        }
    }
}
