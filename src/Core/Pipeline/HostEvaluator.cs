using LogMonitor.Core.Alerting;
using LogMonitor.Core.Chunks;
using LogMonitor.Core.Detection;
using Microsoft.Extensions.Logging;

namespace LogMonitor.Core.Pipeline;

/// <summary>Evaluates what one host's new chunks touched: only the event hours with new matches, and around them as far as a window or an incident can reach.</summary>
public sealed partial class HostEvaluator(
    RuleBook book, IMatchStore matches, IAlertStore alerts, IHostStore hostStore, AlertOptions options, TimeProvider time, ILogger<HostEvaluator> logger)
{
    /// <summary>Event hours whose new matches are looked at together: bounds memory when months are backfilled.</summary>
    const int HoursAtOnce = 6;

    /// <summary>Groups of window rules that are looked at together, 100,000. With more, the half with the fewest matches is left out, and the report says so.</summary>
    internal int MaxGroups { get; init; } = 100_000;

    readonly Incidents incidents = new(options);

    /// <summary>Opens and updates alerts, and says what was found.</summary>
    public async Task<Report> EvaluateAsync(string run, string host, IReadOnlyList<LedgerEntry> entries, CancellationToken cancellationToken)
    {
        var rules = await book.GetAsync(cancellationToken).ConfigureAwait(false);
        var affected = rules.Windows
            .Select(rule => (Rule: rule, Matches: entries.Sum(entry => rules.LinesOf(rule).Sum(id => entry.Summary.Rules.GetValueOrDefault(id.Value)))))
            .Where(a => a.Matches > 0 && a.Rule.Alerts)
            .ToDictionary(a => a.Rule.Id, a => new Outcome(a.Rule, a.Matches));
        var leftOut = affected.Count == 0 ? 0 : await FindIncidentsAsync(rules, run, host, entries, affected, cancellationToken).ConfigureAwait(false);

        var report = Summarise(run, host, entries, leftOut) with { Rules = [.. affected.Values.Select(outcome => outcome.ToRuleOutcome())] };
        if (host != LedgerEntry.NoHost) await SaveHostAsync(host, entries, cancellationToken).ConfigureAwait(false);
        return report;
    }

    /// <summary>Returns how many matches were left out beyond the limit of groups.</summary>
    async Task<long> FindIncidentsAsync(RuleSet rules, string run, string host, IReadOnlyList<LedgerEntry> entries, Dictionary<RuleId, Outcome> affected, CancellationToken cancellationToken)
    {
        var touched = new SortedSet<EventHour>(entries.SelectMany(entry => entry.Summary.MatchHours));
        if (touched.Count == 0) return 0;
        long leftOut = 0;
        // A new match changes windows up to a reach behind it, and joins incidents up to the quiet time further; what base correlations
        // make of the matches there depends on those of a while before.
        var padding = affected.Values.Max(outcome => Incidents.HoursOf(outcome.Rule.Reach + incidents.QuietOf(outcome.Rule)) + Incidents.HoursOf(outcome.Rule.Reach - outcome.Rule.Timespan));
        var working = new WorkingAlerts(alerts, touched.Min + -padding);
        var context = new Context(rules, run, host, working);

        foreach (var piece in Pieces(touched))
        {
            (EventHour First, EventHour Last) read = (piece.First + -padding, piece.Last + padding);
            var (table, dropped) = await ReadAsync(context, read, affected.Values.Select(outcome => outcome.Rule), cancellationToken).ConfigureAwait(false);
            leftOut += dropped;
            foreach (var outcome in affected.Values)
                if (outcome.Rule.Grows)
                    foreach (var (key, found) in table.GroupsOf(outcome.Rule)) await UpdateAsync(outcome, context, key, found, read, cancellationToken).ConfigureAwait(false);
                else leftOut += await ReviseAsync(outcome, context, table, piece, cancellationToken).ConfigureAwait(false);
        }
        foreach (var alert in working.Changed)
        {
            await alerts.SaveAsync(alert, cancellationToken).ConfigureAwait(false);
            LogAlert(alert.State is AlertState.Merged ? "merged" : alert.State is AlertState.Withdrawn ? "withdrawn" : alert.SeenAt == alert.OpenedAt ? "opened" : "updated", alert.Title, alert.Host, alert.Count, alert.First);
        }
        return leftOut;
    }

    /// <summary>Reads what some rules have in some hours, and how many matches were left out because there were too many.</summary>
    async Task<(MatchTable Table, long LeftOut)> ReadAsync(Context context, (EventHour First, EventHour Last) read, IEnumerable<WindowRule> of, CancellationToken cancellationToken)
    {
        var wanted = of.SelectMany(context.Rules.ChainOf).Select(rule => rule.Id).ToHashSet();
        var table = new MatchTable(context.Rules);
        long leftOut = 0;
        await foreach (var group in matches.ReadAsync(context.Host, read.First, read.Last, cancellationToken).ConfigureAwait(false))
        {
            if (!wanted.Contains(group.Key.Rule)) continue;
            table.Add(group);
            leftOut += table.Limit(MaxGroups);
        }
        return (table, leftOut);
    }

    async Task UpdateAsync(Outcome outcome, Context context, MatchKey key, GroupMatches found, (EventHour First, EventHour Last) read, CancellationToken cancellationToken)
    {
        // Below the threshold there is no firing, and no known alert within reach whose numbers could change.
        if (SlidingWindow.Find(found.Points, outcome.Rule, out var peak).Count == 0)
        {
            outcome.Add(peak, RuleDecision.BelowThreshold);
            return;
        }
        var quiet = (long)incidents.QuietOf(outcome.Rule).TotalMilliseconds;
        var known = (await context.Alerts.FindAsync(Fingerprint.Of(context.Host, key), moves: false, cancellationToken).ConfigureAwait(false))
            .Where(alert => alert.Interval.First <= (read.Last + 1).Start + quiet && alert.Interval.Last >= read.First.Start - quiet).ToList();
        Set(outcome, context, incidents.Update(outcome.Rule, context.Host, key, found, read, known, Report.TimeOf(context.Run), time.GetUtcNow()));
    }

    /// <summary>Looks at whole incidents anew, of a rule whose alerts late matches can take back. Returns how many matches were left out.</summary>
    async Task<long> ReviseAsync(Outcome outcome, Context context, MatchTable table, (EventHour First, EventHour Last) piece, CancellationToken cancellationToken)
    {
        var rule = outcome.Rule;
        var (quiet, reach) = ((long)incidents.QuietOf(rule).TotalMilliseconds, (long)rule.Reach.TotalMilliseconds);
        (long First, long Last) changed = (piece.First.Start, (piece.Last + 1).Start + reach);
        // An incident of more than a month is looked at from there on only.
        var earliest = changed.First - Alert.MaxHours * 3_600_000L;
        var groups = new List<Stretch>();
        foreach (var (key, _) in table.GroupsOf(rule))
        {
            var known = await context.Alerts.FindAsync(Fingerprint.Of(context.Host, key), moves: true, cancellationToken).ConfigureAwait(false);
            // What lies further away can't have changed, nor become part of what has.
            List<Alert> near = [.. known.Where(alert => alert.Interval.First <= changed.Last + quiet && alert.Interval.Last >= changed.First - quiet - reach)];
            var first = near.Select(alert => alert.Interval.First).Append(changed.First).Min();
            groups.Add(new Stretch(key, Math.Max(first, earliest), near.Select(alert => alert.Interval.Last).Append(changed.Last).Max(), near, known.Select(alert => alert.Id).ToHashSet(StringComparer.Ordinal)));
        }
        if (groups.Count == 0) return 0;
        (EventHour First, EventHour Last) read = (EventHour.Of(groups.Min(group => group.First) - reach), EventHour.Of(groups.Max(group => group.Last)));
        var (all, leftOut) = await ReadAsync(context, read, [rule], cancellationToken).ConfigureAwait(false);
        var matchesOf = all.GroupsOf(rule).ToDictionary(group => group.Key, group => group.Matches);
        foreach (var group in groups)
            Set(outcome, context, incidents.Revise(
                rule, context.Host, group.Key, matchesOf.GetValueOrDefault(group.Key) ?? new GroupMatches(), read, (group.First, group.Last), group.Known, group.Ids, isComplete: leftOut == 0,
                Report.TimeOf(context.Run), time.GetUtcNow()));
        return leftOut;
    }

    static void Set(Outcome outcome, Context context, IncidentUpdate update)
    {
        context.Alerts.Set(update.Alerts);
        outcome.Add(update.Peak, update.Decision);
    }

    /// <summary>What is looked at anew of a group.</summary>
    /// <param name="First">The first moment that may have changed, or belongs to a known alert near it.</param>
    /// <param name="Ids">Of all known alerts.</param>
    sealed record Stretch(MatchKey Key, long First, long Last, IReadOnlyList<Alert> Known, IReadOnlySet<string> Ids);

    /// <summary>What is evaluated.</summary>
    sealed record Context(RuleSet Rules, string Run, string Host, WorkingAlerts Alerts);

    /// <summary>Neighbouring hours together, at most <see cref="HoursAtOnce"/>.</summary>
    static IEnumerable<(EventHour First, EventHour Last)> Pieces(SortedSet<EventHour> hours)
    {
        (EventHour First, EventHour Last)? piece = null;
        foreach (var hour in hours)
        {
            if (piece is var (first, last) && hour.Value - last.Value <= 1 && hour.Value - first.Value < HoursAtOnce) piece = (first, hour);
            else
            {
                if (piece is { } complete) yield return complete;
                piece = (hour, hour);
            }
        }
        if (piece is { } rest) yield return rest;
    }

    static Report Summarise(string run, string host, IReadOnlyList<LedgerEntry> entries, long leftOut)
    {
        leftOut += entries.Sum(entry => entry.Summary.DroppedMatches);
        var statuses = new SortedDictionary<int, long>();
        foreach (var (status, lines) in entries.SelectMany(entry => entry.Summary.Statuses)) statuses[status] = statuses.GetValueOrDefault(status) + lines;
        var quarantined = entries.Where(entry => entry.State == ChunkState.Quarantined).ToList();
        return new Report
        {
            Run = run,
            Time = Report.TimeOf(run),
            Host = host,
            Chunks = entries.Count - quarantined.Count,
            Quarantined = quarantined.Count,
            Lines = entries.Sum(entry => entry.Summary.Lines),
            Access = entries.Sum(entry => entry.Summary.Access),
            Error = entries.Sum(entry => entry.Summary.Error),
            Unknown = entries.Sum(entry => entry.Summary.Unknown),
            Statuses = statuses,
            FirstEvent = entries.Min(entry => entry.Summary.FirstEvent),
            LastEvent = entries.Max(entry => entry.Summary.LastEvent),
            Problems =
            [
                .. quarantined.Take(Report.MaxProblems).Select(entry => Text.DisplayText.From($"{entry.BlobName}: {entry.Reason}").ToString()),
                .. leftOut > 0 ? [$"{Text.Wording.Counted(leftOut, "match")} of window rules left out: there were too many groups (clients, say), and the smallest were dropped."] : Array.Empty<string>(),
            ],
            UnknownSamples = [.. entries.SelectMany(entry => entry.Summary.UnknownSamples).Take(ChunkSummary.MaxUnknownSamples)],
        };
    }

    async Task SaveHostAsync(string host, IReadOnlyList<LedgerEntry> entries, CancellationToken cancellationToken)
    {
        var before = await hostStore.FindAsync(host, cancellationToken).ConfigureAwait(false);
        var lastEvent = entries.Max(entry => entry.Summary.LastEvent);
        await hostStore.SaveAsync(new HostStatus(host, entries.Max(entry => entry.IngestedAt),
            before?.LastEvent > lastEvent || lastEvent is null ? before?.LastEvent : lastEvent), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A rule's outcome while its groups are looked at.</summary>
    sealed class Outcome(WindowRule rule, long matches)
    {
        long peak;
        RuleDecision decision;

        public WindowRule Rule => rule;

        public void Add(long groupPeak, RuleDecision groupDecision)
        {
            peak = Math.Max(peak, groupPeak);
            decision = Incidents.Further(decision, groupDecision);
        }

        public RuleOutcome ToRuleOutcome() => new(rule.Id.Value, rule.Title, rule.Level, rule.Threshold, matches, peak, decision);
    }

    [LoggerMessage(LogLevel.Information, "Alert {Change}: {Title} on {Host}, {Count} matches since {First:u}")]
    partial void LogAlert(string change, string title, string host, long count, DateTimeOffset first);
}
