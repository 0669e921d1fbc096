using System.Runtime.InteropServices;
using LogMonitor.Core.Text;

namespace LogMonitor.Core.Scanning;

/// <summary>A value and how often it came.</summary>
/// <param name="Value">Its bytes; the first <see cref="TopCounter.MaxValueBytes"/> of a longer one.</param>
/// <param name="Count">How often it was counted: never too high, and at most <see cref="TopCounter.Error"/> too low.</param>
sealed record CountedValue(byte[] Value, long Count);

/// <summary>
/// Counts how often values come, in bounded memory: exactly while there are no more than <see cref="MaxValues"/> distinct ones; with
/// more, the frequent ones are kept and their counts are at most <see cref="Error"/> too low.
/// </summary>
/// <remarks>
/// When there is no room, the median count is taken off every value, and those that have none left are forgotten. This is the summary of Misra
/// and Gries ("Finding repeated elements", 1982), decremented in batches: each takes away at least half as many
/// occurrences as there are values times the median, so the error stays below 2 / <see cref="MaxValues"/> of all that was counted.
/// </remarks>
sealed class TopCounter(int maxValues = TopCounter.MaxValues, int maxBytes = TopCounter.MaxBytes)
{
    /// <summary>Distinct values that are counted exactly: 40,000.</summary>
    public const int MaxValues = 40_000;

    /// <summary>Bytes of all distinct values together, 2 MiB: where they are long, fewer of them are counted exactly.</summary>
    public const int MaxBytes = 2 << 20;

    /// <summary>Bytes of a value that are looked at, 256. Longer ones that begin alike are counted as one.</summary>
    public const int MaxValueBytes = 256;

    readonly ByteTable values = new();

    /// <summary>How much too low a count may be; 0 while all are exact.</summary>
    public long Error { get; private set; }

    /// <summary>Distinct values in memory: all there were, while <see cref="Error"/> is 0.</summary>
    public int Distinct => values.Count;

    /// <summary>Counts a value; an empty one is none.</summary>
    public void Add(ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty) return;
        if (value.Length > MaxValueBytes) value = value[..MaxValueBytes];
        values.FindOrAdd(value)++;
        if (values.Count > maxValues || values.Bytes > maxBytes) Shrink();
    }

    /// <summary>The most frequent values, those that are equally frequent in the order of their bytes.</summary>
    public IReadOnlyList<CountedValue> Top(int count)
    {
        var order = new int[values.Count];
        for (var i = 0; i < order.Length; i++) order[i] = i;
        order.AsSpan().Sort((a, b) => values.Number(a) is var ofA && values.Number(b) is var ofB && ofA != ofB ? ofB.CompareTo(ofA) : values.Key(a).SequenceCompareTo(values.Key(b)));
        return [.. order.Take(count).Select(index => new CountedValue(values.Key(index).ToArray(), values.Number(index)))];
    }

    void Shrink()
    {
        var counts = new long[values.Count];
        for (var i = 0; i < counts.Length; i++) counts[i] = values.Number(i);
        counts.AsSpan().Sort();
        var median = counts[counts.Length / 2];
        var kept = new List<int>(counts.Length / 2);
        for (var i = 0; i < counts.Length; i++)
            if ((values.Number(i) -= median) > 0) kept.Add(i);
        values.Keep(CollectionsMarshal.AsSpan(kept));
        Error += median;
    }
}
