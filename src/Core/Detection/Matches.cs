using System.Runtime.InteropServices;

namespace LogMonitor.Core.Detection;

/// <summary>Matches of one instant of event time, and of one value.</summary>
/// <param name="Time">Milliseconds since 1970-01-01T00:00:00Z.</param>
/// <param name="Count">How many lines; at least 1.</param>
/// <param name="Value">What the rule measures: a number, or what stands for a text or a base rule (see <see cref="MatchValue"/>); 0 where lines are counted.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct MatchPoint(long Time, int Count, long Value = 0)
{
    /// <summary>The order of time, and within an instant that of values.</summary>
    internal static int Compare(MatchPoint a, MatchPoint b) => a.Time != b.Time ? a.Time.CompareTo(b.Time) : a.Value.CompareTo(b.Value);

    /// <summary>Puts points into order, those of one instant and value together.</summary>
    internal static void Sort(List<MatchPoint> points)
    {
        points.Sort(Compare);
        var kept = 0;
        for (var i = 1; i < points.Count; i++)
            if (points[i].Time == points[kept].Time && points[i].Value == points[kept].Value) points[kept] = points[kept] with { Count = (int)Math.Min(int.MaxValue, (long)points[kept].Count + points[i].Count) };
            else points[++kept] = points[i];
        if (points.Count > 0) points.RemoveRange(kept + 1, points.Count - kept - 1);
    }
}

/// <summary>A matching line, kept for notifications.</summary>
/// <param name="Time">Milliseconds since 1970-01-01T00:00:00Z.</param>
/// <param name="Line">Its number in its chunk, from 1.</param>
/// <param name="Text">Its beginning in display form.</param>
public sealed record MatchSample(long Time, long Line, string Text)
{
    /// <summary>The order in which samples are shown: that of time, and within an instant one that does not depend on how lines were cut into chunks.</summary>
    internal static int Compare(MatchSample a, MatchSample b) =>
        a.Time != b.Time ? a.Time.CompareTo(b.Time) : string.CompareOrdinal(a.Text, b.Text) is var texts and not 0 ? texts : a.Line.CompareTo(b.Line);
}

/// <summary>What a window rule counts apart: its id, and the values of its group-by fields.</summary>
public sealed class MatchKey(RuleId rule, IReadOnlyList<string> group) : IEquatable<MatchKey>
{
    public RuleId Rule { get; } = rule;

    /// <summary>In the order of the rule's group-by fields.</summary>
    public IReadOnlyList<string> Group { get; } = group;

    public bool Equals(MatchKey? other) => other is not null && Rule == other.Rule && Group.SequenceEqual(other.Group, StringComparer.Ordinal);
    public override bool Equals(object? obj) => Equals(obj as MatchKey);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.Add(Rule);
        foreach (var value in Group) hash.Add(value, StringComparer.Ordinal);
        return hash.ToHashCode();
    }
}

/// <summary>The matches of one rule and group, of one chunk and event hour.</summary>
/// <param name="key">The rule and the group.</param>
/// <param name="shape">What the group's and the matches' values mean: <see cref="MatchShape"/> of the rule as it was.</param>
public sealed class MatchGroup(MatchKey key, long shape)
{
    readonly SortedDictionary<(long Time, long Value), int> counts = [];
    readonly List<MatchSample> samples = [];

    public MatchKey Key { get; } = key;

    /// <summary>Matches of another shape were stored before the rule was changed.</summary>
    internal long Shape { get; } = shape;

    /// <summary>In order of time.</summary>
    public IEnumerable<MatchPoint> Points => counts.Select(entry => new MatchPoint(entry.Key.Time, entry.Value, entry.Key.Value));

    /// <summary>The first of each minute in the chunk; see <see cref="Chunks.ChunkLimits.MaxSamplesPerMinute"/>.</summary>
    public IReadOnlyList<MatchSample> Samples => samples;

    /// <summary>All matches.</summary>
    public long Count { get; private set; }

    /// <summary>Adds matches of one instant and value.</summary>
    public void Add(long time, int count = 1, long value = 0)
    {
        counts[(time, value)] = counts.GetValueOrDefault((time, value)) + count;
        Count += count;
    }

    /// <summary>Whether a line of this time is to be kept to show.</summary>
    internal bool WantsSample(long time) =>
        samples.Count < Chunks.ChunkLimits.MaxSamplesPerGroup
        && (samples.Count < Chunks.ChunkLimits.MaxSamplesPerMinute || samples[^Chunks.ChunkLimits.MaxSamplesPerMinute].Time / 60_000 != time / 60_000);

    /// <summary>Keeps a line to show.</summary>
    public void Add(MatchSample sample) => samples.Add(sample);
}
