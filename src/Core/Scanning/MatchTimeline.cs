using LogMonitor.Core.Detection;

namespace LogMonitor.Core.Scanning;

/// <summary>A stretch of event time for which one alert is raised.</summary>
/// <param name="First">The first match, in milliseconds since 1970-01-01T00:00:00Z.</param>
/// <param name="Last">The last match that completed a window.</param>
/// <param name="Count">Matches from First to Last.</param>
readonly record struct Incident(long First, long Last, long Count);

/// <summary>
/// The matches of one window rule and group over a whole scan, in any order of time. It finds the incidents exactly, without keeping what
/// can't change them any more.
/// </summary>
/// <remarks>
/// Incidents of most rules only ever grow and join (see <see cref="SlidingWindow"/>); for the others, and for those that others stand on, it keeps all. Within a known one, a match further than a timespan from both
/// ends can't reach beyond them in a window of any match, past or to come: there only the number of matches is kept. What remains is
/// at the ends of incidents, and between them, where there are fewer than the rule's minimum in each timespan.
/// </remarks>
sealed class MatchTimeline(WindowRule rule, TimeSpan quiet, bool keepsAll = false)
{
    const int FirstReduction = 1_024;

    readonly List<MatchPoint> points = [];
    // Shared while there are none: most groups never have any.
    static readonly List<Stretch> none = [];
    List<Stretch> stretches = none;
    bool inOrder = true;
    int reduceAt = FirstReduction;
    long reducedMatches;

    /// <summary>The rule.</summary>
    public WindowRule Rule => rule;

    /// <summary>Forgets everything: begins another group, perhaps of another rule. There may be very many groups, one after the other.</summary>
    public void Reset(WindowRule newRule, TimeSpan newQuiet, bool newKeepsAll)
    {
        (rule, quiet, keepsAll) = (newRule, newQuiet, newKeepsAll);
        points.Clear();
        if (points.Capacity > FirstReduction) points.Capacity = 0;
        stretches = none;
        (inOrder, reduceAt, Matches, reducedMatches) = (true, FirstReduction, 0, 0);
    }

    /// <summary>All matches there were, without those that were dropped.</summary>
    public long Matches { get; private set; }

    /// <summary>The instants in memory.</summary>
    public int Points => points.Count;

    /// <summary>Whether an incident is known. There may be others, in what was not looked at yet.</summary>
    public bool HasIncidents => stretches.Count > 0;

    /// <summary>Everything as it came, of one that keeps all.</summary>
    public MatchGroup ToGroup(MatchKey key, long shape)
    {
        var group = new MatchGroup(key, shape);
        foreach (var point in points) group.Add(point.Time, point.Count, point.Value);
        return group;
    }

    /// <summary>Counts a match.</summary>
    public void Add(long time, long value = 0)
    {
        Matches++;
        var point = new MatchPoint(time, 1, value);
        if (points is [.., var last])
        {
            var order = MatchPoint.Compare(last, point);
            if (order == 0 && last.Count < int.MaxValue)
            {
                points[^1] = last with { Count = last.Count + 1 };
                return;
            }
            inOrder &= order < 0;
        }
        points.Add(point);
        if (points.Count >= reduceAt) Reduce();
    }

    /// <summary>The incidents, in order of time.</summary>
    public IReadOnlyList<Incident> FindIncidents()
    {
        Reduce();
        var incidents = new List<Incident>(stretches.Count);
        var next = 0;
        // Both are in order of time: once through, also where incidents are as many as matches.
        foreach (var stretch in stretches)
        {
            var count = stretch.Inside;
            while (next < points.Count && points[next].Time < stretch.First) next++;
            for (; next < points.Count && points[next].Time <= stretch.Last; next++) count += points[next].Count;
            incidents.Add(new Incident(stretch.First, stretch.Last, count));
        }
        return incidents;
    }

    /// <summary>Forgets what can't change the incidents.</summary>
    public void Reduce()
    {
        if (Matches < rule.Minimum || Matches == reducedMatches || keepsAll) return;
        reducedMatches = Matches;
        Sort();
        var found = SlidingWindow.Find(points, rule, out _);
        if (found.Count > 0) Join(found);
        if (stretches.Count > 0) TakeInside();
        reduceAt = Math.Max(FirstReduction, 2 * points.Count);
    }

    /// <summary>Forgets the earliest instants; returns how many matches there were in them.</summary>
    public long DropEarliest(int count)
    {
        Sort();
        long dropped = 0;
        foreach (var point in points.Take(count)) dropped += point.Count;
        points.RemoveRange(0, Math.Min(count, points.Count));
        Matches -= dropped;
        return dropped;
    }

    void Sort()
    {
        if (inOrder) return;
        MatchPoint.Sort(points);
        inOrder = true;
    }

    void Join(List<Firing> found)
    {
        var before = stretches;
        var next = 0;
        stretches = [];
        foreach (var joined in SlidingWindow.Join(found.Concat(before.Select(stretch => new Firing(stretch.First, stretch.Last, 0))), quiet))
        {
            long inside = 0;
            while (next < before.Count && before[next].Last <= joined.Last) inside += before[next++].Inside;
            stretches.Add(new Stretch(joined.First, joined.Last, inside));
        }
    }

    // Both lists are in order of time.
    void TakeInside()
    {
        var timespan = (long)rule.Timespan.TotalMilliseconds;
        int kept = 0, next = 0;
        for (var i = 0; i < points.Count; i++)
        {
            var point = points[i];
            while (next < stretches.Count && stretches[next].Last < point.Time) next++;
            if (next < stretches.Count && point.Time >= stretches[next].First + timespan && point.Time <= stretches[next].Last - timespan)
                stretches[next] = stretches[next] with { Inside = stretches[next].Inside + point.Count };
            else points[kept++] = point;
        }
        points.RemoveRange(kept, points.Count - kept);
    }

    /// <param name="Inside">Matches that are counted here, and no longer among the points.</param>
    readonly record struct Stretch(long First, long Last, long Inside);
}
