using LogMonitor.Core.Chunks;
using LogMonitor.Shipper.Cutting;
using LogMonitor.Shipper.Following;
using LogMonitor.Shipper.Upload;
using Microsoft.Extensions.Time.Testing;

namespace LogMonitor.Shipper.Tests;

public sealed class NamesAndPolicyTests
{
    [Theory]
    [InlineData("/var/log/apache2/access.log", "apache2-access")]
    [InlineData("/var/log/auth.log", "auth")]
    [InlineData("/var/log/syslog", "syslog")]
    [InlineData("/work/samples/access.log", "samples-access")]
    [InlineData("/srv/shop/logs/error.log.1", "shop-error")]
    [InlineData("/var/log/nginx/access.log-20261122", "nginx-access")]
    [InlineData("/var/log/httpd/access_log", "httpd-access_log")]
    [InlineData("/var/log/My App/Fehler ü.log", "my-app-fehler")]
    [InlineData("/ü.log", "log")]
    public void AStreamIsNamedAfterItsPath(string path, string expected) => Assert.Equal(expected, StreamNames.Of(path));

    [Fact]
    public void LongPathsGetDifferentValidStreams()
    {
        var a = StreamNames.Of($"/srv/{new string('x', 100)}/a.log");
        var b = StreamNames.Of($"/srv/{new string('x', 100)}/b.log");

        Assert.True(ChunkId.IsStream(a));
        Assert.NotEqual(a, b);
    }

    [Theory]
    [InlineData("web1.example.org", "web1.example.org")]
    [InlineData("-web 1", "web-1")]
    [InlineData("ü", "localhost")]
    public void AHostIsTheMachinesNameMadeValid(string machine, string expected) => Assert.Equal(expected, StreamNames.HostOf(machine));

    [Theory]
    [InlineData("logs/*.log", "logs/a.log logs/b.log")]
    [InlineData("logs/?.log", "logs/a.log logs/b.log")]
    [InlineData("*/a*", "logs/a.log other/a.txt")]
    [InlineData("**/a.*", "a.md logs/a.log logs/deep/a.log other/a.txt")]
    [InlineData("logs/**", "logs/a.log logs/b.log logs/deep/a.log")]
    [InlineData("l*/deep/a.log", "logs/deep/a.log")]
    [InlineData("nothing/*", "")]
    [InlineData("missing.log", "missing.log")]
    public void APatternMatchesWholeNamesButNoHiddenAndNoCompressedFiles(string pattern, string expected)
    {
        var root = Directory.CreateTempSubdirectory("shipper-");
        try
        {
            foreach (var file in (string[])["a.md", "logs/a.log", "logs/b.log", "logs/b.log.gz", "logs/.hidden.log", "logs/deep/a.log", "other/a.txt"])
            {
                var path = Path.Join(root.FullName, file);
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                File.WriteAllText(path, "");
            }

            var found = GlobPattern.Expand(Path.Join(root.FullName, pattern)).Select(path => Path.GetRelativePath(root.FullName, path));

            Assert.Equal(expected, string.Join(' ', found));
        }
        finally
        {
            root.Delete(recursive: true);
        }
    }

    [Fact]
    public void TriesComeAtGrowingIntervalsOfAtMostAMinute()
    {
        var time = new FakeTimeProvider();
        var backoff = new Backoff(time, new Random(1));
        Assert.True(backoff.MayTry);
        foreach (var seconds in (double[])[1, 2, 4, 8, 16, 32, 60, 60])
        {
            backoff.Failed();
            Assert.InRange(backoff.Remaining.TotalSeconds, seconds / 2, seconds);
            Assert.False(backoff.MayTry);
            time.Advance(TimeSpan.FromSeconds(seconds));
            Assert.True(backoff.MayTry);
        }
        backoff.Succeeded();
        Assert.True(backoff.MayTry);
    }

    [Fact]
    public void ACutComesWithTheIntervalsMultipleOrOneIntervalAfterAClockSteppedBack()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 22, 12, 0, 25, TimeSpan.Zero));
        var clock = new FlushClock(time, TimeSpan.FromSeconds(30));
        var waiting = clock.Start();
        time.Advance(TimeSpan.FromSeconds(4));
        Assert.False(clock.IsOver(waiting));
        Assert.Equal(TimeSpan.FromSeconds(1), clock.UntilNext());

        time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(clock.IsOver(waiting));
        time.AdjustTime(new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.Zero));
        Assert.True(clock.IsOver(waiting));
    }
}
