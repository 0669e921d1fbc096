using System.Web;
using LogMonitor.Core.Alerting;

namespace LogMonitor.Core.Tests.Alerting;

public sealed class AcknowledgeLinksTests
{
    static readonly DateTimeOffset now = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);
    static readonly string key = new('k', AcknowledgeLinks.MinKeyLength);
    static readonly AcknowledgeLinks links = new(new Uri("https://logs.example.org/"), key);

    [Fact]
    public void ALinkIsGoodForAWeek()
    {
        var link = links.For("0011-22", now)!;
        Assert.StartsWith("https://logs.example.org/acknowledge?alert=0011-22&until=1794139200&signature=", link.AbsoluteUri, StringComparison.Ordinal);
        Assert.True(IsGood(link, now));
        Assert.True(IsGood(link, now.AddDays(7).AddSeconds(-1)));
        Assert.False(IsGood(link, now.AddDays(7)));
    }

    [Theory]
    [InlineData("alert", "0011-23")]
    [InlineData("alert", "")]
    [InlineData("until", "1794139201")]
    [InlineData("until", "+1794139200")]
    [InlineData("until", "9999999999999999999999")]
    [InlineData("signature", "")]
    [InlineData("signature", "AAAA")]
    public void AChangedLinkIsNot(string name, string value)
    {
        var query = HttpUtility.ParseQueryString(links.For("0011-22", now)!.Query);
        query[name] = value;
        Assert.False(links.IsGood(query["alert"], query["until"], query["signature"], now));
    }

    [Fact]
    public void NorOneOfAnotherKeyNorAnyWithoutAKey()
    {
        var other = new AcknowledgeLinks(new Uri("https://logs.example.org/"), new string('l', AcknowledgeLinks.MinKeyLength));
        Assert.False(IsGood(other.For("0011-22", now)!, now));
        var query = HttpUtility.ParseQueryString(links.For("0011-22", now)!.Query);
        Assert.False(new AcknowledgeLinks(null, null).IsGood(query["alert"], query["until"], query["signature"], now));
        Assert.False(links.IsGood(null, null, null, now));
    }

    [Fact]
    public void WithoutAnAddressOrAKeyThereAreNone()
    {
        Assert.Null(new AcknowledgeLinks(null, key).For("a", now));
        Assert.Null(new AcknowledgeLinks(new Uri("https://logs.example.org/"), null).For("a", now));
    }

    static bool IsGood(Uri link, DateTimeOffset at)
    {
        var query = HttpUtility.ParseQueryString(link.Query);
        return links.IsGood(query["alert"], query["until"], query["signature"], at);
    }
}
