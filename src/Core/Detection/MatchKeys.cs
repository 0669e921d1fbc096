using LogMonitor.Core.Parsing;
using LogMonitor.Core.Text;

namespace LogMonitor.Core.Detection;

/// <summary>Numbers the groups of window rules, from 0 in the order in which lines bring them. A group that is known costs a look-up of bytes, and allocates nothing.</summary>
sealed class MatchKeys(RuleSet rules)
{
    // The number of a group, and 1. Different bytes may have the same display form, and are one group then.
    readonly ByteTable byBytes = new();
    readonly Dictionary<MatchKey, int> numbers = [];
    readonly List<MatchKey> keys = [];
    readonly byte[] scratch = new byte[rules.MaxGroupBytes];

    /// <summary>How many there are.</summary>
    public int Count => keys.Count;

    /// <summary>The group of a number.</summary>
    public MatchKey this[int number] => keys[number];

    /// <summary>The number of the group for which a line counts.</summary>
    /// <param name="window">An index into <see cref="RuleSet.Windows"/>.</param>
    /// <param name="line">A line that the rule counts.</param>
    public int Find(int window, in LogLine line)
    {
        ref var known = ref byBytes.FindOrAdd(scratch.AsSpan(0, rules.WriteGroup(window, line, scratch)));
        if (known > 0) return (int)known - 1;
        var key = rules.KeyOf(window, line);
        if (!numbers.TryGetValue(key, out var number))
        {
            numbers.Add(key, number = keys.Count);
            keys.Add(key);
        }
        known = number + 1;
        return number;
    }

    /// <summary>Forgets all groups but some, which are numbered anew in the same order.</summary>
    /// <param name="kept">Their numbers, ascending.</param>
    public void Keep(IReadOnlyList<int> kept)
    {
        MatchKey[] stay = [.. kept.Select(number => keys[number])];
        var renumbered = new int[keys.Count];
        renumbered.AsSpan().Fill(-1);
        keys.Clear();
        numbers.Clear();
        for (var i = 0; i < stay.Length; i++)
        {
            renumbered[kept[i]] = i;
            keys.Add(stay[i]);
            numbers.Add(stay[i], i);
        }
        int[] stayBytes = [.. Enumerable.Range(0, byBytes.Count).Where(i => renumbered[byBytes.Number(i) - 1] >= 0)];
        byBytes.Keep(stayBytes);
        for (var i = 0; i < byBytes.Count; i++) byBytes.Number(i) = renumbered[byBytes.Number(i) - 1] + 1;
    }
}
