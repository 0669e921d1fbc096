using LogMonitor.Core.Chunks;
using LogMonitor.Core.Detection;

namespace LogMonitor.Core.Alerting;

/// <summary>What an evaluation makes of one rule and group: the alerts to store, and what to say in the report.</summary>
/// <param name="Alerts">Changed and new ones.</param>
/// <param name="Peak">The most matches in one window.</param>
/// <param name="Decision">What was decided.</param>
public sealed record IncidentUpdate(IReadOnlyList<Alert> Alerts, long Peak, RuleDecision Decision);

/// <summary>What an evaluation decided about a rule.</summary>
public enum RuleDecision { BelowThreshold, AlertUnchanged, AlertUpdated, AlertOpened }

/// <summary>
/// Turns firings into alerts, one per incident: firings no further apart than the rule's window and the grace are one incident.
/// </summary>
public sealed class Incidents(AlertOptions options)
{
    /// <summary>How far apart two firings of a rule may lie within one incident.</summary>
    public TimeSpan QuietOf(WindowRule rule) => rule.Timespan + options.Grace;

    /// <summary>
    /// Brings the alerts of one group up to date, of a rule that <see cref="WindowRule.Grows"/>. Known alerts take part as the stretches
    /// they cover, so an evaluation needs only the hours that are new.
    /// </summary>
    /// <param name="rule">The rule.</param>
    /// <param name="host">The host.</param>
    /// <param name="key">The rule's group.</param>
    /// <param name="matches">Every match in the hours read.</param>
    /// <param name="read">The hours read, first and last.</param>
    /// <param name="known">The alerts of this fingerprint that the hours read, widened by the quiet time, touch; not merged ones.</param>
    /// <param name="isComplete">Whether no match of those hours is missing: otherwise no count of a known alert gets less.</param>
    /// <param name="opened">When a new alert counts as opened: a run that is taken up again after a crash must write the very row it wrote before.</param>
    /// <param name="now">The time.</param>
    public IncidentUpdate Update(
        WindowRule rule, string host, MatchKey key, GroupMatches matches, (EventHour First, EventHour Last) read,
        IReadOnlyList<Alert> known, bool isComplete, DateTimeOffset opened, DateTimeOffset now)
    {
        var found = SlidingWindow.Find(matches.Points, rule, out var peak);
        // What a base correlation gives in the first hours depends on what was before them.
        var update = new Changes(this, rule, host, key, matches, (read.First + HoursOf(rule.Reach - rule.Timespan), read.Last), isComplete, opened, now);
        foreach (var incident in SlidingWindow.Join(found.Concat(known.Select(alert => alert.Interval)), QuietOf(rule)))
            update.Add(incident, [.. known.Where(alert => alert.Interval.First >= incident.First && alert.Interval.Last <= incident.Last)]);
        return update.ToUpdate(peak);
    }

    /// <summary>
    /// Brings the alerts of one group up to date, of a rule whose firings late matches can take away: its incidents are found anew, and an alert that
    /// none is left of is withdrawn.
    /// </summary>
    /// <param name="rule">The rule.</param>
    /// <param name="host">The host.</param>
    /// <param name="key">The rule's group.</param>
    /// <param name="matches">Every match in the hours read.</param>
    /// <param name="read">The hours read, first and last: the span, and before it as far as the rule reaches.</param>
    /// <param name="span">The first and the last moment at which a window ends that is judged: all that can have changed, and the whole of the known alerts near it.</param>
    /// <param name="known">The alerts that lie within the span; not merged ones.</param>
    /// <param name="ids">Those of all alerts of this fingerprint.</param>
    /// <param name="isComplete">Whether no match is missing: otherwise nothing is withdrawn, or a flood could take back the alert about its own beginning.</param>
    /// <param name="opened">When a new alert counts as opened.</param>
    /// <param name="now">The time.</param>
    public IncidentUpdate Revise(
        WindowRule rule, string host, MatchKey key, GroupMatches matches, (EventHour First, EventHour Last) read, (long First, long Last) span,
        IReadOnlyList<Alert> known, IEnumerable<string> ids, bool isComplete, DateTimeOffset opened, DateTimeOffset now)
    {
        var found = SlidingWindow.Find(matches.Points, rule, span.First, span.Last, null, out var peak);
        var quiet = (long)QuietOf(rule).TotalMilliseconds;
        var update = new Changes(this, rule, host, key, matches, read, isComplete, opened, now) { Taken = [.. ids] };
        var left = known.ToList();
        // With matches missing nothing that is known gets shorter: it takes part as the stretch that it covers.
        foreach (var incident in SlidingWindow.Join(isComplete ? found : found.Concat(known.Where(alert => alert.State != AlertState.Withdrawn).Select(alert => alert.Interval)), QuietOf(rule)))
        {
            var parts = left.Where(alert => alert.Interval.First <= incident.Last + quiet && alert.Interval.Last >= incident.First - quiet).ToList();
            left.RemoveAll(parts.Contains);
            update.Add(incident, parts);
        }
        if (isComplete)
            foreach (var alert in left) update.Withdraw(alert);
        return update.ToUpdate(peak);
    }

    /// <summary>Hours that hold a span.</summary>
    internal static int HoursOf(TimeSpan span) => (int)Math.Ceiling(span.TotalHours);

    internal static RuleDecision Further(RuleDecision a, RuleDecision b) => (RuleDecision)Math.Max((int)a, (int)b);

    /// <summary>What becomes of a group's alerts.</summary>
    sealed class Changes(
        Incidents incidents, WindowRule rule, string host, MatchKey key, GroupMatches matches, (EventHour First, EventHour Last) read, bool isComplete, DateTimeOffset opened, DateTimeOffset now)
    {
        readonly List<Alert> alerts = [];
        RuleDecision decision = RuleDecision.BelowThreshold;

        /// <summary>The ids of alerts that are known. One that has moved since it was opened keeps its own.</summary>
        public HashSet<string> Taken { get; init; } = [];

        public IncidentUpdate ToUpdate(long peak) => new(alerts, peak, decision);

        /// <summary>Makes one alert of an incident and of the known alerts that are part of it.</summary>
        public void Add(Firing incident, IReadOnlyCollection<Alert> known)
        {
            // One that was withdrawn is taken up again before another is opened beside it.
            var parts = known.OrderBy(alert => alert.State == AlertState.Withdrawn).ThenBy(alert => alert.OpenedAt).ThenBy(alert => alert.Id, StringComparer.Ordinal).ToList();
            if (parts is not [var current, ..])
            {
                alerts.Add(Describe(New(incident), incident, parts));
                decision = Further(decision, RuleDecision.AlertOpened);
                return;
            }
            var others = parts.Skip(1).Where(part => part.State != AlertState.Withdrawn).ToList();
            var updated = Describe(current, incident, parts);
            if (others.Count == 0 && current.State != AlertState.Withdrawn && updated.Count == current.Count && updated.Interval == current.Interval && updated.Samples.SequenceEqual(current.Samples))
            {
                decision = Further(decision, RuleDecision.AlertUnchanged);
                return;
            }
            updated = updated with { SeenAt = now };
            if (updated.State is AlertState.Resolved or AlertState.Withdrawn)
                updated = updated.With(AlertEvent.Reopened, "MoreMatches", now) with { State = AlertState.Open, ResolvedAt = null, AcknowledgedAt = null, AcknowledgedBy = null, IsClosed = false };
            alerts.Add(updated);
            alerts.AddRange(others.Select(part => part.With(AlertEvent.Merged, $"PartOf {updated.Id}", now) with { State = AlertState.Merged }));
            decision = Further(decision, RuleDecision.AlertUpdated);
        }

        /// <summary>Takes back an alert that later matches have shown to be none.</summary>
        public void Withdraw(Alert alert)
        {
            if (alert.State == AlertState.Withdrawn) return;
            alerts.Add(alert.With(AlertEvent.Withdrawn, "LateMatches", now) with { State = AlertState.Withdrawn, ResolvedAt = now });
            decision = Further(decision, RuleDecision.AlertUpdated);
        }

        Alert Describe(Alert alert, Firing incident, List<Alert> parts) => alert with
        {
            First = DateTimeOffset.FromUnixTimeMilliseconds(incident.First),
            Last = DateTimeOffset.FromUnixTimeMilliseconds(incident.Last),
            Peak = incident.Peak,
            HourCounts = CountHours(incident, parts, matches.Points, read, isComplete),
            Samples = [.. parts.SelectMany(part => part.Samples).Concat(matches.Samples)
                .Where(sample => sample.Time >= incident.First && sample.Time <= incident.Last)
                .Order(Comparer<MatchSample>.Create(MatchSample.Compare)).Distinct().Take(Alert.MaxSamples)],
            NotifiedAt = parts.Max(part => part.NotifiedAt),
            FirstNotifiedAt = parts.Min(part => part.FirstNotifiedAt),
            AcknowledgedAt = Acknowledged(parts)?.AcknowledgedAt,
            AcknowledgedBy = Acknowledged(parts)?.AcknowledgedBy,
        };

        // Who deals with a part deals with the whole.
        static Alert? Acknowledged(List<Alert> parts) => parts.Find(part => part.State == AlertState.Open && part.AcknowledgedAt is not null);

        Alert New(Firing incident)
        {
            var fingerprint = Fingerprint.Of(host, key);
            var id = Alert.IdOf(fingerprint, incident.First);
            for (var later = incident.First + 1; !Taken.Add(id); later++) id = Alert.IdOf(fingerprint, later);
            return new Alert
            {
                Id = id,
                Fingerprint = fingerprint,
                Rule = rule.Id.Value,
                Name = rule.Name,
                Title = rule.Title,
                Level = rule.Level,
                Host = host,
                Tags = rule.About.Tags,
                Group = [.. rule.GroupBy.Zip(key.Group, (field, value) => new GroupValue(field, value))],
                Threshold = rule.Threshold,
                Quiet = incidents.QuietOf(rule),
                First = default,
                Last = default,
                Peak = 0,
                HourCounts = [],
                OpenedAt = opened,
                SeenAt = opened,
                History = [new AlertHistoryEntry(opened, AlertEvent.Opened, "ThresholdReached")],
            };
        }
    }

    /// <summary>Hours that were read are counted anew (of a chain, those of which all is known); what is known of the others stands.</summary>
    static SortedDictionary<long, long> CountHours(
        Firing incident, List<Alert> parts, IReadOnlyList<MatchPoint> points, (EventHour First, EventHour Last) read, bool isComplete)
    {
        var (hours, known) = (new SortedDictionary<long, long>(), new SortedDictionary<long, long>());
        foreach (var (hour, count) in parts.SelectMany(part => part.HourCounts))
            if (hour < read.First.Value || hour > read.Last.Value) hours[hour] = hours.GetValueOrDefault(hour) + count;
            else known[hour] = known.GetValueOrDefault(hour) + count;
        foreach (var point in points)
            if (point.Time >= incident.First && point.Time <= incident.Last && EventHour.Of(point.Time).Value is var hour && hour >= read.First.Value)
                hours[hour] = hours.GetValueOrDefault(hour) + point.Count;
        if (!isComplete)
            foreach (var (hour, count) in known) hours[hour] = Math.Max(count, hours.GetValueOrDefault(hour));

        while (hours.Count > Alert.MaxHours)
        {
            var oldest = hours.First();
            hours.Remove(oldest.Key);
            hours[hours.First().Key] += oldest.Value;
        }
        return hours;
    }
}
