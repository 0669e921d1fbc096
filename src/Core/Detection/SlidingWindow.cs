namespace LogMonitor.Core.Detection;

/// <summary>A stretch of event time in which a rule fired: from the first match of its first full window to the last match that completed one.</summary>
/// <param name="First">Milliseconds since 1970-01-01T00:00:00Z.</param>
/// <param name="Last">Milliseconds since 1970-01-01T00:00:00Z; not before <paramref name="First"/>.</param>
/// <param name="Peak">The most that was measured in one window, rounded.</param>
public readonly record struct Firing(long First, long Last, long Peak);

/// <summary>
/// Exact sliding windows over event time: at each match at time t, the matches in (t − timespan, t] are measured. A pure function
/// of the matches, whatever the order in which they arrived (invariant I2).
/// </summary>
/// <remarks>
/// Where a rule <see cref="WindowRule.Grows"/>, more matches never take a firing away, and firings join by distance alone: so what was found with
/// some of the matches, joined with what is found later with more, is what all of them at once would have given. The evaluator relies on this when it
/// looks only at the hours that new chunks touched; of other rules it looks at whole incidents anew.
/// </remarks>
public static class SlidingWindow
{
    /// <summary>Finds where a rule fires.</summary>
    /// <param name="points">In order of time and value.</param>
    /// <param name="rule">The rule.</param>
    /// <param name="peak">The most that was measured in any window, whether or not it fired.</param>
    public static List<Firing> Find(IReadOnlyList<MatchPoint> points, WindowRule rule, out long peak) => Find(points, rule, long.MinValue, long.MaxValue, null, out peak);

    /// <summary>Finds where a rule fires in a part of the time.</summary>
    /// <param name="points">In order of time and value.</param>
    /// <param name="rule">The rule.</param>
    /// <param name="from">The first moment at which a window may end.</param>
    /// <param name="to">The last.</param>
    /// <param name="moments">Takes the times at which windows that fired ended.</param>
    /// <param name="peak">The most that was measured in any window, whether or not it fired.</param>
    internal static List<Firing> Find(IReadOnlyList<MatchPoint> points, WindowRule rule, long from, long to, List<long>? moments, out long peak)
    {
        peak = 0;
        var firings = new List<Firing>();
        var window = rule.Type == CorrelationType.TemporalOrdered ? (IWindow)new OrderedWindow(rule) : new MeasuredWindow(rule, points);
        for (var next = 0; next < points.Count;)
        {
            var begin = next;
            var time = points[next].Time;
            while (next < points.Count && points[next].Time == time) next++;
            var fires = window.MoveTo(points, begin, next, out var first, out var measure);
            if (time < from || time > to) continue;
            peak = Math.Max(peak, measure);
            if (!fires) continue;
            Add(firings, new Firing(first, time, measure));
            moments?.Add(time);
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

    interface IWindow
    {
        /// <summary>Moves the window's end to the instant of some points.</summary>
        /// <param name="first">The first match that it is about.</param>
        /// <param name="measure">Its measure, rounded.</param>
        /// <returns>Whether it fires.</returns>
        bool MoveTo(IReadOnlyList<MatchPoint> points, int begin, int end, out long first, out long measure);
    }

    sealed class MeasuredWindow(WindowRule rule, IReadOnlyList<MatchPoint> all) : IWindow
    {
        readonly WindowMeasure measured = WindowMeasure.Of(rule, all);
        readonly long span = (long)rule.Timespan.TotalMilliseconds;
        int oldest;

        public bool MoveTo(IReadOnlyList<MatchPoint> points, int begin, int end, out long first, out long measure)
        {
            for (var i = begin; i < end; i++) measured.Add(points[i]);
            while (points[oldest].Time <= points[begin].Time - span) measured.Remove(points[oldest++]);
            first = points[oldest].Time;
            var value = measured.Value;
            // Stored before the rule was changed, values may be anything.
            measure = (long)Math.Clamp(Math.Round(value), long.MinValue, long.MaxValue);
            return rule.Condition.Holds(value);
        }
    }

    /// <summary>
    /// For each of the rules, the latest time at which one match of each rule up to it can have begun to follow each other: the order is
    /// complete where that of the last rule lies within the window. What matches in the same instant may stand in either order, since most logs tell seconds.
    /// </summary>
    sealed class OrderedWindow(WindowRule rule) : IWindow
    {
        readonly long span = (long)rule.Timespan.TotalMilliseconds;
        readonly long[] values = [.. rule.References.Select(MatchValue.Of)];
        readonly long?[] begins = new long?[rule.References.Count];
        int earliest;

        public bool MoveTo(IReadOnlyList<MatchPoint> points, int begin, int end, out long first, out long measure)
        {
            var time = points[begin].Time;
            for (var i = 0; i < values.Length; i++)
                if (IsIn(points, begin, end, values[i])) begins[i] = i == 0 ? time : begins[i - 1] ?? begins[i];

            measure = 0;
            while (measure < begins.Length && begins[measure] is { } began && began > time - span) measure++;
            first = time;
            if (measure < begins.Length || !IsIn(points, begin, end, values[^1])) return false;
            // The earliest match of the first rule: one that comes late can only make it earlier.
            while (points[earliest].Time <= time - span || points[earliest].Value != values[0]) earliest++;
            first = points[earliest].Time;
            return true;
        }

        static bool IsIn(IReadOnlyList<MatchPoint> points, int begin, int end, long value)
        {
            for (var i = begin; i < end; i++) if (points[i].Value == value) return true;
            return false;
        }
    }
}
