using System.Numerics;
using LogMonitor.Core.Parsing;

namespace LogMonitor.Core.Detection;

/// <summary>The loaded rules, ready to run. Immutable and thread-safe.</summary>
public sealed class RuleSet
{
    /// <summary>Bit sets of rules that are longer (16,384 rules) come from the heap.</summary>
    internal const int MaxWordsOnStack = 256;

    readonly RuleFilter filter;
    readonly int[][] windowsOf;

    internal RuleSet(IReadOnlyList<EventRule> events, IReadOnlyList<WindowRule> windows, IReadOnlyList<RuleError> errors)
    {
        (Events, Windows, Errors) = (events, windows, errors);
        filter = new RuleFilter(events);
        windowsOf = [.. events.Select(rule => Enumerable.Range(0, windows.Count).Where(w => windows[w].BaseRules.Contains(rule.Id)).ToArray())];
        Groups = new GroupCodec(windows);
    }

    /// <summary>The rules that look at single lines.</summary>
    public IReadOnlyList<EventRule> Events { get; }

    /// <summary>The rules that look at windows of matches; only these alert.</summary>
    public IReadOnlyList<WindowRule> Windows { get; }

    /// <summary>The rules that were skipped, and why.</summary>
    public IReadOnlyList<RuleError> Errors { get; }

    /// <summary>The groups of the window rules.</summary>
    internal GroupCodec Groups { get; }

    /// <summary>
    /// Tells the sink each event rule that a line matches, and each window rule that it counts for: once, also
    /// where several of the window's base rules match it. Allocates nothing.
    /// </summary>
    internal void Match(in LogLine line, IMatchSink sink)
    {
        Span<ulong> candidates = filter.Words <= MaxWordsOnStack ? stackalloc ulong[filter.Words] : new ulong[filter.Words];
        if (filter.Select(line, candidates)) Match(candidates, line, sink);
    }

    void Match(ReadOnlySpan<ulong> candidates, in LogLine line, IMatchSink sink)
    {
        var words = (Windows.Count + 63) / 64;
        Span<ulong> counted = words <= MaxWordsOnStack ? stackalloc ulong[words] : new ulong[words];
        for (var word = 0; word < candidates.Length; word++)
            for (var rest = candidates[word]; rest != 0; rest &= rest - 1)
            {
                var rule = word * 64 + BitOperations.TrailingZeroCount(rest);
                if (!Events[rule].IsMatch(line)) continue;
                sink.OnEvent(rule);
                foreach (var window in windowsOf[rule])
                {
                    if ((counted[window / 64] & 1UL << (window % 64)) != 0) continue;
                    counted[window / 64] |= 1UL << (window % 64);
                    sink.OnMatch(window, line);
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
    /// <param name="line">The line, for its group and as a sample.</param>
    void OnMatch(int window, in LogLine line);
}
