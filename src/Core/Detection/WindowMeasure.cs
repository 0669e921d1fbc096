namespace LogMonitor.Core.Detection;

/// <summary>The measure of a window that slides over matches: they come in at its end, and go out at its beginning.</summary>
abstract class WindowMeasure
{
    /// <summary>The measure of a rule.</summary>
    /// <param name="points">All matches, in the order in which they will come.</param>
    public static WindowMeasure Of(WindowRule rule, IReadOnlyList<MatchPoint> points) => rule.Type switch
    {
        CorrelationType.EventCount => new EventCount(),
        CorrelationType.ValueCount or CorrelationType.Temporal => new DifferentValues(),
        CorrelationType.ValueSum => new Sum(),
        CorrelationType.ValueAverage => new Average(),
        CorrelationType.ValuePercentile => new Ranks(points, ranks => ranks.AtPercent(rule.Percentile)),
        CorrelationType.ValueMedian => new Ranks(points, ranks => ranks.Median()),
        _ => throw new InvalidOperationException("An order has no measure."),
    };

    public abstract decimal Value { get; }

    /// <summary>Takes matches in.</summary>
    public abstract void Add(MatchPoint point);

    /// <summary>Lets matches go that came in before.</summary>
    public abstract void Remove(MatchPoint point);

    sealed class EventCount : WindowMeasure
    {
        long count;

        public override decimal Value => count;
        public override void Add(MatchPoint point) => count += point.Count;
        public override void Remove(MatchPoint point) => count -= point.Count;
    }

    sealed class DifferentValues : WindowMeasure
    {
        readonly Dictionary<long, long> counts = [];

        public override decimal Value => counts.Count;
        public override void Add(MatchPoint point) => counts[point.Value] = counts.GetValueOrDefault(point.Value) + point.Count;

        public override void Remove(MatchPoint point)
        {
            if ((counts[point.Value] -= point.Count) == 0) counts.Remove(point.Value);
        }
    }

    class Sum : WindowMeasure
    {
        // Exact also for as many of the largest numbers as fit into memory.
        decimal sum;

        public override decimal Value => sum;
        public override void Add(MatchPoint point) => sum += (decimal)point.Value * point.Count;
        public override void Remove(MatchPoint point) => sum -= (decimal)point.Value * point.Count;
    }

    sealed class Average : Sum
    {
        long count;

        public override decimal Value => base.Value / count;

        public override void Add(MatchPoint point)
        {
            base.Add(point);
            count += point.Count;
        }

        public override void Remove(MatchPoint point)
        {
            base.Remove(point);
            count -= point.Count;
        }
    }

    /// <summary>How many of each value there are, in a Fenwick tree over the values in their order: it finds the n-th smallest in logarithmic time.</summary>
    sealed class Ranks : WindowMeasure
    {
        readonly long[] values;
        readonly long[] tree;
        readonly Func<Ranks, decimal> measure;
        long count;

        public Ranks(IReadOnlyList<MatchPoint> points, Func<Ranks, decimal> measure)
        {
            this.measure = measure;
            values = [.. points.Select(point => point.Value).Distinct().Order()];
            tree = new long[values.Length + 1];
        }

        public override decimal Value => measure(this);

        public override void Add(MatchPoint point) => Change(point.Value, point.Count);

        public override void Remove(MatchPoint point) => Change(point.Value, -point.Count);

        // The nearest rank: the smallest value that at least so many percent of all don't exceed.
        public decimal AtPercent(int percent) => Smallest((long)Math.Ceiling(count * (decimal)percent / 100));

        public decimal Median() => ((decimal)Smallest((count + 1) / 2) + Smallest(count / 2 + 1)) / 2;

        void Change(long value, long by)
        {
            count += by;
            for (var i = Array.BinarySearch(values, value) + 1; i < tree.Length; i += i & -i) tree[i] += by;
        }

        // The value of this rank, from 1.
        long Smallest(long rank)
        {
            var at = 0;
            for (var step = 1 << System.Numerics.BitOperations.Log2((uint)tree.Length); step > 0; step /= 2)
                if (at + step < tree.Length && tree[at + step] < rank) rank -= tree[at += step];
            return values[at];
        }
    }
}
