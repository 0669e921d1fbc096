using System.Text;
using LogMonitor.Core.Chunks;
using LogMonitor.Core.Detection;
using LogMonitor.Core.Parsing;

namespace LogMonitor.Core.Tests.Detection;

public sealed class ChunkCounterTests
{
    static readonly DateTimeOffset cut = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);
    static readonly EventHour cutHour = EventHour.Of(cut);

    /// <summary>Any line with an x counts; for two base rules at once, and for each client apart.</summary>
    static readonly RuleSet rules = SigmaLoader.Load([("rules.yml", """
        title: x
        id: x
        logsource: {product: linux}
        detection: {s: [x], condition: s}
        ---
        title: y
        id: y
        logsource: {product: linux}
        detection: {s: [y], condition: s}
        ---
        title: x or y
        id: both
        correlation: {type: event_count, rules: [x, y], timespan: 1m, condition: {gte: 5}}
        ---
        title: x by client
        id: by-client
        correlation: {type: event_count, rules: [x], group-by: [c-ip], timespan: 1m, condition: {gte: 5}}
        """)]);

    static void Add(ChunkCounter counter, string text, long? time = null, string client = "") => counter.Add(new LogLine(Encoding.UTF8.GetBytes(text))
    {
        Class = LineClass.Access,
        Time = time ?? LogLine.NoTime,
        Client = Encoding.UTF8.GetBytes(client),
    });

    [Fact]
    public void ALineThatTwoBaseRulesMatchCountsOnceForTheirWindow()
    {
        var counter = new ChunkCounter(rules, cut);
        Add(counter, "x and y");
        var group = Assert.Single(Assert.Single(counter.Hours).Value.MatchGroups, group => group.Key.Rule.Value == "both");
        Assert.Equal(1, Assert.Single(group.Points).Count);
        Assert.Equal((1, 1), (counter.Summary.Rules["x"], counter.Summary.Rules["y"]));
    }

    [Fact]
    public void ALineWithoutATimeCountsAtTheOneBeforeItOrAtTheCut()
    {
        var counter = new ChunkCounter(rules, cut);
        Add(counter, "x");
        Add(counter, "x", cutHour.Start - 60_000);
        Add(counter, "x");
        Add(counter, "x", -1);
        Add(counter, "x", 253_402_300_800_000);

        var hours = counter.Hours.ToDictionary();
        Assert.Equal([cutHour + -1, cutHour], hours.Keys.Order());
        Assert.Equal(4, hours[cutHour + -1].Minutes[59].Access);
        Assert.Equal(1, hours[cutHour].Minutes[0].Access);
        var at = DateTimeOffset.FromUnixTimeMilliseconds(cutHour.Start - 60_000);
        Assert.Equal((at, at), (counter.Summary.FirstEvent, counter.Summary.LastEvent));
    }

    [Fact]
    public void MoreHoursThanTheLimitAreCountedUnderTheCut()
    {
        var counter = new ChunkCounter(rules, cut);
        const int Lines = ChunkLimits.MaxEventHours + 500;
        for (var i = 0; i < Lines; i++) Add(counter, "x", i * 3_600_000L);
        Assert.Equal(ChunkLimits.MaxEventHours, counter.Hours.Count());
        Assert.Equal(Lines, counter.Summary.Access);
        Assert.Equal(Lines, counter.Hours.Sum(hour => hour.Value.Minutes.Values.Sum(minute => minute.Access)));
        Assert.Equal(Lines, counter.Hours.Sum(hour => hour.Value.MatchGroups.Where(group => group.Key.Rule.Value == "both").Sum(group => group.Points.Sum(point => point.Count))));
        Assert.Equal(501, counter.Hours.Single(hour => hour.Key == cutHour).Value.Minutes[0].Access);
    }

    [Fact]
    public void ALineWhoseHourIsBeyondTheLimitKeepsItsTimeInTheTotals()
    {
        var counter = new ChunkCounter(rules, cut);
        for (var i = 0; i <= ChunkLimits.MaxEventHours; i++) Add(counter, "x", i * 3_600_000L);
        Assert.Equal(DateTimeOffset.FromUnixTimeMilliseconds(ChunkLimits.MaxEventHours * 3_600_000L), counter.Summary.LastEvent);
    }

    [Fact]
    public void SamplesAreFewAndShort()
    {
        var counter = new ChunkCounter(rules, cut);
        for (var i = 0; i < 1_000; i++) Add(counter, $"x{new string('z', 1_000)}", cutHour.Start + i, $"client {i % 500}");
        var groups = Assert.Single(counter.Hours).Value.MatchGroups;
        Assert.All(groups, group => Assert.InRange(group.Samples.Count, 0, ChunkLimits.MaxSamplesPerGroup));
        Assert.Equal(ChunkLimits.MaxGroupsWithSamples, groups.Count(group => group.Key.Rule.Value == "by-client" && group.Samples.Count > 0));
        Assert.All(groups.SelectMany(group => group.Samples), sample => Assert.InRange(sample.Text.Length, 1, ChunkLimits.MaxSampleBytes + 1));
    }

}
