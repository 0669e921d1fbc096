using LogMonitor.Tests.Support;
using Microsoft.Playwright;

namespace LogMonitor.EndToEnd.Tests.Support;

/// <summary>A real browser.</summary>
public sealed class BrowserFixture : IAsyncLifetime
{
    IPlaywright? playwright;
    IBrowser? browser;

    public async ValueTask InitializeAsync()
    {
        Assertions.SetDefaultExpectTimeout(60_000);
        playwright = await Playwright.CreateAsync();
        browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = await Chromium.ExecutablePathAsync(), Args = Chromium.Arguments });
    }

    /// <summary>A page of 1280 by 900, and what went wrong on it: errors of scripts, and what the Content-Security-Policy had to stop.</summary>
    public async Task<(IPage Page, List<string> Problems)> OpenAsync(Uri address)
    {
        var page = await browser!.NewPageAsync(new() { ViewportSize = new() { Width = 1280, Height = 900 }, ColorScheme = ColorScheme.Light });
        page.SetDefaultTimeout(60_000);
        var problems = new List<string>();
        page.PageError += (_, error) => problems.Add(error);
        page.Console += (_, message) => { if (message.Type is "error" or "warning") problems.Add(message.Text); };
        page.Dialog += (_, dialog) => problems.Add($"dialog: {dialog.Message}");
        await page.GotoAsync(address.AbsoluteUri);
        return (page, problems);
    }

    public async ValueTask DisposeAsync()
    {
        if (browser is not null) await browser.CloseAsync();
        playwright?.Dispose();
    }
}
