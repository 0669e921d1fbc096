namespace LogMonitor.Core.Detection;

/// <summary>A stretch of event time in which a rule fired: from the first match of its first full window to the last match that completed one.</summary>
/// <param name="First">Milliseconds since 1970-01-01T00:00:00Z.</param>
/// <param name="Last">Milliseconds since 1970-01-01T00:00:00Z; not before <paramref name="First"/>.</param>
/// <param name="Peak">The most matches in one window.</param>
public readonly record struct Firing(long First, long Last, long Peak);

/// <summary>
/// Exact sliding windows over event time: at each match at time t, the matches in (t − timespan, t] are counted. A pure function
/// of the matches, whatever the order in which they arrived (invariant I2).
/// </summary>
/// <remarks>
/// More matches never take a firing away, and firings join by distance alone: so what was found with some of the matches,
/// joined with what is found later with more, is what all of them at once would have given. The evaluator relies on this when it
/// looks only at the hours that new chunks touched.
/// </remarks>
public static class SlidingWindow
{
    /// <summary>Finds where so many matches lie within the span.</summary>
    /// <param name="points">In order of time.</param>
    /// <param name="timespan">The window's length.</param>
    /// <param name="minimum">The fewest matches that fire.</param>
    /// <param name="peak">The most matches in any window, whether or not it fired.</param>
    public static List<Firing> Find(IReadOnlyList<MatchPoint> points, TimeSpan timespan, long minimum, out long peak)
    {
        var span = (long)timespan.TotalMilliseconds;
        var firings = new List<Firing>();
        var oldest = 0;
        long inWindow = 0;
        peak = 0;
        foreach (var point in points)
        {
            inWindow += point.Count;
            while (points[oldest].Time <= point.Time - span) inWindow -= points[oldest++].Count;
            peak = Math.Max(peak, inWindow);
            if (inWindow >= minimum) Add(firings, new Firing(points[oldest].Time, point.Time, inWindow));
        }
        return firings;
    }

    /// <summary>Joins firings that overlap or lie no further apart than <paramref name="gap"/>.</summary>
    public static List<Firing> Join(IEnumerable<Firing> firings, TimeSpan gap)
    {
        var joined = new List<Firing>();
        foreach (var firing in firings.OrderBy(f => f.First).ThenBy(f => f.Last))
            if (joined is [.., var last] && firing.First - last.Last <= (long)gap.TotalMilliseconds) joined[^1] = Union(last, firing);
            else joined.Add(firing);
        return joined;
    }

    static void Add(List<Firing> firings, Firing firing)
    {
        if (firings is [.., var last] && firing.First <= last.Last) firings[^1] = Union(last, firing);
        else firings.Add(firing);
    }

    static Firing Union(Firing a, Firing b) => new(Math.Min(a.First, b.First), Math.Max(a.Last, b.Last), Math.Max(a.Peak, b.Peak));
}
