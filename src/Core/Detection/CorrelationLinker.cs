using LogMonitor.Core.Text;
using YamlDotNet.Core;

namespace LogMonitor.Core.Detection;

/// <summary>
/// Looks up what correlations refer to: rules about lines, and other correlations (chains). A match of a correlation is the line that
/// completes one of its windows, so a correlation may group by any field of it; it is stored by those fields, too.
/// </summary>
/// <param name="documents">Takes the errors.</param>
/// <param name="events">Id or name → rule about lines.</param>
sealed class CorrelationLinker(RuleDocuments documents, IReadOnlyDictionary<string, EventRule> events)
{
    /// <summary>How many correlations may stand on each other, 5.</summary>
    const int MaxDepth = 5;

    readonly Dictionary<string, CorrelationDraft> drafts = new(StringComparer.Ordinal);
    readonly Dictionary<CorrelationDraft, WindowRule?> linked = [];
    readonly List<WindowRule> baseFirst = [];
    readonly Dictionary<RuleId, int> depths = [];
    readonly Dictionary<RuleId, TimeSpan> together = [];
    List<DisabledRule> disabled = [];

    /// <summary>Reads correlations.</summary>
    public List<CorrelationDraft> Read(IEnumerable<RuleDocument> correlations)
    {
        foreach (var document in correlations) documents.Try(document.File, () => Add(CorrelationReader.Read(document)));
        return [.. drafts.Values.Distinct()];
    }

    /// <summary>The rules that could be linked; those that others refer to stand before them.</summary>
    /// <param name="changed">What was read, as overrides have left it.</param>
    /// <param name="disabledRules">The rules that are switched off. Takes those that stand on them alone.</param>
    public IReadOnlyList<WindowRule> Link(IEnumerable<CorrelationDraft> changed, List<DisabledRule> disabledRules)
    {
        drafts.Clear();
        foreach (var draft in changed)
            foreach (var reference in ReferencesTo(draft.Rule)) drafts.Add(reference, draft);
        disabled = disabledRules;
        foreach (var draft in BaseFirst())
            if (!documents.Try(draft.Document.File, () => LinkOne(draft))) linked.Add(draft, null);
        return WithKeyFields();
    }

    static string[] ReferencesTo(WindowRule rule) => [.. new[] { rule.Id.Value, rule.Name }.OfType<string>().Distinct()];

    void Add(CorrelationDraft draft)
    {
        var references = ReferencesTo(draft.Rule);
        foreach (var reference in references)
            if ((events.GetValueOrDefault(reference)?.File ?? drafts.GetValueOrDefault(reference)?.Document.File) is { } other)
                throw new RuleException(draft.Document.Map.Start, $"'{reference}' is already the id or name of a rule in {other}; this rule is skipped");
        foreach (var reference in references) drafts.Add(reference, draft);
    }

    // Without recursion: before it is refused, a chain may be as long as files are, and the stack is not.
    List<CorrelationDraft> BaseFirst()
    {
        var ordered = new List<CorrelationDraft>();
        var seen = new HashSet<CorrelationDraft>(ReferenceEqualityComparer.Instance);
        var waiting = new Stack<(CorrelationDraft Draft, bool AreBasesDone)>(drafts.Values.Reverse().Select(draft => (draft, false)));
        while (waiting.TryPop(out var next))
            if (next.AreBasesDone) ordered.Add(next.Draft);
            else if (seen.Add(next.Draft))
            {
                waiting.Push((next.Draft, true));
                foreach (var reference in next.Draft.References.Reverse())
                    if (drafts.TryGetValue(reference.Value, out var below)) waiting.Push((below, false));
            }
        return ordered;
    }

    /// <summary>Links a correlation, unless overrides have switched off what it stands on.</summary>
    void LinkOne(CorrelationDraft draft)
    {
        List<Base?> all = [.. draft.References.Select(reference => Find(reference.Value, reference.At))];
        List<Base> bases = [.. all.OfType<Base>().DistinctBy(found => found.Id)];
        if (bases.Count == 0 || all.Contains(null) && draft.Rule.Type is CorrelationType.Temporal or CorrelationType.TemporalOrdered)
        {
            disabled.Add(new DisabledRule(draft.Rule.Id, draft.Rule.Name, draft.Rule.Title, draft.Rule.File));
            return;
        }
        List<WindowRule> chained = [.. bases.Select(found => found.Window).OfType<WindowRule>()];
        var keyFields = ReadKeyFields(draft, bases);
        foreach (var child in chained)
            foreach (var field in keyFields)
                if (LineField.Find(field.For(child.Id)) is null && !child.GroupBy.Contains(field.For(child.Id)))
                    throw new RuleException(draft.Document.Map.Start, $"'{field.For(child.Id)}' is neither a field nor an alias of '{child.Title}'");

        depths[draft.Rule.Id] = 1 + chained.Select(child => depths[child.Id]).DefaultIfEmpty().Max();
        if (depths[draft.Rule.Id] > MaxDepth) throw new RuleException(draft.Document.Map.Start, $"more than {MaxDepth} correlations stand on each other here");
        together[draft.Rule.Id] = draft.Rule.Timespan + chained.Select(child => together[child.Id]).DefaultIfEmpty().Max();
        if (together[draft.Rule.Id] > WindowRule.MaxTimespan)
            throw new RuleException(draft.Document.Map.Start, $"with those of the correlations that it stands on, its timespan is longer than {WindowRule.MaxTimespan.InWords()}");
        var window = draft.Rule with
        {
            BaseRules = [.. bases.Where(found => found.Window is null).Select(found => found.Id)],
            BaseCorrelations = [.. chained.Select(child => child.Id)],
            References = [.. bases.Select(found => found.Id)],
            ReferenceTitles = [.. bases.Select(found => found.Title)],
            GroupBy = [.. keyFields.Select(field => field.Name)],
            KeyFields = keyFields,
            // Whether a firing begins at a moment or goes on depends on the moments before it, as far as its window goes.
            Reach = draft.Rule.Timespan + chained.Select(child => draft.Rule.CountsOnsets ? child.Reach + child.Timespan : child.Reach).DefaultIfEmpty().Max(),
            // Of another correlation, beginnings are counted, and more matches can make one of two.
            Grows = chained.TrueForAll(child => child.Grows) && (chained.Count == 0 || !draft.Rule.CountsOnsets),
        };
        linked[draft] = window;
        baseFirst.Add(window);
    }

    /// <summary>What a reference means; null for a rule that is switched off.</summary>
    Base? Find(string reference, Mark at)
    {
        if (events.TryGetValue(reference, out var rule)) return new Base(reference, rule.Id, rule.Title, null);
        if (disabled.Exists(rule => rule.Id.Value == reference || rule.Name == reference)) return null;
        if (!drafts.TryGetValue(reference, out var draft)) throw new RuleException(at, $"no rule has the id or name '{reference}'");
        // What it stands on comes before it, but for a circle.
        if (!linked.TryGetValue(draft, out var window)) throw new RuleException(at, $"'{reference}' refers back to this rule: a correlation can't stand on itself");
        return window is not null ? new Base(reference, window.Id, window.Title, window) : throw new RuleException(at, $"the rule '{reference}' has a mistake of its own");
    }

    static KeyField[] ReadKeyFields(CorrelationDraft draft, List<Base> bases)
    {
        foreach (var (alias, entries) in draft.Aliases)
            foreach (var (rule, _, at) in entries)
                if (!draft.References.Any(reference => reference.Value == rule)) throw new RuleException(at, $"the alias '{alias}' names the rule '{rule}', which is not among 'rules'");
        return
        [
            .. draft.GroupBy.Select(group => draft.Aliases.TryGetValue(group.Value, out var entries)
                ? new KeyField(group.Value, bases.ToDictionary(found => found.Id, found => FieldOf(found, group, entries)))
                : new KeyField(CorrelationReader.FindField(group).Name)).DistinctBy(field => field.Name),
        ];
    }

    static string FieldOf(Base found, (string Value, Mark At) alias, IReadOnlyList<(string Rule, string Field, Mark At)> entries)
    {
        var entry = entries.FirstOrDefault(entry => entry.Rule == found.Reference);
        if (entry.Rule is null) throw new RuleException(alias.At, $"the alias '{alias.Value}' names no field for the rule '{found.Reference}'");
        return found.Window?.GroupBy.Contains(entry.Field) == true ? entry.Field : CorrelationReader.FindField((entry.Field, entry.At)).Name;
    }

    // From those that nothing stands on downwards, so that each knows what is asked of it.
    WindowRule[] WithKeyFields()
    {
        WindowRule[] rules = [.. baseFirst];
        for (var i = rules.Length - 1; i >= 0; i--)
            foreach (var child in rules[i].BaseCorrelations)
            {
                var at = Array.FindIndex(rules, rule => rule.Id == child);
                var asked = rules[i].KeyFields.Select(field => field.For(child)).Concat(rules[i].ValueFields);
                rules[at] = rules[at] with { KeyFields = [.. rules[at].KeyFields.Concat(asked.Select(name => new KeyField(name))).DistinctBy(field => field.Name)] };
            }
        return rules;
    }

    /// <param name="Window">Null for a rule about lines.</param>
    sealed record Base(string Reference, RuleId Id, string Title, WindowRule? Window);
}
