using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace LogMonitor.Core.Detection;

/// <summary>
/// What users change of rules without editing them: documents with the key <c>overrides</c>, a list of rules and what is different. LogMonitor's own, not
/// Sigma's. A mistake in one leaves the rule as it was.
/// </summary>
/// <param name="documents">Takes the errors.</param>
/// <param name="searches">Reads allow lists.</param>
sealed class RuleOverrides(RuleDocuments documents, SearchReader searches)
{
    static readonly string[] keys = ["rule", "rules", "threshold", "timespan", "level", "disable", "allow"];

    readonly HashSet<(string Rule, string Key)> taken = [];
    readonly HashSet<RuleId> changed = [];
    readonly List<DisabledRule> disabled = [];

    /// <summary>The rules that are not as their files have them.</summary>
    public IReadOnlySet<RuleId> Changed => changed;

    /// <summary>The rules that are switched off.</summary>
    public List<DisabledRule> Disabled => disabled;

    /// <summary>Applies the overrides of some documents.</summary>
    /// <param name="all">The documents.</param>
    /// <param name="events">The rules about lines; those that are switched off are taken out.</param>
    /// <param name="correlations">The correlations; those that are switched off are taken out.</param>
    public void Apply(IEnumerable<RuleDocument> all, List<EventRule> events, List<CorrelationDraft> correlations)
    {
        foreach (var document in all)
            documents.Try(document.File, () =>
            {
                document.Map.AllowOnly(["title", "description", "overrides"], "a document with overrides");
                document.Map.TryGet("overrides", out var node);
                if (node is not YamlSequenceNode list) throw new RuleException(node!.Start, "'overrides' must be a list, each with rule and what is different of it");
                foreach (var item in list.Children) documents.Try(document.File, () => Apply(item, events, correlations));
            });
    }

    void Apply(YamlNode node, List<EventRule> events, List<CorrelationDraft> correlations)
    {
        var map = node as YamlMappingNode ?? throw new RuleException(node.Start, "an override is a map with rule and what is different of it");
        map.AllowOnly(keys, "an override");
        if (map.Children.Keys.All(key => key.ToString() is "rule" or "rules")) throw new RuleException(map.Start, $"this override changes nothing: it may have {string.Join(", ", keys[2..])}");
        var allow = map.TryGet("allow", out var allowed) ? searches.Read("allow", allowed) : null;
        var level = map.TryGet("level", out _) ? RuleHead.ReadLevel(map) : (Level?)null;
        var disables = map.TryGet("disable", out var disable) && ReadTrue(disable);
        var named = ReadRules(map);
        if (named is null && map.Children.Keys.FirstOrDefault(key => key.ToString() is not ("rules" or "allow")) is { } tooMuch)
            throw new RuleException(tooMuch.Start, $"'rules: any' goes with allow only; name the rules whose {tooMuch} is another");

        // All of it or nothing: looked at before anything is changed.
        List<(EventRule? Rule, CorrelationDraft? Draft, CorrelationDraft? Changed)> found = [];
        foreach (var (name, at) in named ?? [])
        {
            // By its id and by its name, perhaps.
            if (found.Exists(other => IsCalled(other.Rule?.Id, other.Rule?.Name, name) || IsCalled(other.Draft?.Rule.Id, other.Draft?.Rule.Name, name))) continue;
            var rule = events.Find(rule => rule.Id.Value == name || rule.Name == name);
            var draft = correlations.Find(draft => draft.Rule.Id.Value == name || draft.Rule.Name == name);
            if (rule is null && draft is null) throw new RuleException(at, disabled.Exists(other => other.Id.Value == name || other.Name == name) ? $"'{name}' is disabled by another override" : $"no rule has the id or name '{name}'");
            foreach (var key in map.Children.Keys.Where(key => key.ToString() is not ("rule" or "rules" or "allow")))
                if (taken.Contains((rule?.Id.Value ?? draft!.Rule.Id.Value, key.ToString()))) throw new RuleException(key.Start, $"another override has a {key} for '{name}' already");
            found.Add((rule, draft, draft is null ? null : Change(draft, map)));
            if (rule is not null && map.Children.Keys.FirstOrDefault(key => key.ToString() is "threshold" or "timespan") is { } wrong)
                throw new RuleException(wrong.Start, $"'{name}' is a rule about single lines: it has no {wrong}");
        }
        // What no rule matches, no correlation counts.
        if (named is null) found = [.. events.Select(rule => ((EventRule?)rule, (CorrelationDraft?)null, (CorrelationDraft?)null))];

        foreach (var (rule, draft, change) in found)
        {
            var id = rule?.Id ?? draft!.Rule.Id;
            changed.Add(id);
            foreach (var key in map.Children.Keys) taken.Add((id.Value, key.ToString()));
            if (disables)
            {
                disabled.Add(new DisabledRule(id, rule?.Name ?? draft?.Rule.Name, rule?.Title ?? draft!.Rule.Title, rule?.File ?? draft!.Rule.File));
                if (rule is not null) events.Remove(rule);
                if (draft is not null) correlations.Remove(draft);
                continue;
            }
            if (rule is not null)
            {
                if (allow is not null) rule.Require(new Negation(allow));
                if (level is { } ofRule) rule.About = rule.About with { Level = ofRule };
            }
            if (change is null) continue;
            var window = change.Rule with { About = level is { } ofWindow ? change.Rule.About with { Level = ofWindow } : change.Rule.About };
            if (allow is not null) window = window with { Allowed = window.Allowed is { } before ? new AnyOf([before, allow]) : allow };
            correlations[correlations.IndexOf(draft!)] = change with { Rule = window };
        }
    }

    /// <summary>A correlation with another threshold or timespan.</summary>
    static CorrelationDraft Change(CorrelationDraft draft, YamlMappingNode map)
    {
        var rule = draft.Rule;
        if (map.TryGet("timespan", out _)) rule = rule with { Timespan = CorrelationReader.ReadTimespan(map) };
        if (map.TryGet("threshold", out var threshold))
        {
            if (rule.Type is CorrelationType.Temporal or CorrelationType.TemporalOrdered) throw new RuleException(threshold.Start, $"'{rule.Title}' is about which rules match: it has no threshold");
            rule = rule with { Condition = CorrelationReader.ReadThreshold(rule, threshold) };
        }
        return draft with { Rule = rule };
    }

    static List<(string Name, Mark At)>? ReadRules(YamlMappingNode map)
    {
        if (map.TryGet("rule", out _) == map.TryGet("rules", out var rules)) throw new RuleException(map.Start, "an override names a rule: 'rule' with one id or name, or 'rules' with a list of them");
        if (rules is null) return [(map.Text("rule"), map.Child("rule").Start)];
        if (rules is YamlScalarNode { Value: "any" or "all" }) return null;
        List<(string, Mark)> named = [.. rules.Texts("'rules'").DistinctBy(name => name.Value)];
        return named.Count > 0 ? named : throw new RuleException(rules.Start, "'rules' is an empty list");
    }

    static bool IsCalled(RuleId? id, string? ruleName, string name) => id?.Value == name || ruleName == name;

    static bool ReadTrue(YamlNode node) => node.Scalar("'disable'") switch
    {
        "true" => true,
        "false" => false,
        _ => throw new RuleException(node.Start, $"'disable' is true or false, but found '{node}'"),
    };
}

/// <summary>A rule that an override has switched off, or all of whose base rules are.</summary>
public sealed record DisabledRule(RuleId Id, string? Name, string Title, string File);
