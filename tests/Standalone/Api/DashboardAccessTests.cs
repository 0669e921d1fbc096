using System.Net;
using LogMonitor.Functions.Api;
using LogMonitor.Standalone.Tests.Support;
using LogMonitor.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Configuration;

namespace LogMonitor.Standalone.Tests.Api;

public sealed class DashboardAccessTests(AzuriteFixture azurite)
{
    static readonly CancellationToken none = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null, null, null, true)]
    [InlineData("app", null, null, false)]
    [InlineData("app", "False", null, false)]
    [InlineData("app", "True", null, true)]
    [InlineData("app", null, "false", false)]
    [InlineData("app", null, "true", true)]
    public void InAzureTheDashboardIsClosedUnlessThePlatformAsksForASignIn(string? site, string? auth, string? anonymous, bool isOpen)
    {
        var access = new DashboardAccess(new ConfigurationBuilder().AddInMemoryCollection(
        [
            new("WEBSITE_SITE_NAME", site), new("WEBSITE_AUTH_ENABLED", auth), new("Dashboard:AllowAnonymous", anonymous),
        ]).Build());
        Assert.Equal(isOpen, access.Refusal is null);
        if (!isOpen) Assert.Equal(403, Assert.IsType<ContentResult>(access.Refusal).StatusCode);
    }

    /// <summary>Where the platform does not sign people in, its header is what anybody sends.</summary>
    [Theory]
    [InlineData(null, null, null, "anna@example.org", null, true)]
    [InlineData(null, "true", null, "anna@example.org", null, true)]
    [InlineData("app", "true", null, "anna@example.org", "anna@example.org", true)]
    [InlineData("app", "true", null, " anna\u202e\n ", @"anna\u{202e}", true)]
    [InlineData("app", "true", null, null, null, false)]
    [InlineData("app", "true", null, " ", null, false)]
    [InlineData("app", null, "true", null, null, false)]
    [InlineData("app", null, "true", "anna@example.org", null, false)]
    public void InAzureOnlyWhoIsSignedInChangesSomething(string? site, string? auth, string? anonymous, string? header, string? name, bool mayChange)
    {
        var access = new DashboardAccess(new ConfigurationBuilder().AddInMemoryCollection(
        [
            new("WEBSITE_SITE_NAME", site), new("WEBSITE_AUTH_ENABLED", auth), new("Dashboard:AllowAnonymous", anonymous),
        ]).Build());
        var request = new DefaultHttpContext().Request;
        if (header is not null) request.Headers["X-MS-CLIENT-PRINCIPAL-NAME"] = header;
        Assert.Equal((name, mayChange), (access.NameOf(request), access.WhyReadOnly(request) is null));
    }

    [Fact]
    public async Task AClosedDashboardShowsNeitherPageNorData()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder["access.log"], "", none);
        await using var program = LogMonitorProcess.Start(
            ["up", "--port", "0", "--data", folder["data"], "--log", folder["access.log"]],
            new Dictionary<string, string?> { ["LogStorage"] = azurite.TakeAccount(), ["WEBSITE_SITE_NAME"] = "shop-monitor" });
        using var client = await program.ConnectAsync();
        foreach (var path in (string[])["", "assets/index.js", "api/reports", "api/counts", "api/alerts", "api/alerts/0123456789abcdef-1", "api/hosts", "api/reports?take=0", "POST api/alerts/0123456789abcdef-1/acknowledge", "POST api/alerts/0123456789abcdef-1/silence", "POST api/silences/01234567/end"])
        {
            using var request = path.StartsWith("POST ", StringComparison.Ordinal) ? new HttpRequestMessage(HttpMethod.Post, path[5..]) : new HttpRequestMessage(HttpMethod.Get, path);
            using var answer = await client.SendAsync(request, none);
            Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
            Assert.Equal(
                "The dashboard is closed: switch on App Service authentication for this function app, or set Dashboard__AllowAnonymous to true to show logs to anybody.",
                await answer.Content.ReadAsStringAsync(none));
        }
    }
}
