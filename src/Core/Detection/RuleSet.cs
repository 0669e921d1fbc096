namespace LogMonitor.Core.Detection;

/// <summary>The loaded rules, ready to run. Immutable and thread-safe.</summary>
public sealed class RuleSet
{
    readonly int[][] windowsOf;

    internal RuleSet(IReadOnlyList<EventRule> events, IReadOnlyList<WindowRule> windows, IReadOnlyList<RuleError> errors)
    {
        (Events, Windows, Errors) = (events, windows, errors);
        Filter = new RuleFilter(events);
        windowsOf = [.. events.Select(rule => Enumerable.Range(0, windows.Count).Where(w => windows[w].BaseRules.Contains(rule.Id)).ToArray())];
        Groups = new GroupCodec(windows);
    }

    /// <summary>The rules that look at single lines.</summary>
    public IReadOnlyList<EventRule> Events { get; }

    /// <summary>The rules that raise alerts.</summary>
    public IReadOnlyList<WindowRule> Windows { get; }

    /// <summary>What was skipped, and why.</summary>
    public IReadOnlyList<RuleError> Errors { get; }

    /// <summary>Tells which rules a line can match.</summary>
    internal RuleFilter Filter { get; }

    /// <summary>The groups of the window rules.</summary>
    internal GroupCodec Groups { get; }

    /// <summary>The window rules that an event rule counts for: indexes into <see cref="Windows"/>.</summary>
    internal ReadOnlySpan<int> WindowsOf(int rule) => windowsOf[rule];
}
