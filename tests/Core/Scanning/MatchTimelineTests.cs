using CsCheck;
using LogMonitor.Core.Detection;
using LogMonitor.Core.Scanning;

namespace LogMonitor.Core.Tests.Scanning;

/// <summary>A timeline forgets most of what it was given, and must find what <see cref="SlidingWindow"/> finds in all of it.</summary>
public sealed class MatchTimelineTests
{
    [Fact]
    public void IncidentsAreThoseOfAllMatchesWhateverTheOrderAndWheneverItForgets()
    {
        // Crowded stretches and lonely matches; now and then it is told to forget.
        var time = Gen.OneOf(Gen.Int[0, 3_000], Gen.Int[0, 200], Gen.Int[1_000, 1_300]);
        Gen.Select(Gen.Select(time, Gen.Int[0, 9]).Array[0, 300], Gen.Int[1, 8], Gen.Int[1, 90], Gen.Int[0, 300]).Sample((matches, minimum, span, grace) =>
        {
            var rule = Rule(minimum, span);
            var quiet = TimeSpan.FromSeconds(span + grace);
            var timeline = new MatchTimeline(rule, quiet);
            foreach (var (second, forgets) in matches)
            {
                timeline.Add(second * 1_000L);
                if (forgets == 0) timeline.Reduce();
            }
            Assert.Equal(Expected(matches.Select(match => match.Item1 * 1_000L), rule, quiet), timeline.FindIncidents());
            Assert.Equal(matches.Length, timeline.Matches);
        });
    }

    [Fact]
    public void MoreMatchesThanAreKeptGiveTheSameIncidents()
    {
        var random = new Random(7);
        var rule = Rule(minimum: 5, span: 60);
        var quiet = TimeSpan.FromMinutes(6);
        var timeline = new MatchTimeline(rule, quiet);
        // An hour of one incident, then a quiet day with a few, all shuffled.
        long[] times = [.. Enumerable.Range(0, 20_000).Select(_ => random.NextInt64(3_600_000)), .. Enumerable.Range(0, 1_000).Select(_ => random.NextInt64(86_400_000))];
        random.Shuffle(times);
        var most = 0;
        foreach (var time in times)
        {
            timeline.Add(time);
            most = Math.Max(most, timeline.Points);
        }
        Assert.InRange(most, 1, 8_000); // it has forgotten
        Assert.Equal(Expected(times, rule, quiet), timeline.FindIncidents());
    }

    [Fact]
    public void WhatIsDroppedIsCountedAndTheLatestStay()
    {
        var timeline = new MatchTimeline(Rule(minimum: 2, span: 1), TimeSpan.FromSeconds(1));
        foreach (var second in new[] { 50, 10, 10, 30, 20 }) timeline.Add(second * 1_000L);
        Assert.Equal(3, timeline.DropEarliest(2));
        Assert.Equal((2, 2), (timeline.Points, timeline.Matches));
        timeline.Add(50_000);
        Assert.Equal([new Incident(50_000, 50_000, 2)], timeline.FindIncidents());
    }

    [Fact]
    public void AsManyIncidentsAsMatchesAreFoundInOnePass()
    {
        const int Count = 300_000;
        var timeline = new MatchTimeline(Rule(minimum: 1, span: 1), TimeSpan.FromSeconds(1));
        for (var i = 0; i < Count; i++) timeline.Add(i * 10_000L);
        // Each looked at for each would be minutes.
        Assert.Equal(Count, timeline.FindIncidents().Count);
    }

    static WindowRule Rule(int minimum, int span) => new()
    {
        Id = new RuleId("rule"),
        About = new RuleAbout { Title = "Rule", Level = Level.Low },
        BaseRules = [],
        Timespan = TimeSpan.FromSeconds(span),
        Condition = WindowCondition.AtLeast(minimum),
        File = "rules.yml",
    };

    static List<Incident> Expected(IEnumerable<long> times, WindowRule rule, TimeSpan quiet)
    {
        var all = times.ToList();
        List<MatchPoint> points = [.. all.GroupBy(t => t).OrderBy(group => group.Key).Select(group => new MatchPoint(group.Key, group.Count()))];
        return [.. SlidingWindow.Join(SlidingWindow.Find(points, rule, out _), quiet)
            .Select(firing => new Incident(firing.First, firing.Last, all.Count(t => t >= firing.First && t <= firing.Last)))];
    }
}
