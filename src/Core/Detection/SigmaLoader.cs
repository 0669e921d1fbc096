namespace LogMonitor.Core.Detection;

/// <summary>
/// Reads Sigma rules (specification 2.1, github.com/SigmaHQ/sigma-specification): a file of one or more YAML documents, each a rule about single
/// lines, a filter, a correlation, values of placeholders, or overrides. What isn't understood is an error that says so: a rule that runs means what it says.
/// </summary>
public static class SigmaLoader
{
    /// <summary>Why a text is no YAML that rules could stand in; null where it is.</summary>
    public static RuleError? FindSyntaxError(string file, string yaml)
    {
        var errors = new List<RuleError>();
        _ = new RuleDocuments(errors).ReadRoots(file, yaml).Count();
        return errors.FirstOrDefault();
    }

    /// <summary>Reads files, given as names and texts; of rules with one id or name, the first counts. Never throws: what is wrong with a rule is in <see cref="RuleSet.Errors"/>.</summary>
    /// <param name="files">Names and texts.</param>
    /// <param name="unread">Why further files could not be read.</param>
    public static RuleSet Load(IEnumerable<(string File, string Yaml)> files, IEnumerable<RuleError>? unread = null)
    {
        List<RuleError> errors = [.. unread ?? []];
        var documents = new RuleDocuments(errors);
        List<RuleDocument> all = [.. files.SelectMany(f => documents.Read(f.File, f.Yaml))];

        var placeholders = ReadPlaceholders(all.Where(document => document.Has("placeholders")), documents);
        var reader = new EventRuleReader(new Placeholders(placeholders));
        var events = new List<EventRule>();
        var byReference = new Dictionary<string, EventRule>(StringComparer.Ordinal);
        foreach (var document in all.Where(document => !document.Has("correlation") && !document.Has("filter") && !document.Has("placeholders") && !document.Has("overrides")))
            documents.Try(document.File, () => events.Add(Refer(reader.Read(document), document, byReference)));
        foreach (var document in all.Where(document => document.Has("filter")))
            documents.Try(document.File, () => Apply(reader.ReadFilter(document), events, byReference));

        var correlations = all.Where(document => document.Has("correlation")).ToList();
        var linker = new CorrelationLinker(documents, byReference);
        var drafts = linker.Read(correlations);
        var overrides = new RuleOverrides(documents, new SearchReader(new Placeholders(placeholders)));
        overrides.Apply(all.Where(document => document.Has("overrides")), events, drafts);
        foreach (var disabled in overrides.Disabled)
            foreach (var reference in new[] { disabled.Id.Value, disabled.Name }.OfType<string>()) byReference.Remove(reference);
        var windows = linker.Link(drafts, overrides.Disabled);

        // As the specification has it, a base rule alerts by itself only where no correlation refers to it, or one says so. One that can't be
        // read refers too: its mistake must not turn each line of its base rules into an alert.
        var referred = correlations.Where(document => !CorrelationReader.Generates(document.Map)).SelectMany(document => CorrelationReader.ReferencesOf(document.Map)).ToHashSet(StringComparer.Ordinal);
        var rules = new RuleSet(events,
        [
            .. windows.Select(window => window with { Alerts = !referred.Contains(window.Id.Value) && !(window.Name is { } name && referred.Contains(name)) }),
            .. events.Where(rule => rule.Level > Level.Informational && !referred.Contains(rule.Id.Value) && !(rule.Name is { } name && referred.Contains(name))).Select(WindowRule.OfSingle),
        ], errors)
        { Overridden = overrides.Changed, Disabled = overrides.Disabled };
        foreach (var rule in rules.AllowingNothing)
            errors.Add(RuleError.OfFile(rule.File, $"the allow list for '{rule.Name ?? rule.Id.Value}' changes nothing: it counts what other rules alert about; write the list for those, {string.Join(", ", rule.BaseCorrelations.Select(rules.FindWindow).Select(child => child.Name ?? child.Id.Value))}"));
        return rules;
    }

    static EventRule Refer(EventRule rule, RuleDocument document, Dictionary<string, EventRule> byReference)
    {
        string[] references = [.. new[] { rule.Id.Value, rule.Name }.OfType<string>().Distinct()];
        if (references.FirstOrDefault(byReference.ContainsKey) is { } taken)
            throw new RuleException(document.Map.Start, $"'{taken}' is already the id or name of a rule in {byReference[taken].File}; this rule is skipped");
        foreach (var reference in references) byReference.Add(reference, rule);
        return rule;
    }

    static void Apply(EventFilter filter, List<EventRule> events, Dictionary<string, EventRule> byReference)
    {
        foreach (var (reference, at) in filter.Rules ?? [])
        {
            if (!byReference.TryGetValue(reference, out var rule)) throw new RuleException(at, $"no rule has the id or name '{reference}'");
            if (!filter.IsFor(rule)) throw new RuleException(at, $"the rule '{reference}' has another logsource than the filter, which would not apply to it: give the filter the rule's, or none");
        }
        foreach (var rule in events.Where(filter.IsFor)) rule.Require(filter.Condition);
    }

    static Dictionary<string, IReadOnlyList<string>> ReadPlaceholders(IEnumerable<RuleDocument> all, RuleDocuments documents)
    {
        var values = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (var document in all)
            documents.Try(document.File, () =>
            {
                foreach (var (key, node) in document.Map.Map("placeholders").Children)
                {
                    string[] texts = [.. node.Texts($"'{key}'").Select(text => text.Value)];
                    if (texts.Length == 0) throw new RuleException(node.Start, $"the placeholder '{key}' has an empty list of values");
                    if (!values.TryAdd(key.Scalar("a placeholder's name"), texts)) throw new RuleException(key.Start, $"the placeholder '{key}' has values already");
                }
            });
        return values;
    }
}
