using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LogMonitor.Dashboard.Tests;

/// <summary>The page of one alert, in a browser.</summary>
public sealed class AlertPageTests(BrowserFixture browser)
{
    const string Query = $"?alert={Canned.AlertId}", Path = $"alerts/{Canned.AlertId}";

    const string Markup = """<img src=x onerror="document.title='owned'"><script>document.title='owned'</script>""";

    [Fact]
    public async Task TheListLeadsToAnAlertWithAllThatIsKnownOfIt()
    {
        await using var server = await PageServer.StartAsync();
        server.Answers["alerts"] = new[] { Canned.OneAlert() };
        await using var opened = await OpenPage.OpenAsync(browser.Browser, server);
        var page = opened.Page;
        await page.GetByRole(AriaRole.Link, new() { Name = "Failed logins from one address" }).ClickAsync();

        await Expect(page.Locator("h2#alert-heading")).ToHaveTextAsync("Failed logins from one address");
        await Expect(page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex($@"/\?alert={Canned.AlertId}$"));
        await Expect(page).ToHaveTitleAsync("Failed logins from one address on web1 – LogMonitor");
        await Expect(page.Locator("#state")).ToHaveTextAsync("Open");
        var body = page.Locator("#alert-body");
        foreach (var fact in (string[])["high", "on web1", "1,211 lines, at most 64 in one window. Threshold: 5 or more within 5 minutes.", "198.51.100.23", "2026-11-01 13:48:02 – 14:05:22 UTC", "T1110, T1110.003", "ssh_brute_force", "Failed password for admin"])
            await Expect(body).ToContainTextAsync(fact);
        await Expect(body.GetByRole(AriaRole.Link, new() { Name = "T1110.003" })).ToHaveAttributeAsync("href", "https://attack.mitre.org/techniques/T1110/003/");
        await Expect(page.Locator("#people")).ToHaveTextAsync("Nobody has acknowledged it.");
        await Expect(page.Locator("#silence-list")).ToContainTextAsync("From 2026-11-01 17:06:22 UTC until 2026-11-01 19:06:22 UTC: host web*, c-ip 198.51.100.0/24");
        await Expect(page.Locator("#silence-list")).ToContainTextAsync("Stands in alerts.yml:12");
        await Expect(page.Locator("#delivery-list .card")).ToHaveCountAsync(2);
        await Expect(page.Locator("#delivery-list .card").First).ToContainTextAsync("sentmail-smtpopened: First notification");
        await Expect(page.Locator("#delivery-list .card").Nth(1)).ToContainTextAsync("2 attempts so far; the next 2026-11-01 14:09:22 UTC");
        await Expect(page.Locator("#delivery-list .card").Nth(1)).ToContainTextAsync("2026-11-01 13:50:22 UTC Slack answered 503");
        await Expect(page.Locator("#decision-list li")).ToHaveTextAsync(
        [
            "2026-11-01 13:49:22 UTC opened: Threshold reached",
            "2026-11-01 13:49:23 UTC suppressed: Inhibited: by 0123456789abcdef-019a3f6c2e0f",
            "2026-11-01 13:49:52 UTC notified: First notification",
        ]);

        await page.GetByRole(AriaRole.Link, new() { Name = "All alerts" }).ClickAsync();
        await Expect(page.Locator("#alert-list .card")).ToHaveCountAsync(1);
        Assert.Empty(opened.Complaints);
    }

    [Fact]
    public async Task TheListSaysWhoDealsWithAnAlertAndThatItIsSilenced()
    {
        await using var server = await PageServer.StartAsync();
        var alert = Canned.OneAlert();
        alert["acknowledged"] = new { at = Canned.Now, by = "anna", comment = "iPhone reset underWay" };
        alert["silencedUntil"] = Canned.Now.AddHours(2);
        server.Answers["alerts"] = new[] { alert };
        await using var opened = await OpenPage.OpenAsync(browser.Browser, server);
        await Expect(opened.Page.Locator(".card .fields")).ToContainTextAsync("acknowledged byanna: iPhone reset underWay");
        await Expect(opened.Page.Locator(".card .fields")).ToContainTextAsync("silenced until2026-11-01 16:06:22 UTC");
    }

    /// <summary>Without a pointer, from the name to the button, as many do and some must.</summary>
    [Fact]
    public async Task AnAlertIsAcknowledgedByKeyboard()
    {
        await using var server = await PageServer.StartAsync();
        server.OnPost($"{Path}/acknowledge", () => server.Answers[Path] = Acknowledged());
        await using var opened = await OpenPage.OpenAsync(browser.Browser, server, query: Query);
        var (page, keyboard) = (opened.Page, opened.Page.Keyboard);
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "I deal with it" })).ToBeVisibleAsync();

        await TabToAsync(page, "by");
        // Without a name nothing is sent, and the reader is led back to it.
        await keyboard.PressAsync("Tab");
        await keyboard.TypeAsync("on it");
        await keyboard.PressAsync("Enter");
        Assert.Equal("by", await page.EvaluateAsync<string>("document.activeElement.id"));
        Assert.Empty(server.Posts);

        await keyboard.TypeAsync("anna");
        await keyboard.PressAsync("Tab");
        await keyboard.PressAsync("Tab");
        await keyboard.PressAsync("Space");
        await Expect(page.Locator("#outcome")).ToHaveTextAsync("Acknowledged. It is not repeated, nor told to others.");
        await Expect(page.Locator("#outcome")).ToBeFocusedAsync();
        Assert.Equal([$$"""/api/{{Path}}/acknowledge {"by":"anna","comment":"on it"}"""], server.Posts);
        await Expect(page.Locator("#people")).ToHaveTextAsync("anna deals with it since 2026-11-01 14:06:22 UTC: on it");
        await Expect(page.Locator("#acknowledge")).ToBeHiddenAsync();
        await Expect(page.Locator("#state")).ToHaveTextAsync("Open, acknowledged");
        Assert.Empty(opened.Complaints);
    }

    [Fact]
    public async Task AnAlertIsSilencedAndTheSilenceEnded()
    {
        await using var server = await PageServer.StartAsync();
        server.OnPost($"{Path}/silence", () => server.Answers[Path] = Silenced());
        server.OnPost("silences/0a1b2c3d/end", () => server.Answers[Path] = Canned.Details());
        await using var opened = await OpenPage.OpenAsync(browser.Browser, server, query: Query);
        var page = opened.Page;
        var form = page.Locator("#silence");
        await page.GetByLabel("Your name").FillAsync("anna");
        await form.GetByLabel("For").SelectOptionAsync("1d");
        await form.GetByRole(AriaRole.Button).ClickAsync();
        // Why must be said.
        Assert.Empty(server.Posts);
        await form.GetByLabel("Why").FillAsync("kernel update");
        await form.GetByRole(AriaRole.Button).ClickAsync();
        await Expect(page.Locator("#outcome")).ToHaveTextAsync("Silenced for 1 day: nobody is told of it.");
        await Expect(form.GetByLabel("Why")).ToHaveValueAsync("");
        await Expect(page.Locator("#state")).ToHaveTextAsync("Open, silenced until 2026-11-01 19:06:22 UTC");

        var end = page.GetByRole(AriaRole.Button, new() { Name = "End the silence: kernel update" });
        await end.FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("#outcome")).ToHaveTextAsync("Ended. People are told of it again.");
        await Expect(end).ToHaveCountAsync(0);
        Assert.Equal([$$"""/api/{{Path}}/silence {"by":"anna","for":"1d","comment":"kernel update"}""", "/api/silences/0a1b2c3d/end {}"], server.Posts);
        Assert.Empty(opened.Complaints);
    }

    [Fact]
    public async Task ARefreshLeavesWhatIsBeingTyped()
    {
        await using var server = await PageServer.StartAsync();
        await using var opened = await OpenPage.OpenAsync(browser.Browser, server, query: Query);
        await opened.Page.Locator("#silence").GetByLabel("Why").FillAsync("half a sen");
        var alert = Canned.OneAlert();
        alert["count"] = 1_300;
        server.Answers[Path] = new Dictionary<string, object?>(Canned.Details()) { ["alert"] = alert };
        await opened.RefreshAsync("the new count", opened.Page.GetByText("1,300 lines"));
        await Expect(opened.Page.Locator("#silence").GetByLabel("Why")).ToHaveValueAsync("half a sen");
        await Expect(opened.Page.Locator("#silence").GetByLabel("Why")).ToBeFocusedAsync();
    }

    [Fact]
    public async Task ARefusalIsSaidInItsWords()
    {
        await using var server = await PageServer.StartAsync();
        await using var opened = await OpenPage.OpenAsync(browser.Browser, server, query: Query);
        await opened.Page.GetByLabel("Your name").FillAsync("anna");
        await opened.Page.GetByRole(AriaRole.Button, new() { Name = "I deal with it" }).ClickAsync();
        await Expect(opened.Page.Locator("#outcome.problem")).ToHaveTextAsync("There is nothing of that name.");
        await Expect(opened.Page.GetByLabel("Your name")).ToHaveValueAsync("anna");
    }

    [Fact]
    public async Task WhoIsSignedInNeedNoNameAndWhoMayNotActIsToldWhy()
    {
        await using var server = await PageServer.StartAsync();
        server.Answers[Path] = new Dictionary<string, object?>(Canned.Details()) { ["operator"] = new { name = "anna@example.org" } };
        server.OnPost($"{Path}/acknowledge", () => server.Answers[Path] = new Dictionary<string, object?>(Silenced()) { ["operator"] = new { whyReadOnly = "Only who is signed in may." } });
        await using var opened = await OpenPage.OpenAsync(browser.Browser, server, query: Query);
        var page = opened.Page;
        await Expect(page.Locator("#operator")).ToHaveTextAsync("You are anna@example.org.");
        await Expect(page.GetByLabel("Your name")).ToBeHiddenAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "I deal with it" }).ClickAsync();
        await Expect(page.Locator("#operator")).ToHaveTextAsync("Only who is signed in may.");
        Assert.Single(server.Posts);
        await Expect(page.GetByRole(AriaRole.Button)).ToHaveCountAsync(0);
    }

    [Theory]
    [InlineData("?alert=0123456789abcdef-000000000001", "There is nothing of that name.")]
    [InlineData("?alert=", "The address of this page is not whole")]
    [InlineData("?alert=..", "The address of this page is not whole")]
    [InlineData("?alert=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E", "The address of this page is not whole")]
    public async Task AnAlertThatIsNotThereIsSaid(string query, string why)
    {
        await using var server = await PageServer.StartAsync();
        await using var opened = await OpenPage.OpenAsync(browser.Browser, server, query: query, expectsFailure: true);
        await Expect(opened.Page.Locator("#state")).ToHaveTextAsync("There is no such alert");
        await Expect(opened.Page.Locator("#alert-body")).ToContainTextAsync(why);
        await Expect(opened.Page.GetByRole(AriaRole.Button)).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task AnAlertThatBecamePartOfAnotherLeadsThere()
    {
        await using var server = await PageServer.StartAsync();
        var alert = Canned.OneAlert();
        alert["state"] = "merged";
        server.Answers[Path] = new Dictionary<string, object?>(Canned.Details()) { ["alert"] = alert, ["partOf"] = "0123456789abcdef-019a3f6c2e00" };
        await using var opened = await OpenPage.OpenAsync(browser.Browser, server, query: Query);
        await Expect(opened.Page.GetByRole(AriaRole.Link, new() { Name = "another alert" })).ToHaveAttributeAsync("href", "?alert=0123456789abcdef-019a3f6c2e00");
        await Expect(opened.Page.GetByRole(AriaRole.Button)).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task MarkupInEveryFieldIsTextAndRunsNothing()
    {
        await using var server = await PageServer.StartAsync();
        server.Answers[Path] = Hostile(Markup);
        await using var opened = await OpenPage.OpenAsync(browser.Browser, server, query: Query);
        var page = opened.Page;
        await Expect(page.Locator("#alert-heading")).ToHaveTextAsync(Markup);
        await Expect(page.Locator("#alert-body .lines li")).ToHaveTextAsync(Markup);
        foreach (var part in (string[])["#people", "#operator", "#silence-list", "#delivery-list", "#decision-list", "#alert-body"]) await Expect(page.Locator(part)).ToContainTextAsync(Markup);
        await Expect(page.Locator("img, main script, iframe, main [onerror]")).ToHaveCountAsync(0);
        await Expect(page).ToHaveTitleAsync($"{Markup} on {Markup} – LogMonitor");
        Assert.Equal(["?alert=" + Uri.EscapeDataString(Markup)], (await page.Locator("#delivery-list a").EvaluateAllAsync<string[]>("all => all.map(a => a.getAttribute('href'))")).Select(href => href.Replace("'", "%27", StringComparison.Ordinal)));
        Assert.Empty(opened.Complaints);
    }

    [Fact]
    public async Task EscapesAndBidirectionalOverridesAreShownAsWhatTheyAre()
    {
        await using var server = await PageServer.StartAsync();
        server.Answers[Path] = Hostile("\u001B[2J\u202Egnp\u0007");
        await using var opened = await OpenPage.OpenAsync(browser.Browser, server, query: Query);
        await Expect(opened.Page.Locator("#alert-heading")).ToHaveTextAsync(@"\x1b[2J\u{202e}gnp\x07");
        Assert.DoesNotMatch(@"[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e]", await opened.Page.EvaluateAsync<string>("document.title + document.querySelector('main:not([hidden])').innerText"));
    }

    [Theory]
    [InlineData(320)]
    [InlineData(390)]
    [InlineData(768)]
    public async Task ANarrowScreenDoesNotScrollSideways(int width)
    {
        await using var server = await PageServer.StartAsync();
        server.Answers[Path] = Hostile(new string('x', 400));
        await using var opened = await OpenPage.OpenAsync(browser.Browser, server, width, query: Query);
        Assert.Equal(width, await opened.Page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
    }

    [Theory]
    [InlineData(ColorScheme.Light, 1280)]
    [InlineData(ColorScheme.Dark, 1280)]
    [InlineData(ColorScheme.Dark, 390)]
    public async Task AxeFindsNothingToComplainOf(ColorScheme scheme, int width)
    {
        await using var server = await PageServer.StartAsync();
        server.OnPost($"{Path}/acknowledge", () => server.Answers[Path] = Silenced());
        await using var opened = await OpenPage.OpenAsync(browser.Browser, server, width, scheme, Query);
        Assert.Empty(await opened.AskAxeAsync());
        if (Environment.GetEnvironmentVariable(ScreenshotVariable) is { Length: > 0 } folder)
            await opened.Page.ScreenshotAsync(new() { Path = System.IO.Path.Combine(folder, $"alert-{scheme}-{width}.png"), FullPage = true });

        await opened.Page.GetByLabel("Your name").FillAsync("anna");
        await opened.Page.GetByRole(AriaRole.Button, new() { Name = "I deal with it" }).ClickAsync();
        await Expect(opened.Page.GetByRole(AriaRole.Button, new() { Name = "End the silence" })).ToBeVisibleAsync();
        Assert.Empty(await opened.AskAxeAsync());
    }

    /// <summary>Names a folder for pictures of the page.</summary>
    const string ScreenshotVariable = "LOGMONITOR_SCREENSHOTS";

    static Dictionary<string, object?> Acknowledged()
    {
        var alert = Canned.OneAlert();
        alert["acknowledged"] = new { at = Canned.Now, by = "anna", comment = "on it" };
        return new(Canned.Details()) { ["alert"] = alert };
    }

    static Dictionary<string, object?> Silenced()
    {
        var alert = Canned.OneAlert();
        alert["silencedUntil"] = Canned.Now.AddHours(5);
        return new(Canned.Details()) { ["alert"] = alert, ["silences"] = new[] { Canned.Silence("alerts.yml:12", false), Canned.Silence("0a1b2c3d", true) } };
    }

    /// <summary>One text in every field that has text.</summary>
    static Dictionary<string, object?> Hostile(string text)
    {
        var alert = Canned.OneAlert();
        foreach (var field in (string[])["rule", "title", "level", "host", "threshold", "reason", "first", "last"]) alert[field] = text;
        alert["group"] = new Dictionary<string, string> { [text] = text };
        alert["samples"] = new[] { text };
        alert["history"] = new[] { new { time = text, @event = text, reason = text }, new { time = text, @event = "acknowledged", reason = text } };
        alert["acknowledged"] = new { at = text, by = text, comment = text };
        alert["silencedUntil"] = text;
        return new()
        {
            ["alert"] = alert,
            ["name"] = text,
            ["opened"] = text,
            ["resolved"] = text,
            ["techniques"] = new[] { text },
            ["deliveries"] = new[] { new { channel = text, kind = text, reason = text, state = text, attempts = 1, nextAttempt = text, lastResult = text, history = new[] { new { at = text, result = text } }, with = text } },
            ["silences"] = new[]
            {
                new { id = text, match = text, from = text, until = text, comment = text, by = text, holds = true, canEnd = true },
                new { id = text + "2", match = text, from = text, until = text, comment = text, by = text, holds = false, canEnd = false },
            },
            ["operator"] = new { name = text },
        };
    }

    static async Task TabToAsync(IPage page, string id)
    {
        for (var i = 0; i < 30 && await page.EvaluateAsync<string>("document.activeElement.id") != id; i++) await page.Keyboard.PressAsync("Tab");
        Assert.Equal(id, await page.EvaluateAsync<string>("document.activeElement.id"));
    }
}
