using System.Text;

namespace LogMonitor.Core.Detection;

/// <summary>
/// What the groups and values of a rule's stored matches mean, as eight bytes: by which fields they are grouped, and what is measured. When a rule is
/// changed under its id, matches from before are told by it, and not taken for something that they are not.
/// </summary>
static class MatchShape
{
    public static long Of(WindowRule rule)
    {
        var text = new StringBuilder();
        foreach (var field in rule.KeyFields)
        {
            text.Append(field.Name).Append('\n');
            foreach (var (id, name) in (field.OfRule ?? new Dictionary<RuleId, string>()).OrderBy(entry => entry.Key.Value, StringComparer.Ordinal))
                text.Append(id.Value).Append('\t').Append(name).Append('\n');
        }
        text.Append('\n').Append(rule.Type is CorrelationType.Temporal or CorrelationType.TemporalOrdered ? "rule" : string.Join('\n', rule.ValueFields));
        return MatchValue.Of(Encoding.UTF8.GetBytes(text.ToString()));
    }
}
