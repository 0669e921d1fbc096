using LogMonitor.Core.Parsing;
using LogMonitor.Core.Text;

namespace LogMonitor.Core.Detection;

/// <summary>Numbers the groups of window rules, from 0 in the order in which lines bring them. A group that is known costs a look-up of bytes, and allocates nothing.</summary>
sealed class MatchKeys(RuleSet rules)
{
    // The number of a group, and 1.
    readonly ByteTable numbers = new();
    readonly List<MatchKey> keys = [];
    readonly byte[] scratch = new byte[rules.Groups.MaxBytes];

    /// <summary>The group of a number.</summary>
    public MatchKey this[int number] => keys[number];

    /// <summary>The number of the group for which a line counts.</summary>
    /// <param name="window">An index into <see cref="RuleSet.Windows"/>.</param>
    /// <param name="rule">The event rule that the line matches: an index into <see cref="RuleSet.Events"/>.</param>
    /// <param name="line">A line that the rule counts.</param>
    public int Find(int window, int rule, in LogLine line)
    {
        var group = scratch.AsSpan(0, rules.Groups.Write(window, rule, line, scratch));
        ref var number = ref numbers.FindOrAdd(group);
        if (number == 0)
        {
            keys.Add(rules.Groups.Read(group));
            number = keys.Count;
        }
        return (int)number - 1;
    }
}
