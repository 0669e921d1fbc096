using LogMonitor.Shipper.Following;

namespace LogMonitor.Shipper.Tests;

public sealed class GlobTests
{
    [Theory]
    [InlineData("/var/log/*.log", "/var/log/a.log", true)]
    [InlineData("/var/log/*.log", "/var/log/sub/a.log", false)]
    [InlineData("/var/log/**", "/var/log/sub/a.log", true)]
    [InlineData("/var/log/**", "/var/log", false)]
    [InlineData("/var/**/a.log", "/var/a.log", true)]
    [InlineData("/var/**/a.log", "/var/x/y/a.log", true)]
    [InlineData("/var/**/a.log", "/var/x/y/b.log", false)]
    [InlineData("debug-?.log", "/anywhere/debug-1.log", true)]
    [InlineData("debug-?.log", "/debug-1.log/access.log", false)]
    [InlineData("/var/log/a.log", "/var/log/a.log", true)]
    [InlineData("/var/log/A.log", "/var/log/a.log", false)]
    public void AnExclusionMatchesAsPatternsDo(string pattern, string path, bool expected) => Assert.Equal(expected, GlobPattern.Matches(pattern, path));
}
