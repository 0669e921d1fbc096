using System.Collections.Concurrent;
using LogMonitor.Tests.Support;
using Microsoft.Playwright;

namespace LogMonitor.Dashboard.Tests;

/// <summary>The page in a tab of its own, with a clock that stands until a test advances it, and its complaints written down.</summary>
sealed class OpenPage(PageServer server, IPage page) : IAsyncDisposable
{
    readonly ConcurrentQueue<string> complaints = new();

    public IPage Page => page;

    /// <summary>Errors on the console, uncaught exceptions, and violations of the Content-Security-Policy.</summary>
    public IReadOnlyCollection<string> Complaints => complaints;

    public static async Task<OpenPage> OpenAsync(
        IBrowser browser, PageServer server, int width = 1280, ColorScheme scheme = ColorScheme.Light)
    {
        var context = await browser.NewContextAsync(new() { ViewportSize = new() { Width = width, Height = 900 }, ColorScheme = scheme });
        var opened = new OpenPage(server, await context.NewPageAsync());
        await opened.StartAsync();
        return opened;
    }

    async Task StartAsync()
    {
        page.Console += (_, message) => { if (message.Type == "error") complaints.Enqueue(message.Text); };
        page.PageError += (_, error) => complaints.Enqueue(error);
        await page.AddInitScriptAsync(
            "addEventListener('securitypolicyviolation', e => console.error(`CSP: ${e.violatedDirective} ${e.blockedURI} ${e.sample}`))");
        await page.Clock.InstallAsync(new() { TimeDate = Canned.Now.UtcDateTime });
        await page.GotoAsync(server.Address.ToString());
        await Poll.UntilAsync("the page has loaded", async () =>
        {
            // A page that fails while it loads never gets there; its complaint says more than a timeout.
            Assert.Empty(complaints);
            return await page.Locator("#state").TextContentAsync() != "Loading…";
        });
    }

    /// <summary>Advances the page's clock until a refresh has brought what is expected.</summary>
    public Task RefreshAsync(string what, ILocator expected) => RefreshAsync(what, async () => await expected.CountAsync() > 0);

    /// <inheritdoc cref="RefreshAsync(string, ILocator)"/>
    public Task RefreshAsync(string what, Func<Task<bool>> expected) => Poll.UntilAsync(what, async () =>
    {
        await page.Clock.RunForAsync(1000);
        return await expected();
    });

    public ValueTask DisposeAsync() => new(page.Context.CloseAsync());
}
