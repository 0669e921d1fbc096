namespace LogMonitor.Core.Detection;

/// <summary>All matches of one rule and group on one host that are looked at together, from however many chunks.</summary>
public sealed class GroupMatches
{
    readonly List<MatchPoint> points = [];
    readonly List<MatchSample> samples = [];
    bool isSorted = true;

    /// <summary>All matches.</summary>
    public long Count { get; private set; }

    /// <summary>In order of time and value.</summary>
    public IReadOnlyList<MatchPoint> Points
    {
        get
        {
            if (!isSorted) MatchPoint.Sort(points);
            isSorted = true;
            return points;
        }
    }

    /// <summary>How much there is to keep: points, those of one instant and value perhaps apart.</summary>
    internal int Size => points.Count;

    internal IReadOnlyList<MatchSample> Samples => samples;

    /// <summary>How long the samples' texts are together, in characters.</summary>
    internal long SampleLength { get; private set; }

    /// <summary>Adds one chunk's.</summary>
    public void Add(MatchGroup group)
    {
        foreach (var point in group.Points) Add(point);
        AddSamples(group.Samples);
    }

    internal void Add(MatchPoint point)
    {
        Count += point.Count;
        isSorted &= points is not [.., var last] || MatchPoint.Compare(last, point) < 0;
        points.Add(point);
    }

    internal void Add(GroupMatches others)
    {
        foreach (var point in others.points) Add(point);
        AddSamples(others.samples);
    }

    internal void AddSamples(IReadOnlyList<MatchSample> more)
    {
        samples.AddRange(more);
        SampleLength += more.Sum(sample => (long)sample.Text.Length);
    }

    /// <summary>Keeps the first sample of each interval, in milliseconds of event time.</summary>
    internal void ThinSamples(long interval)
    {
        samples.Sort(MatchSample.Compare);
        var last = long.MinValue;
        samples.RemoveAll(sample => last == (last = sample.Time / interval));
        SampleLength = samples.Sum(sample => (long)sample.Text.Length);
    }

    internal void ClearSamples()
    {
        samples.Clear();
        SampleLength = 0;
    }

    /// <summary>Forgets the earlier half; returns how many matches that were.</summary>
    internal long DropEarlierHalf()
    {
        var all = Points;
        var half = all.Count / 2;
        long dropped = 0;
        for (var i = 0; i < half; i++) dropped += all[i].Count;
        points.RemoveRange(0, half);
        Count -= dropped;
        return dropped;
    }
}
