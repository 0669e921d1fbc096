using LogMonitor.Core.Parsing;

namespace LogMonitor.Core.Detection;

/// <summary>The loaded rules, ready to run. Immutable and thread-safe.</summary>
public sealed class RuleSet
{
    readonly int[][] windowsOf;
    readonly LineField[][] groupFieldsOf;

    internal RuleSet(IReadOnlyList<EventRule> events, IReadOnlyList<WindowRule> windows, IReadOnlyList<RuleError> errors)
    {
        (Events, Windows, Errors) = (events, windows, errors);
        windowsOf = [.. events.Select(rule => Enumerable.Range(0, windows.Count).Where(w => windows[w].BaseRules.Contains(rule.Id)).ToArray())];
        groupFieldsOf = [.. windows.Select(window => window.GroupBy.Select(name => LineField.Find(name)!).ToArray())];
    }

    /// <summary>The rules that look at single lines.</summary>
    public IReadOnlyList<EventRule> Events { get; }

    /// <summary>The rules that look at windows of matches; only these alert.</summary>
    public IReadOnlyList<WindowRule> Windows { get; }

    /// <summary>The rules that were skipped, and why.</summary>
    public IReadOnlyList<RuleError> Errors { get; }

    /// <summary>
    /// Tells the sink each event rule that a line matches, and each window rule's group that it counts for: once, also
    /// where several of the window's base rules match it.
    /// </summary>
    internal void Match(in LogLine line, IMatchSink sink)
    {
        HashSet<int>? counted = null;
        for (var i = 0; i < Events.Count; i++)
        {
            if (!Events[i].IsMatch(line)) continue;
            sink.OnEvent(Events[i].Id);
            foreach (var window in windowsOf[i])
                if ((counted ??= []).Add(window)) sink.OnMatch(Windows[window].Id, GroupValues(window, line), line);
        }
    }

    string[] GroupValues(int window, in LogLine line)
    {
        var fields = groupFieldsOf[window];
        if (fields.Length == 0) return [];
        var values = new string[fields.Length];
        for (var i = 0; i < fields.Length; i++) values[i] = fields[i].Format(line) ?? "-";
        return values;
    }
}

/// <summary>Takes the matches of a line.</summary>
interface IMatchSink
{
    void OnEvent(RuleId rule);

    void OnMatch(RuleId window, string[] group, in LogLine line);
}
