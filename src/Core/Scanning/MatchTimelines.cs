using LogMonitor.Core.Alerting;
using LogMonitor.Core.Detection;
using LogMonitor.Core.Parsing;

namespace LogMonitor.Core.Scanning;

/// <summary>The matches of all window rules, by group, within <see cref="ScanLimits"/>.</summary>
sealed class MatchTimelines(RuleSet rules, AlertOptions options, int maxGroups = ScanLimits.MaxGroups, int maxPoints = ScanLimits.MaxPoints)
{
    readonly MatchKeys keys = new(rules);
    readonly Incidents incidents = new(options);
    List<MatchTimeline> timelines = [];
    int points;

    /// <summary>Groups that were dropped; a group that comes back counts again.</summary>
    public long DroppedGroups { get; private set; }

    /// <summary>Matches that were dropped, with their groups or alone.</summary>
    public long DroppedMatches { get; private set; }

    /// <summary>Counts a line for a window rule.</summary>
    public void Add(int window, in LogLine line, long time)
    {
        var number = keys.Find(window, line);
        if (number == timelines.Count)
            timelines.Add(new MatchTimeline(rules.Windows[window], incidents.QuietOf(rules.Windows[window])));
        var timeline = timelines[number];
        var before = timeline.Points;
        timeline.Add(time);
        points += timeline.Points - before;
        if (timelines.Count > maxGroups || points > maxPoints) Shrink();
    }

    /// <summary>The alerts, by the time of their first match.</summary>
    public IReadOnlyList<ScanAlert> FindAlerts() =>
    [
        .. timelines.SelectMany((timeline, number) => timeline.FindIncidents().Select(incident => ToAlert(timeline.Rule, keys[number].Group, incident)))
            .OrderBy(alert => alert.First)
            .ThenBy(alert => alert.Rule, StringComparer.Ordinal)
            .ThenBy(alert => string.Join('\0', alert.Group.Values), StringComparer.Ordinal),
    ];

    static ScanAlert ToAlert(WindowRule rule, IReadOnlyList<string> group, Incident incident) => new(
        rule.Id.Value, rule.Title, rule.Level, new(rule.GroupBy.Zip(group, KeyValuePair.Create)),
        ScanReport.Time(incident.First), ScanReport.Time(incident.Last), incident.Count);

    void Shrink()
    {
        foreach (var timeline in timelines) timeline.Reduce();
        points = timelines.Sum(timeline => timeline.Points);
        // More than enough room is made, so that this is rare.
        DropEarliestOfTheLargest(maxPoints / 2);
        DropSmallestGroups(timelines.Count > maxGroups ? maxGroups / 2 : maxGroups, maxPoints / 2);
    }

    void DropEarliestOfTheLargest(int enough)
    {
        while (points > enough && timelines.MaxBy(timeline => timeline.Points) is { } largest && largest.Points > enough / 2)
        {
            var before = largest.Points;
            DroppedMatches += largest.DropEarliest(before / 2);
            points += largest.Points - before;
        }
    }

    void DropSmallestGroups(int enoughGroups, int enoughPoints)
    {
        var dropped = new HashSet<int>();
        // What has fired goes last.
        foreach (var number in Enumerable.Range(0, timelines.Count).OrderBy(i => timelines[i].HasIncidents).ThenBy(i => timelines[i].Matches).ThenBy(i => i))
        {
            if (timelines.Count - dropped.Count <= enoughGroups && points <= enoughPoints) break;
            dropped.Add(number);
            points -= timelines[number].Points;
            DroppedMatches += timelines[number].Matches;
        }
        if (dropped.Count == 0) return;
        DroppedGroups += dropped.Count;
        int[] kept = [.. Enumerable.Range(0, timelines.Count).Where(number => !dropped.Contains(number))];
        keys.Keep(kept);
        timelines = [.. kept.Select(number => timelines[number])];
    }
}
