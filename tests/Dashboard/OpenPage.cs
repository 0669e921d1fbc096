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
        IBrowser browser, PageServer server, int width = 1280, ColorScheme scheme = ColorScheme.Light, string query = "", bool expectsFailure = false)
    {
        var context = await browser.NewContextAsync(new() { ViewportSize = new() { Width = width, Height = 900 }, ColorScheme = scheme });
        var opened = new OpenPage(server, await context.NewPageAsync());
        await opened.StartAsync(query, expectsFailure);
        return opened;
    }

    async Task StartAsync(string query, bool expectsFailure)
    {
        page.Console += (_, message) => { if (message.Type == "error") complaints.Enqueue(message.Text); };
        page.PageError += (_, error) => complaints.Enqueue(error);
        await page.AddInitScriptAsync(
            "addEventListener('securitypolicyviolation', e => console.error(`CSP: ${e.violatedDirective} ${e.blockedURI} ${e.sample}`))");
        await page.Clock.InstallAsync(new() { TimeDate = Canned.Now.UtcDateTime });
        await page.GotoAsync(server.Address + query);
        await Poll.UntilAsync("the page has loaded", async () =>
        {
            // A page that fails while it loads never gets there; its complaint says more than a timeout.
            if (!expectsFailure) Assert.Empty(complaints);
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

    /// <summary>What axe-core finds hard to use for some.</summary>
    public async Task<string[]> AskAxeAsync()
    {
        await page.EvaluateAsync(await File.ReadAllTextAsync(Source.PathOf("node_modules/axe-core/axe.min.js"), TestContext.Current.CancellationToken));
        return await page.EvaluateAsync<string[]>(
            "async () => (await axe.run()).violations.map(v => `${v.id}: ${v.nodes.map(n => `${n.html} ${n.failureSummary}`).join('; ')}`)");
    }

    public ValueTask DisposeAsync() => new(page.Context.CloseAsync());
}
