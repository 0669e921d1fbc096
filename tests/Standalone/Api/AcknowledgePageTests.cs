using System.Net;
using System.Text.RegularExpressions;
using LogMonitor.Standalone.Tests.Support;
using LogMonitor.Tests.Support;
using MimeKit;

namespace LogMonitor.Standalone.Tests.Api;

/// <summary>From the mail to the acknowledgement, as somebody with a phone does it.</summary>
public sealed partial class AcknowledgePageTests(AzuriteFixture azurite) : IDisposable
{
    static readonly CancellationToken none = TestContext.Current.CancellationToken;

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task TheLinkInAMailAsksAndItsAnswerAcknowledges()
    {
        await using var program = LogMonitorProcess.Start(
            ["up", "--port", "0", "--data", folder["data"], "--host", "web1"], new Dictionary<string, string?> { ["LogStorage"] = azurite.TakeAccount(), ["EvaluateSchedule"] = "* * * * * *" });
        using var client = await program.ConnectAsync();
        await Poll.UntilAsync("the mail is sent", () => Task.FromResult(program.Output.Contains("Sent by mail-folder: Urgent log entries on web1", StringComparison.Ordinal)));
        var mails = await Task.WhenAll(Directory.GetFiles(folder["data/mail"], "*.eml").Select(mail => MimeMessage.LoadAsync(mail, none)));
        var mail = mails.Single(mail => mail.Subject!.Contains("Urgent log entries", StringComparison.Ordinal));
        var link = new Uri(Link().Match(mail.TextBody!).Groups[1].Value);
        Assert.Contains(WebUtility.HtmlEncode(link.AbsoluteUri), mail.HtmlBody, StringComparison.Ordinal);
        Assert.Equal(client.BaseAddress!.Port, link.Port);

        // A mail scanner follows it, more than once.
        for (var i = 0; i < 2; i++)
        {
            using var asked = await client.GetAsync(link, none);
            Assert.Equal((HttpStatusCode.OK, "text/html"), (asked.StatusCode, asked.Content.Headers.ContentType!.MediaType));
            Assert.Contains("<h1>Urgent log entries on web1</h1>", await asked.Content.ReadAsStringAsync(none), StringComparison.Ordinal);
            Assert.Equal(("no-store", "no-referrer"), (asked.Headers.CacheControl!.ToString(), asked.Headers.GetValues("Referrer-Policy").Single()));
            Assert.Contains("default-src 'none'", asked.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        }
        Assert.Contains("<form", await client.GetStringAsync(link, none), StringComparison.Ordinal);

        const string name = "<script>alert(1)</script>";
        using var answer = new FormUrlEncodedContent([new("by", name + new string('x', 500)), new("comment", "on it")]);
        using var acknowledged = await client.PostAsync(link, answer, none);
        Assert.Contains("Acknowledged. It is not repeated, nor told to others.", await acknowledged.Content.ReadAsStringAsync(none), StringComparison.Ordinal);
        var page = await Poll.UntilAsync("the evaluation has seen it", async () => await client.GetStringAsync(link, none) is var text && text.Contains("deals with it.", StringComparison.Ordinal) ? text : null);
        Assert.Contains("&lt;script&gt;alert(1)&lt;/script&gt;xxx", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", page, StringComparison.Ordinal);

        using var forged = await client.GetAsync(new Uri(link.AbsoluteUri.Replace("until=", "until=9", StringComparison.Ordinal)), none);
        Assert.Equal(HttpStatusCode.Forbidden, forged.StatusCode);
        using var without = await client.PostAsync(new Uri(link.AbsoluteUri.Split('&')[0]), null, none);
        Assert.Equal(HttpStatusCode.Forbidden, without.StatusCode);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder["data/link-key"]));
    }

    [Fact]
    public async Task AKeyThatCouldBeGuessedIsRefused()
    {
        await using var program = LogMonitorProcess.Start(
            ["up", "--port", "0", "--data", folder["data"]], new Dictionary<string, string?> { ["LogStorage"] = azurite.TakeAccount(), ["Alerts__LinkKey"] = "topsecret" });
        Assert.Equal(2, await program.ExitAsync());
        Assert.Contains("logmonitor: The setting 'Alerts__LinkKey' is too short", program.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("topsecret", program.Output, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"^Acknowledge: (http://\S+)\s*$", RegexOptions.Multiline)]
    private static partial Regex Link();
}
