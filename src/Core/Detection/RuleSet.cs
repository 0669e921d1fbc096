namespace LogMonitor.Core.Detection;

/// <summary>The loaded rules, ready to run. Immutable and thread-safe.</summary>
public sealed class RuleSet
{
    readonly int[][] windowsOf;
    readonly bool[] countsLineOnce;
    readonly Matcher?[] allowed;
    readonly Dictionary<RuleId, WindowRule> byId;
    readonly long[] shapes;
    readonly Dictionary<RuleId, long> shapeOf;

    internal RuleSet(IReadOnlyList<EventRule> events, IReadOnlyList<WindowRule> windows, IReadOnlyList<RuleError> errors)
    {
        (Events, Windows, Errors) = (events, windows, errors);
        Filter = new RuleFilter(events);
        byId = windows.ToDictionary(window => window.Id);
        shapes = [.. windows.Select(MatchShape.Of)];
        shapeOf = windows.Zip(shapes).ToDictionary(window => window.First.Id, window => window.Second);
        windowsOf = [.. events.Select(rule => Enumerable.Range(0, windows.Count).Where(w => windows[w].BaseRules.Contains(rule.Id)).ToArray())];
        Groups = new GroupCodec(events, windows);
        Values = new MatchValues(events, windows);
        allowed = [.. windows.Select(AllowedOf)];
        // A temporal correlation needs to know of each of its rules; an alias may stand for different fields.
        countsLineOnce = [.. windows.Select(window => window.Type is not (CorrelationType.Temporal or CorrelationType.TemporalOrdered) && window.KeyFields.All(field => field.OfRule is null))];
    }

    /// <summary>The rules that look at single lines.</summary>
    public IReadOnlyList<EventRule> Events { get; }

    /// <summary>The rules that raise alerts, and those that only others refer to; each stands behind those that it refers to.</summary>
    public IReadOnlyList<WindowRule> Windows { get; }

    /// <summary>The rules that overrides have changed.</summary>
    public IReadOnlySet<RuleId> Overridden { get; init; } = new HashSet<RuleId>();

    /// <summary>The rules that overrides have switched off, with those that stand on them alone.</summary>
    public IReadOnlyList<DisabledRule> Disabled { get; init; } = [];

    /// <summary>What was skipped, and why.</summary>
    public IReadOnlyList<RuleError> Errors { get; }

    /// <summary>Tells which rules a line can match.</summary>
    internal RuleFilter Filter { get; }

    /// <summary>The groups of the window rules.</summary>
    internal GroupCodec Groups { get; }

    /// <summary>The window rules that an event rule counts for: indexes into <see cref="Windows"/>.</summary>
    internal ReadOnlySpan<int> WindowsOf(int rule) => windowsOf[rule];

    /// <summary>What window rules measure.</summary>
    internal MatchValues Values { get; }

    /// <summary>Whether a line counts once for a window rule, however many of its base rules it matches.</summary>
    internal bool CountsLineOnce(int window) => countsLineOnce[window];

    /// <summary>What is stored of a window rule's matches; an index into <see cref="Windows"/>.</summary>
    internal long ShapeOf(int window) => shapes[window];

    /// <summary>What is stored of the matches of a window rule that there is.</summary>
    internal long ShapeOf(RuleId id) => shapeOf[id];

    /// <summary>The window rule of an id that there is.</summary>
    internal WindowRule FindWindow(RuleId id) => byId[id];

    /// <summary>A rule, and those that it stands on.</summary>
    internal IEnumerable<WindowRule> ChainOf(WindowRule rule)
    {
        // Each once, however many ways lead to it.
        var chain = new List<WindowRule> { rule };
        var seen = new HashSet<RuleId> { rule.Id };
        for (var i = 0; i < chain.Count; i++)
            chain.AddRange(chain[i].BaseCorrelations.Where(seen.Add).Select(FindWindow));
        return chain;
    }

    /// <summary>The rules about lines that it stands on.</summary>
    internal IEnumerable<RuleId> LinesOf(WindowRule rule) => ChainOf(rule).SelectMany(part => part.BaseRules).Distinct();

    /// <summary>
    /// What does not count for a window rule: what is on its own allow list, and, since a rule that stands on correlations has no lines of its own, on those of the rules
    /// that it is counted for alone. One that alerts by itself is a rule of its own.
    /// </summary>
    Matcher? AllowedOf(WindowRule window)
    {
        Matcher[] lists = [.. new[] { window.Allowed }.Concat(Windows.Where(other => other.Allowed is not null && other != window && CountsSilently(other, window)).Select(other => other.Allowed)).OfType<Matcher>()];
        return lists switch { [] => null, [var one] => one, _ => new AnyOf(lists) };
    }

    /// <summary>Whether a rule stands on another through none that alerts by itself.</summary>
    bool CountsSilently(WindowRule rule, WindowRule on) =>
        !on.Alerts && (rule.BaseCorrelations.Contains(on.Id) || rule.BaseCorrelations.Select(FindWindow).Any(between => !between.Alerts && CountsSilently(between, on)));

    /// <summary>Rules whose allow list no line can be on: they stand on rules that alert by themselves, and on nothing else.</summary>
    internal IEnumerable<WindowRule> AllowingNothing => Windows.Where(rule => rule.Allowed is not null && rule.BaseRules.Count == 0 && rule.BaseCorrelations.Select(FindWindow).All(child => child.Alerts));

    /// <summary>Whether an override allows a line: then it does not count for a window rule.</summary>
    internal bool Allows(int window, in Parsing.LogLine line, LineTexts texts) => allowed[window] is { } matcher && matcher.IsMatch(line, texts);
}
