using LogMonitor.Core.Alerting;
using LogMonitor.Core.Chunks;
using LogMonitor.Core.Detection;

namespace LogMonitor.Core.Tests.Alerting;

/// <summary>Alerts and what they are made of, where a test cares about one or two of their properties.</summary>
static class Some
{
    /// <summary>The time that the tests' minutes count from, in event time and in processing time.</summary>
    public static readonly DateTimeOffset Start = new(2026, 11, 1, 9, 0, 0, TimeSpan.Zero);

    public static readonly WindowRule Rule = new()
    {
        Id = new RuleId("burst"),
        About = new RuleAbout { Title = "Burst of 404s", Level = Level.Medium },
        BaseRules = [new RuleId("base")],
        GroupBy = ["c-ip"],
        Timespan = TimeSpan.FromMinutes(1),
        Condition = WindowCondition.AtLeast(3),
        File = "rules.yml",
    };

    public static readonly MatchKey Key = new(Rule.Id, ["192.0.2.1"]);

    public static DateTimeOffset Minute(double minutes) => Start.AddMinutes(minutes);

    public static EventHour Hour(int hours) => EventHour.Of(Start) + hours;

    /// <summary>An alert that was opened at minute 0 and seen last at <paramref name="seen"/>.</summary>
    public static Alert Alert(AlertState state = AlertState.Open, double seen = 0, double? notified = null) => new()
    {
        Id = "f-1",
        Fingerprint = new Fingerprint("f"),
        Rule = "burst",
        Title = "Burst",
        Level = Level.High,
        Host = "web1",
        Threshold = "3 or more within 1 minute",
        Quiet = TimeSpan.FromMinutes(6),
        First = Start,
        Last = Start,
        Peak = 3,
        HourCounts = new() { [Hour(0).Value] = 3 },
        State = state,
        OpenedAt = Start,
        SeenAt = Minute(seen),
        NotifiedAt = notified is { } minutes ? Minute(minutes) : null,
        History = [new AlertHistoryEntry(Start, AlertEvent.Opened, "ThresholdReached")],
    };

    /// <summary>One match at each of these seconds.</summary>
    public static GroupMatches Matches(params int[] seconds)
    {
        var group = new MatchGroup(Key, shape: 0);
        foreach (var second in seconds)
        {
            var time = Start.AddSeconds(second).ToUnixTimeMilliseconds();
            group.Add(time);
            group.Add(new MatchSample(time, second + 1, $"line of second {second}"));
        }
        var matches = new GroupMatches();
        matches.Add(group);
        return matches;
    }
}
