using System.Text.RegularExpressions;
using LogMonitor.Core.Text;
using LogMonitor.Notifications.Tests.Support;

namespace LogMonitor.Notifications.Tests;

public sealed class MessageTextTests
{
    [Theory]
    [InlineData("opened", "[LogMonitor] high: 404 burst on web1 (12 matches)")]
    [InlineData("repeated", "[LogMonitor] high, still active: 404 burst on web1 (12 matches)")]
    [InlineData("resolved", "[LogMonitor] resolved: 404 burst on web1 (12 matches)")]
    public void TheSubjectTellsLevelTitleHostAndCount(string kind, string expected) =>
        Assert.Equal(expected, MessageText.From(Some.Message(kind)).Subject.ToString());

    [Fact]
    public void OneMatchIsNotManyAndAnAlertAcrossHostsNamesNone()
    {
        var message = Some.Message() with { Count = 1, Host = DisplayText.Empty };
        Assert.Equal("[LogMonitor] high: 404 burst (1 match)", MessageText.From(message).Subject.ToString());
    }

    [Fact]
    public void ThePlainTextHoldsWhatHappenedWhenWhereAndWhy()
    {
        Assert.Equal("""
            404 burst on web1

            12 matches, from 2026-07-01 10:15:03 to 10:15:58 UTC. The alert is for 5 or more within 1 minute.

            Host          web1
            c-ip          203.0.113.7
            Matches       12
            Threshold     5 or more within 1 minute
            Measured      7 at most
            First match   2026-07-01 10:15:03 UTC
            Last match    2026-07-01 10:15:58 UTC
            Level         high
            Rule          many-404s
            Sent because  FirstNotification
            Alert         many-404s~web1

            First matching lines:
              203.0.113.7 - - [01/Jul/2026:10:15:03 +0000] "GET /wp-login.php HTTP/1.1" 404 196 "-" "curl/8.5.0"
              203.0.113.7 - - [01/Jul/2026:10:15:04 +0000] "GET /.env HTTP/1.1" 404 196 "-" "curl/8.5.0"

            Alert: http://logs.example.org/?host=web1&day=2026-07-01

            """, MessageText.From(Some.Message()).Plain);
    }

    [Fact]
    public void EachKindReadsDifferently()
    {
        Assert.Contains("The alert is for 5 or more within 1 minute.", MessageText.From(Some.Message("opened")).Plain, StringComparison.Ordinal);
        Assert.Contains("It has not stopped: 12 matches so far", MessageText.From(Some.Message("repeated")).Plain, StringComparison.Ordinal);
        Assert.Contains("It is quiet again. 12 matches in all", MessageText.From(Some.Message("resolved")).Plain, StringComparison.Ordinal);
        Assert.Equal(3, new[] { "opened", "repeated", "resolved" }.Select(kind => MessageText.From(Some.Message(kind)).Html).Distinct().Count());
    }

    [Fact]
    public void TheHtmlHoldsTheSameFactsAsThePlainText()
    {
        var message = Some.Message();
        var html = MessageText.From(message).Html;
        foreach (var (label, value) in MessageContent.From(message).Facts)
            Assert.Contains($">{label}</dt>", html, StringComparison.Ordinal);
        Assert.Contains("&quot;GET /.env HTTP/1.1&quot; 404", html, StringComparison.Ordinal);
        Assert.Contains("href=\"http://logs.example.org/?host=web1&amp;day=2026-07-01\"", html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("opened")]
    [InlineData("repeated")]
    [InlineData("resolved")]
    [InlineData("\r\nBcc: x")]
    public void AHostileSubjectIsOneShortPrintableLine(string kind)
    {
        var subject = MessageText.From(Some.Hostile(kind)).Subject.ToString();
        Assert.InRange(subject.Length, 30, MessageContent.MaxSubject);
        Assert.All(subject, c => Assert.False(char.IsControl(c) || c is '\u202E' or '\u2028'));
        Assert.EndsWith("9,223,372,036,854,775,807 matches)", subject, StringComparison.Ordinal);
    }

    [Fact]
    public void HostileContentBecomesNoTagAndNoAttributeInTheHtml()
    {
        var harmless = TagsOf(MessageText.From(Some.Message() with { Group = [], Samples = [] }).Html);
        var hostile = MessageText.From(Some.Hostile()).Html;
        // Each tag of the hostile mail is one that a harmless mail has too, but for the link's address and the level's colour.
        Assert.Subset(harmless.Append("""<div class="line" style="S">""").Append("<h2 class=\"soft\" style=\"S\">").Append("</h2>").ToHashSet(), TagsOf(hostile));
        Assert.All(hostile.Where(char.IsControl), c => Assert.Equal('\n', c));
        Assert.DoesNotContain('\u202E', hostile);
        Assert.InRange(hostile.Length, 1000, 100_000);
    }

    [Fact]
    public void HostileContentAddsNoLineToThePlainText()
    {
        var plain = MessageText.From(Some.Hostile()).Plain;
        Assert.DoesNotContain(plain.Split('\n'), line => line.StartsWith("Bcc:", StringComparison.Ordinal));
        Assert.All(plain.Where(char.IsControl), c => Assert.Equal('\n', c));
        Assert.InRange(plain.Split('\n').Length, 10, 50);
    }

    [Theory]
    [InlineData("javascript:alert(1)")]
    [InlineData("data:text/html,<script>alert(1)</script>")]
    [InlineData("file:///etc/passwd")]
    public void ALinkLeadsToAWebPageOnly(string address)
    {
        var text = MessageText.From(Some.Message() with { DashboardUrl = new(address) });
        Assert.DoesNotContain("href", text.Html, StringComparison.Ordinal);
        Assert.DoesNotContain("Dashboard:", text.Plain, StringComparison.Ordinal);
    }

    static HashSet<string> TagsOf(string html) =>
        [.. Regex.Matches(html, "<[^>]*>").Select(tag => Regex.Replace(Regex.Replace(tag.Value, "style=\"[^\"]*\"", "style=\"S\""), "href=\"[^\"]*\"", "href=\"H\""))];

    [Theory]
    [InlineData("opened", 1, "One more alert came with it.")]
    [InlineData("opened", 2000, "2,000 more alerts came with it.")]
    [InlineData("repeated", 2, "2 more alerts go on as well.")]
    [InlineData("escalated", 1, "One more alert waits for somebody, too.")]
    [InlineData("resolved", 2, "2 more alerts are over as well.")]
    public void OthersAreCountedAndTheFirstTenNamed(string kind, int others, string words)
    {
        var text = MessageText.From(Some.Message(kind) with { Others = [.. Enumerable.Range(1, others).Select(i => DisplayText.From($"Another on web{i}: 3 matches"))] });
        Assert.Contains(words, text.Plain, StringComparison.Ordinal);
        Assert.Contains("With it       Another on web1: 3 matches\n", text.Plain, StringComparison.Ordinal);
        Assert.Equal(Math.Min(10, others), text.Plain.Split("With it ").Length - 1);
        Assert.Equal(others > 10, text.Plain.Contains($"…             {(others - 10).ToString("N0", System.Globalization.CultureInfo.InvariantCulture)} more alerts\n", StringComparison.Ordinal));
        Assert.Contains("Another on web1: 3 matches", text.Html, StringComparison.Ordinal);
    }
}
