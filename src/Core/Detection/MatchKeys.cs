using LogMonitor.Core.Parsing;
using LogMonitor.Core.Text;

namespace LogMonitor.Core.Detection;

/// <summary>Numbers the groups of window rules, from 0 in the order in which lines bring them. A group that is known costs a look-up of bytes, and allocates nothing.</summary>
sealed class MatchKeys(RuleSet rules)
{
    readonly ByteTable byBytes = new();
    // Different bytes may have the same display form, and are one group then.
    readonly List<int> numberOfBytes = [];
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
        var found = byBytes.FindOrAdd(scratch.AsSpan(0, rules.WriteGroup(window, line, scratch)));
        if (found < numberOfBytes.Count) return numberOfBytes[found];
        var key = rules.KeyOf(window, line);
        if (!numbers.TryGetValue(key, out var number))
        {
            numbers.Add(key, number = keys.Count);
            keys.Add(key);
        }
        numberOfBytes.Add(number);
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
        int[] stayBytes = [.. Enumerable.Range(0, numberOfBytes.Count).Where(bytes => renumbered[numberOfBytes[bytes]] >= 0)];
        int[] numbersOfStay = [.. stayBytes.Select(bytes => renumbered[numberOfBytes[bytes]])];
        byBytes.Keep(stayBytes);
        numberOfBytes.Clear();
        numberOfBytes.AddRange(numbersOfStay);
    }
}
