using LogMonitor.Core.Alerting.Plans;

namespace LogMonitor.Core.Tests.Alerting.Plans;

public sealed class WildcardsTests
{
    [Theory]
    [InlineData("web1", "WEB1", true)]
    [InlineData("web1", "web12", false)]
    [InlineData("web?", "web1", true)]
    [InlineData("web?", "web", false)]
    [InlineData("*", "", true)]
    [InlineData("", "", true)]
    [InlineData("", "a", false)]
    [InlineData("w*b*1", "web-b21", true)]
    [InlineData("*aab", "aaaab", true)]
    [InlineData("a*?", "a", false)]
    [InlineData(@"a\*", "a*", true)]
    [InlineData(@"a\*", "ab", false)]
    [InlineData(@"a\?", "a?", true)]
    [InlineData(@"a\?", "ab", false)]
    [InlineData(@"a\\*", @"a\b", true)]
    [InlineData(@"a\", @"a\", true)]
    public void APatternIsAboutTheWholeText(string pattern, string text, bool matches) => Assert.Equal(matches, Wildcards.Matches(pattern, text));

    /// <summary>Trying every way would take longer than the world is old.</summary>
    [Fact]
    public void ManyStarsTakeNoTime() => Assert.False(Wildcards.Matches(string.Concat(Enumerable.Repeat("*a", 200)) + "b", new string('a', 5_000)));
}
