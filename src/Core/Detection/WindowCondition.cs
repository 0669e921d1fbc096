using System.Globalization;

namespace LogMonitor.Core.Detection;

/// <summary>How a window is measured: Sigma's types of correlation.</summary>
public enum CorrelationType
{
    /// <summary>How many matches.</summary>
    EventCount,
    /// <summary>How many different values of a field.</summary>
    ValueCount,
    /// <summary>How many of the base rules matched.</summary>
    Temporal,
    /// <summary>All base rules matched, in their order.</summary>
    TemporalOrdered,
    ValueSum,
    ValueAverage,
    /// <summary>The smallest value that so many percent of the values don't exceed.</summary>
    ValuePercentile,
    /// <summary>The middle one of the values, or the mean of the middle two.</summary>
    ValueMedian,
}

/// <summary>How a window's measure is compared.</summary>
public enum BoundOperator { AtLeast, MoreThan, AtMost, LessThan, EqualTo, NotEqualTo }

/// <summary>One comparison of a window's measure.</summary>
public readonly record struct Bound(BoundOperator Operator, decimal Limit)
{
    /// <summary>Whether a measure is within it.</summary>
    public bool Holds(decimal measure) => Operator switch
    {
        BoundOperator.AtLeast => measure >= Limit,
        BoundOperator.MoreThan => measure > Limit,
        BoundOperator.AtMost => measure <= Limit,
        BoundOperator.LessThan => measure < Limit,
        BoundOperator.EqualTo => measure == Limit,
        _ => measure != Limit,
    };

    /// <summary>Whether a measure that only grows stays within it.</summary>
    public bool IsLower => Operator is BoundOperator.AtLeast or BoundOperator.MoreThan;

    /// <summary>Whether a measure that only shrinks stays within it.</summary>
    public bool IsUpper => Operator is BoundOperator.AtMost or BoundOperator.LessThan;

    /// <summary><c>5 or more</c>, <c>fewer than 3</c>.</summary>
    public string InWords()
    {
        var limit = Limit.ToString(CultureInfo.InvariantCulture);
        return Operator switch
        {
            BoundOperator.AtLeast => $"{limit} or more",
            BoundOperator.MoreThan => $"more than {limit}",
            BoundOperator.AtMost => $"at most {limit}",
            BoundOperator.LessThan => $"less than {limit}",
            BoundOperator.EqualTo => $"exactly {limit}",
            _ => $"other than {limit}",
        };
    }
}

/// <summary>When a window fires: where its measure is within all of one or two bounds.</summary>
/// <param name="Bounds">At least one.</param>
public sealed record WindowCondition(IReadOnlyList<Bound> Bounds)
{
    /// <summary>So many or more.</summary>
    public static WindowCondition AtLeast(decimal limit) => new([new Bound(BoundOperator.AtLeast, limit)]);

    /// <summary>Whether a measure is within all bounds.</summary>
    public bool Holds(decimal measure)
    {
        // By index: it is asked for each match, and an enumerator would be an object.
        for (var i = 0; i < Bounds.Count; i++) if (!Bounds[i].Holds(measure)) return false;
        return true;
    }

    /// <summary>Whether it stays true for a measure that only grows.</summary>
    public bool IsLower => Bounds.All(bound => bound.IsLower);

    /// <summary>The least whole number that it holds for, at least 1, where it <see cref="IsLower"/>; otherwise 1.</summary>
    public long Minimum => IsLower ? Math.Max(1, (long)Math.Min(long.MaxValue, Bounds.Max(bound => bound.Operator == BoundOperator.AtLeast ? Math.Ceiling(bound.Limit) : Math.Floor(bound.Limit) + 1))) : 1;

    /// <summary><c>5 or more</c>, <c>more than 100 and at most 200</c>.</summary>
    public string InWords() => string.Join(" and ", Bounds.Select(bound => bound.InWords()));
}
