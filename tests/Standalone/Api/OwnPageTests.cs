using LogMonitor.Functions.Api;
using Microsoft.AspNetCore.Http;

namespace LogMonitor.Standalone.Tests.Api;

public sealed class OwnPageTests
{
    const string Json = "application/json", NotJson = "Content-Type", NotOurs = "does not come from the dashboard's own page";

    [Theory]
    [InlineData(Json, "same-origin", null, null)]
    [InlineData("Application/JSON; charset=utf-8", "same-origin", null, null)]
    [InlineData(Json, null, "https://logs.example.org", null)]
    [InlineData(Json, null, "http://LOGS.example.org", null)]
    [InlineData(Json, null, "https://front.example.org:8443", null)]
    [InlineData(Json, "same-origin", "https://whatever.example", null)]
    [InlineData(null, "same-origin", "https://logs.example.org", NotJson)]
    [InlineData("", "same-origin", null, NotJson)]
    [InlineData("text/plain", "same-origin", null, NotJson)]
    [InlineData("text/plain; application/json", "same-origin", null, NotJson)]
    [InlineData("application/x-www-form-urlencoded", "same-origin", null, NotJson)]
    [InlineData(Json, null, null, NotOurs)]
    [InlineData(Json, "cross-site", null, NotOurs)]
    [InlineData(Json, "same-site", "https://logs.example.org", NotOurs)]
    [InlineData(Json, "none", "https://logs.example.org", NotOurs)]
    [InlineData(Json, "same-origin, cross-site", "https://logs.example.org", NotOurs)]
    [InlineData(Json, null, "null", NotOurs)]
    [InlineData(Json, null, "https://evil.example", NotOurs)]
    [InlineData(Json, null, "https://logs.example.org.evil.example", NotOurs)]
    [InlineData(Json, null, "https://logs.example.org:444", NotOurs)]
    [InlineData(Json, null, "https://evil.example/https://logs.example.org", NotOurs)]
    [InlineData(Json, null, "https://logs.example.org@evil.example", NotOurs)]
    public void OnlyOurOwnPageMayChangeSomething(string? contentType, string? site, string? origin, string? refusal)
    {
        var request = new DefaultHttpContext().Request;
        (request.Host, request.ContentType) = (new HostString("logs.example.org"), contentType);
        if (site is not null) request.Headers["Sec-Fetch-Site"] = site;
        if (origin is not null) request.Headers.Origin = origin;
        var found = OwnPage.RefusalOf(request, new Uri("https://front.example.org:8443/logs/"));
        if (refusal is null) Assert.Null(found);
        else Assert.Contains(refusal, found, StringComparison.Ordinal);
    }
}
