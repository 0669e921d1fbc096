using CsCheck;
using LogMonitor.Core.Detection;

namespace LogMonitor.Core.Tests.Detection;

public sealed class SlidingWindowTests
{
    static readonly TimeSpan minute = TimeSpan.FromMinutes(1);

    [Fact]
    public void FiveWithinAMinuteFireHoweverTheMinuteIsCut()
    {
        // 50 s to 1 min 40 s: no calendar minute holds five of them.
        var firings = Find([50, 58, 66, 90, 100], out var peak);
        Assert.Equal([new Firing(50_000, 100_000, 5)], firings);
        Assert.Equal(5, peak);
    }

    [Fact]
    public void TheWindowIsHalfOpen()
    {
        Assert.Empty(Find([0, 10, 20, 30, 60], out var peak));
        Assert.Equal(4, peak);
        Assert.NotEmpty(Find([0.001, 10, 20, 30, 60], out _));
    }

    [Fact]
    public void MatchesOfOneInstantCountTogether() =>
        Assert.Equal([new Firing(7_000, 7_000, 5)], SlidingWindow.Find([new MatchPoint(7_000, 5)], Rule(minute, 5), out _));

    [Fact]
    public void MoreMatchesOfOneInstantThanAnIntHoldsAreTheMostThatItHolds()
    {
        List<MatchPoint> points = [new(7_000, int.MaxValue), new(7_000, 5), new(7_000, 5, Value: 1)];
        MatchPoint.Sort(points);
        Assert.Equal([new MatchPoint(7_000, int.MaxValue), new MatchPoint(7_000, 5, Value: 1)], points);
    }

    [Fact]
    public void JoinedFiringsAreTheSameWhateverTheOrderOrThePieces()
    {
        Gen.Select(Gen.Int[0, 5_000].Array[0, 60], Gen.Int[1, 6], Gen.Int[1, 400], Gen.Int[0, 600], Gen.Int[1, 6]).Sample((seconds, minimum, span, gap, pieces) =>
        {
            var timespan = TimeSpan.FromSeconds(span);
            var quiet = timespan + TimeSpan.FromSeconds(gap);
            var all = SlidingWindow.Join(SlidingWindow.Find(Points(seconds), Rule(timespan, minimum), out _), quiet);

            // What is found with the first n matches, joined with what is found with more, and so on, in the order of arrival.
            List<Firing> known = [];
            for (var n = 1; n <= pieces; n++)
            {
                var sofar = seconds[..(seconds.Length * n / pieces)];
                known = SlidingWindow.Join(known.Concat(SlidingWindow.Find(Points(sofar), Rule(timespan, minimum), out _)), quiet);
            }
            Assert.Equal(all, known);
        });
    }

    [Fact]
    public void FiringsAgreeWithTheDefinition()
    {
        Gen.Select(Gen.Int[0, 600].Array[0, 40], Gen.Int[1, 6], Gen.Int[1, 120]).Sample((seconds, minimum, span) =>
        {
            // Written as the specification says it: at each match, count those in (t − span, t].
            var firing = seconds.Where(t => seconds.Count(s => s > t - span && s <= t) >= minimum).Distinct().Order().ToList();
            var found = SlidingWindow.Find(Points(seconds), Rule(TimeSpan.FromSeconds(span), minimum), out _);
            Assert.Equal(firing.Count > 0, found.Count > 0);
            Assert.All(firing, t => Assert.Contains(found, f => f.First <= t * 1000L && t * 1000L <= f.Last));
            Assert.All(found, f => Assert.Contains((int)(f.Last / 1000), firing));
        });
    }

    static List<Firing> Find(double[] seconds, out long peak) =>
        SlidingWindow.Find([.. seconds.Select(s => new MatchPoint((long)(s * 1000), 1))], Rule(minute, 5), out peak);

    static List<MatchPoint> Points(IEnumerable<int> seconds) =>
        [.. seconds.GroupBy(s => s).OrderBy(g => g.Key).Select(g => new MatchPoint(g.Key * 1000L, g.Count()))];

    static WindowRule Rule(TimeSpan timespan, int minimum) => new()
    {
        Id = new RuleId("rule"),
        About = new RuleAbout { Title = "Rule", Level = Level.Low },
        BaseRules = [],
        Timespan = timespan,
        Condition = WindowCondition.AtLeast(minimum),
        File = "rules.yml",
    };
}
