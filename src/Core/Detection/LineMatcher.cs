using System.Numerics;
using LogMonitor.Core.Parsing;

namespace LogMonitor.Core.Detection;

/// <summary>Matches the lines of one stream against the rules. Allocates nothing for a line; not thread-safe.</summary>
sealed class LineMatcher(RuleSet rules)
{
    readonly LineTexts texts = new();
    readonly ulong[] candidates = new ulong[rules.Filter.Words];
    readonly ulong[] counted = new ulong[(rules.Windows.Count + 63) / 64];

    /// <summary>
    /// Tells the sink each event rule that a line matches, and each window rule that it counts for: once where lines are
    /// measured, also where several of the window's base rules match it.
    /// </summary>
    public void Match(in LogLine line, IMatchSink sink)
    {
        texts.Begin();
        if (!rules.Filter.Select(line, texts, candidates)) return;
        counted.AsSpan().Clear();
        for (var word = 0; word < candidates.Length; word++)
            for (var rest = candidates[word]; rest != 0; rest &= rest - 1)
            {
                var rule = word * 64 + BitOperations.TrailingZeroCount(rest);
                if (!rules.Events[rule].IsMatch(line, texts)) continue;
                sink.OnEvent(rule);
                foreach (var window in rules.WindowsOf(rule))
                {
                    if ((counted[window / 64] & 1UL << (window % 64)) != 0) continue;
                    if (rules.Allows(window, line, texts)) continue;
                    if (rules.CountsLineOnce(window)) counted[window / 64] |= 1UL << (window % 64);
                    sink.OnMatch(window, rule, line);
                }
            }
    }
}

/// <summary>Takes the matches of a line.</summary>
interface IMatchSink
{
    /// <param name="rule">An index into <see cref="RuleSet.Events"/>.</param>
    void OnEvent(int rule);

    /// <param name="window">An index into <see cref="RuleSet.Windows"/>.</param>
    /// <param name="rule">The base rule that the line matches: an index into <see cref="RuleSet.Events"/>.</param>
    /// <param name="line">The line, for its group and as a sample.</param>
    void OnMatch(int window, int rule, in LogLine line);
}
