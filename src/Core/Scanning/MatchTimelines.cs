using LogMonitor.Core.Alerting;
using LogMonitor.Core.Detection;
using LogMonitor.Core.Parsing;
using LogMonitor.Core.Text;

namespace LogMonitor.Core.Scanning;

/// <summary>The matches of all window rules, by group, within <see cref="ScanLimits"/>.</summary>
sealed class MatchTimelines(RuleSet rules, AlertOptions options, int maxGroups = ScanLimits.MaxGroups, int maxPoints = ScanLimits.MaxPoints)
{
    // The timeline of a group is in the same place; the group's number is that place, and 1.
    readonly ByteTable groups = new();
    readonly List<MatchTimeline> timelines = [];
    readonly Stack<MatchTimeline> spare = [];
    readonly byte[] scratch = new byte[rules.Groups.MaxBytes];
    readonly Incidents incidents = new(options);
    readonly TimeSpan[] quiet = [.. rules.Windows.Select(new Incidents(options).QuietOf)];
    readonly bool[] keepsAll = [.. rules.Windows.Select(rule => !rule.Grows || !rule.Alerts || rule.BaseCorrelations.Count > 0 || rule.KeyFields.Count > rule.GroupBy.Count || rules.Windows.Any(other => other.BaseCorrelations.Contains(rule.Id)))];
    int points;

    /// <summary>Groups that were dropped; a group that comes back counts again.</summary>
    public long DroppedGroups { get; private set; }

    /// <summary>Matches that were dropped, with their groups or alone.</summary>
    public long DroppedMatches { get; private set; }

    /// <summary>Counts a line for a window rule.</summary>
    /// <param name="window">An index into <see cref="RuleSet.Windows"/>.</param>
    /// <param name="rule">The base rule that it matches: an index into <see cref="RuleSet.Events"/>.</param>
    /// <param name="line">The line.</param>
    /// <param name="time">Its time.</param>
    public void Add(int window, int rule, in LogLine line, long time)
    {
        if (!rules.Values.TryGet(window, rule, line, out var value)) return;
        ref var number = ref groups.FindOrAdd(scratch.AsSpan(0, rules.Groups.Write(window, rule, line, scratch)));
        if (number == 0)
        {
            timelines.Add(Begin(window));
            number = timelines.Count;
        }
        var timeline = timelines[(int)number - 1];
        var before = timeline.Points;
        timeline.Add(time, value);
        points += timeline.Points - before;
        if (timelines.Count > maxGroups || points > maxPoints) Shrink();
    }

    /// <summary>The alerts, by the time of their first match.</summary>
    public IReadOnlyList<ScanAlert> FindAlerts() =>
    [
        .. FindSimple().Concat(FindKept())
            .OrderBy(alert => alert.First)
            .ThenBy(alert => alert.Rule, StringComparer.Ordinal)
            .ThenBy(alert => string.Join('\0', alert.Group.Values), StringComparer.Ordinal),
    ];

    // Each timeline is a group, and knows its incidents.
    IEnumerable<ScanAlert> FindSimple() => timelines
        .SelectMany((timeline, number) => keepsAll[WindowOf(number)] ? [] : timeline.FindIncidents().Select(incident => ToAlert(timeline.Rule, rules.Groups.Read(groups.Key(number)).Group, incident)));

    IEnumerable<ScanAlert> FindKept()
    {
        var table = new MatchTable(rules);
        for (var number = 0; number < timelines.Count; number++)
            if (keepsAll[WindowOf(number)]) table.Add(timelines[number].ToGroup(rules.Groups.Read(groups.Key(number)), rules.ShapeOf(WindowOf(number))));
        return rules.Windows.Where((rule, window) => keepsAll[window] && rule.Alerts).SelectMany(rule => table.GroupsOf(rule).SelectMany(group => Incidents(rule, group.Matches.Points)
            .Select(incident => ToAlert(rule, group.Key.Group, incident))));
    }

    IEnumerable<Incident> Incidents(WindowRule rule, IReadOnlyList<MatchPoint> matches)
    {
        var next = 0;
        // Both are in order of time: once through.
        foreach (var firing in SlidingWindow.Join(SlidingWindow.Find(matches, rule, out _), incidents.QuietOf(rule)))
        {
            var count = 0L;
            while (next < matches.Count && matches[next].Time < firing.First) next++;
            for (; next < matches.Count && matches[next].Time <= firing.Last; next++) count += matches[next].Count;
            yield return new Incident(firing.First, firing.Last, count);
        }
    }

    int WindowOf(int number) => GroupCodec.WindowOf(groups.Key(number));

    static ScanAlert ToAlert(WindowRule rule, IReadOnlyList<string> group, Incident incident) => new(
        rule.Id.Value, rule.Title, rule.Level, new(rule.GroupBy.Zip(group, KeyValuePair.Create)),
        ScanReport.Time(incident.First), ScanReport.Time(incident.Last), incident.Count);

    MatchTimeline Begin(int window)
    {
        if (!spare.TryPop(out var timeline)) return new MatchTimeline(rules.Windows[window], quiet[window], keepsAll[window]);
        timeline.Reset(rules.Windows[window], quiet[window], keepsAll[window]);
        return timeline;
    }

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
        var order = new int[timelines.Count];
        for (var i = 0; i < order.Length; i++) order[i] = i;
        order.AsSpan().Sort(CompareImportance);
        var dropped = 0;
        while (dropped < order.Length && (order.Length - dropped > enoughGroups || points > enoughPoints))
        {
            var timeline = timelines[order[dropped++]];
            points -= timeline.Points;
            DroppedMatches += timeline.Matches;
            spare.Push(timeline);
        }
        if (dropped == 0) return;
        DroppedGroups += dropped;
        var kept = order.AsSpan(dropped);
        kept.Sort();
        groups.Keep(kept);
        for (var i = 0; i < kept.Length; i++)
        {
            timelines[i] = timelines[kept[i]];
            groups.Number(i) = i + 1;
        }
        timelines.RemoveRange(kept.Length, dropped);
    }

    // What has fired goes last, then the largest.
    int CompareImportance(int a, int b)
    {
        var fired = timelines[a].HasIncidents.CompareTo(timelines[b].HasIncidents);
        if (fired != 0) return fired;
        var matches = timelines[a].Matches.CompareTo(timelines[b].Matches);
        return matches != 0 ? matches : a.CompareTo(b);
    }
}
