using System.Net;
using System.Text.RegularExpressions;
using LogMonitor.Standalone.Tests.Support;
using LogMonitor.Tests.Support;

namespace LogMonitor.Standalone.Tests.Api;

/// <summary>The HTTP functions behind the real server.</summary>
public sealed partial class DashboardHttpTests(RunningProgram program) : IClassFixture<RunningProgram>
{
    static readonly CancellationToken none = TestContext.Current.CancellationToken;

    [Fact]
    public async Task ThePageAndItsAssetsAreServedWithAPolicyThatRunsOnlyOurScripts()
    {
        using var page = await program.Client.GetAsync("/", none);
        var html = await page.Content.ReadAsStringAsync(none);
        Assert.Equal("text/html; charset=utf-8", page.Content.Headers.ContentType!.ToString());
        Assert.Equal("no-cache", page.Headers.CacheControl!.ToString());
        AssertGuarded(page);
        Assert.DoesNotMatch(@"<script(?![^>]*\ssrc=)|\son\w+=|\sstyle=|javascript:", html);

        var assets = Asset().Matches(html).Select(match => match.Value).ToList();
        Assert.NotEmpty(assets);
        foreach (var path in assets)
        {
            using var asset = await program.Client.GetAsync(path, none);
            Assert.Equal(HttpStatusCode.OK, asset.StatusCode);
            Assert.Equal(path.EndsWith(".js", StringComparison.Ordinal) ? "text/javascript; charset=utf-8" : "text/css; charset=utf-8", asset.Content.Headers.ContentType!.ToString());
            Assert.Contains("immutable", asset.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
            AssertGuarded(asset);
        }
    }

    [Fact]
    public async Task TheApiAnswersEachQuestion()
    {
        var counts = await program.Client.GetJsonAsync("api/counts?minutes=60", none);
        var minute = Assert.Single(counts.GetProperty("minutes").EnumerateArray());
        Assert.Equal("2026-11-01T09:00:00+00:00", minute.GetProperty("minute").GetString());
        Assert.Equal(2, minute.GetProperty("access").GetInt64());
        Assert.Equal(1, minute.GetProperty("statuses").GetProperty("404").GetInt64());

        Assert.Equal("web1", Assert.Single((await program.Client.GetJsonAsync("api/hosts", none)).EnumerateArray()).GetProperty("host").GetString());
        Assert.Empty((await program.Client.GetJsonAsync("api/alerts?state=all", none)).EnumerateArray());
        Assert.Single((await program.Client.GetJsonAsync("api/reports?take=1", none)).EnumerateArray(), report => report.GetProperty("host").GetString() == "web1");
        Assert.Empty((await program.Client.GetJsonAsync("api/counts?minutes=60&host=web2", none)).GetProperty("minutes").EnumerateArray());
        Assert.Empty((await program.Client.GetJsonAsync("api/counts?minutes=1&until=2026-11-01T09:05:00Z", none)).GetProperty("minutes").EnumerateArray());
    }

    [Theory]
    [InlineData("api/reports?take=0", "take must be a whole number from 1 to 500, but is '0'")]
    [InlineData("api/reports?take=501", "take must be a whole number from 1 to 500, but is '501'")]
    [InlineData("api/reports?take=ten", "take must be a whole number from 1 to 500, but is 'ten'")]
    [InlineData("api/reports?take=99999999999", "take must be a whole number from 1 to 500, but is '99999999999'")]
    [InlineData("api/counts?minutes=1441", "minutes must be a whole number from 1 to 1440, but is '1441'")]
    [InlineData("api/counts?minutes=-1", "minutes must be a whole number from 1 to 1440, but is '-1'")]
    [InlineData("api/counts?until=yesterday", "until must be a time such as 2026-11-01T12:00:00Z, but is 'yesterday'")]
    [InlineData("api/counts?until=0001-01-01T00:00:00Z", "until must be a time such as 2026-11-01T12:00:00Z, but is '0001-01-01T00:00:00Z'")]
    [InlineData("api/counts?until=9999-12-31T23:59:59Z", "until must be a time such as 2026-11-01T12:00:00Z, but is '9999-12-31T23:59:59Z'")]
    [InlineData("api/alerts?state=closed", "state must be open or all, but is 'closed'")]
    public async Task AWrongQuestionIsAnsweredWithWhatIsExpected(string path, string message)
    {
        using var answer = await program.Client.GetAsync(path, none);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("application/json; charset=utf-8", answer.Content.Headers.ContentType!.ToString());
        using var json = System.Text.Json.JsonDocument.Parse(await answer.Content.ReadAsStringAsync(none));
        Assert.Equal(message, json.RootElement.GetProperty("error").GetString());
    }

    [Theory]
    [InlineData("api/counts?until=1970-01-01T00:00:00Z")]
    [InlineData("api/counts?until=9998-12-31T23:59:59Z&minutes=1440")]
    [InlineData("api/counts?host=%27%20or%20PartitionKey%20ne%20%27")]
    [InlineData("api/counts?host=%00")]
    public async Task AStrangeQuestionFindsNothingAndBreaksNothing(string path)
    {
        using var answer = await program.Client.GetAsync(path, none);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains("\"minutes\":[]", await answer.Content.ReadAsStringAsync(none), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET", "index.html", HttpStatusCode.NotFound)]
    [InlineData("GET", "api", HttpStatusCode.NotFound)]
    [InlineData("GET", "assets/", HttpStatusCode.NotFound)]
    [InlineData("GET", "assets/none.js", HttpStatusCode.NotFound)]
    [InlineData("POST", "api/reports", HttpStatusCode.MethodNotAllowed)]
    [InlineData("DELETE", "", HttpStatusCode.MethodNotAllowed)]
    public async Task WhatIsNotARouteIsNotServed(string method, string path, HttpStatusCode status)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        using var answer = await program.Client.SendAsync(request, none);
        Assert.Equal(status, answer.StatusCode);
    }

    [Theory]
    [InlineData("/assets/../host.json")]
    [InlineData("/assets/../../host.json")]
    [InlineData("/assets/..%2f..%2fhost.json")]
    [InlineData("/assets/%2e%2e/%2e%2e/host.json")]
    [InlineData("/assets/..%5c..%5chost.json")]
    [InlineData("/assets/%252e%252e%252f%252e%252e%252fhost.json")]
    [InlineData("/assets/..%2findex.html")]
    [InlineData("/assets//etc/passwd")]
    [InlineData("/../../../../etc/passwd")]
    [InlineData("/assets/..%2f..%2fhost.json%00.js")]
    [InlineData("/assets/%00.js")]
    public async Task NoPathLeadsOutOfTheDashboardsFolder(string target)
    {
        var answer = await program.GetRawAsync(target);
        Assert.Matches(@"\AHTTP/1\.1 40[04] ", answer);
        Assert.DoesNotContain("routePrefix", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("root:", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("<html", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("localhost", "200")]
    [InlineData("127.0.0.1:8686", "200")]
    [InlineData("[::1]", "200")]
    [InlineData("evil.example", "400")]
    [InlineData("localhost.evil.example", "400")]
    [InlineData("evil.example:80", "400")]
    [InlineData("", "400")]
    public async Task OnlyRequestsToOurOwnNamesAreAnswered(string host, string status)
    {
        foreach (var path in (string[])["/", "/api/reports"])
            Assert.StartsWith($"HTTP/1.1 {status} ", await program.GetRawAsync(path, host), StringComparison.Ordinal);
    }

    static void AssertGuarded(HttpResponseMessage answer)
    {
        var policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
        Assert.StartsWith("default-src 'none'; script-src 'self'; style-src 'self';", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
        Assert.Equal("no-referrer", Assert.Single(answer.Headers.GetValues("Referrer-Policy")));
    }

    [GeneratedRegex("""(?<=")[^"]*assets/[^"]+(?=")""")]
    private static partial Regex Asset();
}
