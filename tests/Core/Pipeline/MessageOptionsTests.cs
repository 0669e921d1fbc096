using LogMonitor.Core.Pipeline;

namespace LogMonitor.Core.Tests.Pipeline;

public sealed class MessageOptionsTests
{
    [Theory]
    [InlineData("http://localhost:8686/", "http://localhost:8686/?alert=0123456789abcdef-018")]
    [InlineData("https://logs.example.org", "https://logs.example.org/?alert=0123456789abcdef-018")]
    [InlineData("https://example.org/logs/", "https://example.org/logs/?alert=0123456789abcdef-018")]
    [InlineData("https://example.org/logs?team=a", "https://example.org/logs?team=a&alert=0123456789abcdef-018")]
    public void AnAlertsPageIsTheDashboardAskedForIt(string dashboard, string page) =>
        Assert.Equal(page, new MessageOptions(new(dashboard)).PageOf("0123456789abcdef-018")!.AbsoluteUri);

    [Fact]
    public void WithoutADashboardThereIsNoPage() => Assert.Null(new MessageOptions(null).PageOf("a"));
}
