using LogMonitor.Core.Chunks;
using LogMonitor.Core.Detection;

namespace LogMonitor.Core.Alerting;

/// <summary>All matches of one rule and group on one host that were read for an evaluation, from however many chunks.</summary>
public sealed class GroupMatches
{
    readonly SortedDictionary<long, int> counts = [];
    readonly List<MatchSample> samples = [];

    /// <summary>All matches.</summary>
    public long Count { get; private set; }

    /// <summary>Adds one chunk's.</summary>
    public void Add(MatchGroup group)
    {
        Count += group.Count;
        foreach (var point in group.Points) counts[point.Time] = counts.GetValueOrDefault(point.Time) + point.Count;
        samples.AddRange(group.Samples);
    }

    /// <summary>In order of time.</summary>
    public IReadOnlyList<MatchPoint> Points => [.. counts.Select(entry => new MatchPoint(entry.Key, entry.Value))];

    internal IEnumerable<MatchSample> Samples => samples;
}

/// <summary>What an evaluation makes of one rule and group: the alerts to store, and what to say in the report.</summary>
/// <param name="Alerts">Changed and new ones.</param>
/// <param name="Peak">The most matches in one window.</param>
/// <param name="Decision">What was decided.</param>
public sealed record IncidentUpdate(IReadOnlyList<Alert> Alerts, long Peak, RuleDecision Decision);

/// <summary>What an evaluation decided about a rule.</summary>
public enum RuleDecision { BelowThreshold, AlertUnchanged, AlertUpdated, AlertOpened }

/// <summary>
/// Turns firings into alerts, one per incident: firings no further apart than the rule's window and the grace are one incident.
/// Known alerts take part as the stretches they cover, so an evaluation needs only the hours that are new.
/// </summary>
public sealed class Incidents(AlertOptions options)
{
    /// <summary>How far apart two firings of a rule may lie within one incident.</summary>
    public TimeSpan QuietOf(WindowRule rule) => rule.Timespan + options.Grace;

    /// <summary>Brings the alerts of one rule and group up to date.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="host">The host.</param>
    /// <param name="key">The rule's group.</param>
    /// <param name="matches">Every match in the hours read.</param>
    /// <param name="read">The hours read, first and last.</param>
    /// <param name="known">The alerts of this fingerprint that the hours read, widened by the quiet time, touch; not merged ones.</param>
    /// <param name="opened">When a new alert counts as opened: a run that is taken up again after a crash must write the very row it wrote before.</param>
    /// <param name="now">The time.</param>
    public IncidentUpdate Update(
        WindowRule rule, string host, MatchKey key, GroupMatches matches, (EventHour First, EventHour Last) read,
        IReadOnlyList<Alert> known, DateTimeOffset opened, DateTimeOffset now)
    {
        var points = matches.Points;
        var found = SlidingWindow.Find(points, rule.Timespan, rule.Minimum, out var peak);
        var alerts = new List<Alert>();
        var decision = RuleDecision.BelowThreshold;
        foreach (var incident in SlidingWindow.Join(found.Concat(known.Select(alert => alert.Interval)), QuietOf(rule)))
        {
            var parts = known.Where(alert => alert.Interval.First >= incident.First && alert.Interval.Last <= incident.Last)
                .OrderBy(alert => alert.OpenedAt).ThenBy(alert => alert.Id, StringComparer.Ordinal).ToList();
            var current = parts is [var oldest, ..] ? oldest : New(rule, host, key, incident, opened);
            var updated = current with
            {
                First = DateTimeOffset.FromUnixTimeMilliseconds(incident.First),
                Last = DateTimeOffset.FromUnixTimeMilliseconds(incident.Last),
                Peak = incident.Peak,
                HourCounts = CountHours(incident, parts, points, read),
                Samples = [.. parts.SelectMany(part => part.Samples).Concat(matches.Samples)
                    .Where(sample => sample.Time >= incident.First && sample.Time <= incident.Last)
                    .OrderBy(sample => sample.Time).ThenBy(sample => sample.Text, StringComparer.Ordinal).ThenBy(sample => sample.Line)
                    .Distinct().Take(Alert.MaxSamples)],
                NotifiedAt = parts.Max(part => part.NotifiedAt),
            };
            if (parts.Count == 0)
            {
                alerts.Add(updated);
                decision = Further(decision, RuleDecision.AlertOpened);
                continue;
            }
            if (parts.Count == 1 && updated.Count == current.Count && updated.Interval == current.Interval)
            {
                decision = Further(decision, RuleDecision.AlertUnchanged);
                continue;
            }
            updated = updated with { SeenAt = now };
            if (updated.State == AlertState.Resolved) updated = updated.With(AlertEvent.Reopened, "MoreMatches", now) with { State = AlertState.Open, ResolvedAt = null };
            alerts.Add(updated);
            alerts.AddRange(parts.Skip(1).Select(part => part.With(AlertEvent.Merged, $"PartOf {updated.Id}", now) with { State = AlertState.Merged }));
            decision = Further(decision, RuleDecision.AlertUpdated);
        }
        return new IncidentUpdate(alerts, peak, decision);
    }

    internal static RuleDecision Further(RuleDecision a, RuleDecision b) => (RuleDecision)Math.Max((int)a, (int)b);

    Alert New(WindowRule rule, string host, MatchKey key, Firing incident, DateTimeOffset opened)
    {
        var fingerprint = Fingerprint.Of(host, key);
        return new Alert
        {
            Id = Alert.IdOf(fingerprint, incident.First),
            Fingerprint = fingerprint,
            Rule = rule.Id.Value,
            Title = rule.Title,
            Level = rule.Level,
            Host = host,
            Group = [.. rule.GroupBy.Zip(key.Group, (field, value) => new GroupValue(field, value))],
            Threshold = rule.Threshold,
            Quiet = QuietOf(rule),
            First = default,
            Last = default,
            Peak = 0,
            HourCounts = [],
            OpenedAt = opened,
            SeenAt = opened,
            History = [new AlertHistoryEntry(opened, AlertEvent.Opened, "ThresholdReached")],
        };
    }

    /// <summary>Hours that were read are counted anew; what is known of the others stands.</summary>
    static SortedDictionary<long, long> CountHours(
        Firing incident, List<Alert> parts, IReadOnlyList<MatchPoint> points, (EventHour First, EventHour Last) read)
    {
        var hours = new SortedDictionary<long, long>();
        foreach (var (hour, count) in parts.SelectMany(part => part.HourCounts))
            if (hour < read.First.Value || hour > read.Last.Value) hours[hour] = hours.GetValueOrDefault(hour) + count;
        foreach (var point in points)
            if (point.Time >= incident.First && point.Time <= incident.Last && EventHour.Of(point.Time).Value is var hour)
                hours[hour] = hours.GetValueOrDefault(hour) + point.Count;

        while (hours.Count > Alert.MaxHours)
        {
            var oldest = hours.First();
            hours.Remove(oldest.Key);
            hours[hours.First().Key] += oldest.Value;
        }
        return hours;
    }
}
