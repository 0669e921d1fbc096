using LogMonitor.Core.Detection;

namespace LogMonitor.Core.Tests.Detection;

/// <summary>What is looked at together is bounded.</summary>
public sealed class MatchTableTests
{
    static readonly RuleSet rules = SigmaLoader.Load([("rules.yml", Pipeline.TestPipeline.Rules)]);
    static readonly WindowRule rule = rules.Windows.Single(window => window.Id.Value == "client-burst");

    [Fact]
    public void OfTooManySamplesTheFirstOfLongerAndLongerIntervalsAreKept()
    {
        var table = new MatchTable(rules);
        for (var minute = 0; minute < 120; minute++)
            for (var client = 0; client < 20; client++)
            {
                table.Add(Group($"192.0.2.{client}", minute * 60_000L + client, samples: 3, length: 100));
                table.Limit(1_000, maxSampleLength: 100_000);
            }
        Assert.InRange(SampleLength(table), 1, 100_000);
        Assert.All(table.GroupsOf(rule), group => Assert.Equal("0", group.Matches.Samples[0].Text[..1]));
        Assert.Equal(0, table.LeftOut);
        Assert.True(table.IsComplete(rule));
        Assert.Equal(20 * 120 * 3, table.GroupsOf(rule).Sum(group => group.Matches.Count));
    }

    [Fact]
    public void OfVeryManyGroupsTheSmallestLoseTheirSamples()
    {
        var table = new MatchTable(rules);
        for (var client = 0; client < 5_000; client++)
        {
            table.Add(Group($"client{client}", 0, samples: client == 7 ? 3 : 1, length: 100));
            table.Limit(10_000, maxSampleLength: 10_000);
        }
        Assert.InRange(SampleLength(table), 1, 10_000);
        Assert.NotEmpty(table.GroupsOf(rule).Single(group => group.Key.Group[0] == "client7").Matches.Samples);
    }

    [Fact]
    public void OfTooManyMatchesTheEarliestOfTheLargestGroupsGo()
    {
        var table = new MatchTable(rules);
        for (var second = 0; second < 5_000; second++) table.Add(Group("flood", second * 1_000L, 1, 10));
        for (var client = 0; client < 100; client++) table.Add(Group($"192.0.2.{client}", 0, 1, 10));
        table.Limit(10_000, maxPoints: 2_000);
        Assert.InRange(table.LeftOut, 4_100, 5_000);
        Assert.False(table.IsComplete(rule));
        var groups = table.GroupsOf(rule).ToDictionary(group => group.Key.Group[0], group => group.Matches);
        Assert.Equal(101, groups.Count);
        Assert.Equal(5_100 - table.LeftOut, groups.Values.Sum(group => group.Count));
        Assert.Equal(4_999_000, groups["flood"].Points[^1].Time);
    }

    static long SampleLength(MatchTable table) => table.GroupsOf(rule).Sum(group => group.Matches.Samples.Sum(sample => (long)sample.Text.Length));

    static MatchGroup Group(string client, long time, int samples, int length)
    {
        var group = new MatchGroup(new MatchKey(rule.Id, [client]), rules.ShapeOf(rule.Id));
        for (var i = 0; i < samples; i++)
        {
            group.Add(time + i);
            group.Add(new MatchSample(time + i, i + 1, new string((char)('0' + i), length)));
        }
        return group;
    }
}
