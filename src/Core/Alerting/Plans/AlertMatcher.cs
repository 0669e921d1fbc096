using System.Net;
using LogMonitor.Core.Detection;

namespace LogMonitor.Core.Alerting.Plans;

/// <summary>What must hold of an alert: each of its terms. Without any, every alert matches.</summary>
public sealed record AlertMatcher(IReadOnlyList<MatchTerm> Terms)
{
    /// <summary>Matches every alert.</summary>
    public static AlertMatcher Everything { get; } = new([]);

    /// <summary>Matches the alerts of one rule, host and group: this one, and when it comes again.</summary>
    public static AlertMatcher Of(Alert alert) =>
        new([.. new MatchTerm[] { MatchTerm.Exactly("rule", alert.Name ?? alert.Rule), MatchTerm.Exactly("host", alert.Host) }
            // A field that is called as something of the alert itself can't be asked for: the term would mean that.
            .Concat(alert.Group.Select(group => MatchTerm.Exactly(group.Field, group.Value)).Where(term => term.Matches(alert)))]);

    /// <summary>Whether an alert is meant.</summary>
    public bool Matches(Alert alert) => Terms.All(term => term.Matches(alert));

    /// <summary><c>level high or critical, host web*</c>.</summary>
    public override string ToString() => Terms.Count == 0 ? "everything" : string.Join(", ", Terms);
}

/// <summary>One thing about an alert, and what it may be.</summary>
/// <param name="Key"><c>level</c>, <c>levelFrom</c>, <c>rule</c>, <c>host</c>, or a field that the alert's rule groups by, such as <c>c-ip</c>.</param>
/// <param name="Values">
/// One of these: levels; a rule's id, name or title, a host, or a field's value, each with the wildcards <c>*</c> and <c>?</c>; a network such as
/// <c>192.0.2.0/24</c> for a field with addresses. Case does not matter.
/// </param>
public sealed record MatchTerm(string Key, IReadOnlyList<string> Values)
{
    /// <summary>A term for one value, which may hold what else were a wildcard or a network: clients choose user names.</summary>
    internal static MatchTerm Exactly(string key, string value) => new(key, [IPNetwork.TryParse(value, out _) ? $@"\{value}" : Wildcards.Escape(value)]);

    internal bool Matches(Alert alert) => Key switch
    {
        "level" => Values.Any(value => value.Equals(alert.Level.ToString(), StringComparison.OrdinalIgnoreCase)),
        "levelFrom" => Values.Any(value => Enum.TryParse<Level>(value, ignoreCase: true, out var level) && alert.Level >= level),
        "rule" => Values.Any(value => Is(value, alert.Rule) || Is(value, alert.Name) || Is(value, alert.Title)),
        "host" => Values.Any(value => Is(value, alert.Host)),
        _ => (alert.Group.FirstOrDefault(group => group.Field == Key) ?? alert.Group.FirstOrDefault(group => group.Field == FieldOf(Key))) is { } group && Values.Any(value => Is(value, group.Value) || IsIn(value, group.Value)),
    };

    /// <summary>Why it can't be, or null.</summary>
    public string? Problem => Key switch
    {
        _ when Values.Count == 0 => $"'{Key}' has no value",
        "level" or "levelFrom" => Values.FirstOrDefault(value => !Enum.GetNames<Level>().Contains(value, StringComparer.OrdinalIgnoreCase)) is { } wrong
            ? $"'{Key}' must be informational, low, medium, high or critical, but found '{wrong}'" : null,
        "rule" or "host" => null,
        _ when LineField.Find(Key) is null => $"'{Key}' is not what an alert has; there are level, levelFrom, rule, host, and fields that rules group by, such as c-ip and user",
        _ => null,
    };

    /// <inheritdoc/>
    public override string ToString() => $"{Key} {string.Join(" or ", Values)}";

    static string FieldOf(string key) => LineField.Find(key)?.Name ?? key;

    static bool Is(string pattern, string? text) => text is not null && Wildcards.Matches(pattern, text);

    static bool IsIn(string network, string address) => IPNetwork.TryParse(network, out var range) && IPAddress.TryParse(address, out var client) && range.Contains(client);
}
