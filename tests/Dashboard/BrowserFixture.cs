using LogMonitor.Tests.Support;
using Microsoft.Playwright;

[assembly: AssemblyFixture(typeof(LogMonitor.Dashboard.Tests.BrowserFixture))]

namespace LogMonitor.Dashboard.Tests;

/// <summary>One headless browser for all tests; each test has a context of its own.</summary>
public sealed class BrowserFixture : IAsyncLifetime
{
    IPlaywright? playwright;

    internal IBrowser Browser { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        playwright = await Playwright.CreateAsync();
        Browser = await playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = await Chromium.ExecutablePathAsync(),
            Args = Chromium.Arguments,
        });
    }

    public async ValueTask DisposeAsync()
    {
        await Browser.DisposeAsync();
        playwright?.Dispose();
    }
}
