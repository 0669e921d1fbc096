using LogMonitor.Core.Alerting;
using LogMonitor.Core.Chunks;
using LogMonitor.Core.Detection;
using Microsoft.Extensions.Logging;

namespace LogMonitor.Core.Pipeline;

/// <summary>Evaluates what one host's new chunks touched: only the event hours with new matches, and around them as far as a window or an incident can reach.</summary>
public sealed partial class HostEvaluator(
    RuleSet rules, IMatchStore matches, IAlertStore alerts, IHostStore hostStore, AlertOptions options, TimeProvider time, ILogger<HostEvaluator> logger)
{
    /// <summary>Event hours whose new matches are looked at together: bounds memory when months are backfilled.</summary>
    const int HoursAtOnce = 6;

    /// <summary>Groups of window rules that are looked at together, 100,000. With more, the half with the fewest matches is left out, and the report says so.</summary>
    internal int MaxGroups { get; init; } = 100_000;

    readonly Incidents incidents = new(options);

    /// <summary>Opens and updates alerts, and says what was found.</summary>
    public async Task<Report> EvaluateAsync(string run, string host, IReadOnlyList<LedgerEntry> entries, CancellationToken cancellationToken)
    {
        var affected = rules.Windows
            .Select(rule => (Rule: rule, Matches: entries.Sum(entry => rule.BaseRules.Sum(id => entry.Summary.Rules.GetValueOrDefault(id.Value)))))
            .Where(a => a.Matches > 0)
            .ToDictionary(a => a.Rule.Id, a => new Outcome(a.Rule, a.Matches));
        var leftOut = affected.Count == 0 ? 0 : await FindIncidentsAsync(run, host, entries, affected, cancellationToken).ConfigureAwait(false);

        var report = Summarise(run, host, entries, leftOut) with { Rules = [.. affected.Values.Select(outcome => outcome.ToRuleOutcome())] };
        if (host != LedgerEntry.NoHost) await SaveHostAsync(host, entries, cancellationToken).ConfigureAwait(false);
        return report;
    }

    /// <summary>Returns how many matches were left out beyond the limit of groups.</summary>
    async Task<long> FindIncidentsAsync(string run, string host, IReadOnlyList<LedgerEntry> entries, Dictionary<RuleId, Outcome> affected, CancellationToken cancellationToken)
    {
        var touched = new SortedSet<EventHour>(entries.SelectMany(entry => entry.Summary.MatchHours));
        if (touched.Count == 0) return 0;
        long leftOut = 0;
        // A new match changes windows up to a timespan behind it, and joins incidents up to the quiet time further.
        var reach = affected.Values.Max(outcome => outcome.Rule.Timespan + incidents.QuietOf(outcome.Rule));
        var padding = (long)Math.Ceiling(reach.TotalHours);
        var working = new WorkingAlerts(alerts, touched.Min + -padding);

        foreach (var piece in Pieces(touched))
        {
            (EventHour First, EventHour Last) read = (piece.First + -padding, piece.Last + padding);
            var groups = new Dictionary<MatchKey, GroupMatches>();
            await foreach (var group in matches.ReadAsync(host, read.First, read.Last, cancellationToken).ConfigureAwait(false))
            {
                if (!affected.ContainsKey(group.Key.Rule)) continue;
                if (!groups.TryGetValue(group.Key, out var all)) groups.Add(group.Key, all = new GroupMatches());
                all.Add(group);
                if (groups.Count > MaxGroups) leftOut += DropSmallest(groups);
            }
            foreach (var (key, found) in groups)
                await UpdateAsync(affected[key.Rule], run, host, key, found, read, working, cancellationToken).ConfigureAwait(false);
        }
        foreach (var alert in working.Changed)
        {
            await alerts.SaveAsync(alert, cancellationToken).ConfigureAwait(false);
            LogAlert(alert.State == AlertState.Merged ? "merged" : alert.SeenAt == alert.OpenedAt ? "opened" : "updated", alert.Title, alert.Host, alert.Count, alert.First);
        }
        return leftOut;
    }

    long DropSmallest(Dictionary<MatchKey, GroupMatches> groups)
    {
        var smallest = groups.OrderBy(group => group.Value.Count).Take(groups.Count - MaxGroups / 2).ToList();
        foreach (var group in smallest) groups.Remove(group.Key);
        return smallest.Sum(group => group.Value.Count);
    }

    async Task UpdateAsync(
        Outcome outcome, string run, string host, MatchKey key, GroupMatches found, (EventHour First, EventHour Last) read,
        WorkingAlerts working, CancellationToken cancellationToken)
    {
        SlidingWindow.Find(found.Points, outcome.Rule.Timespan, outcome.Rule.Minimum, out var peak);
        // Below the threshold there is no firing, and no known alert within reach whose numbers could change.
        if (peak < outcome.Rule.Minimum)
        {
            outcome.Add(peak, RuleDecision.BelowThreshold);
            return;
        }
        var quiet = (long)incidents.QuietOf(outcome.Rule).TotalMilliseconds;
        var known = await working.WithinAsync(Fingerprint.Of(host, key), read.First.Start - quiet, (read.Last + 1).Start + quiet, cancellationToken).ConfigureAwait(false);
        var update = incidents.Update(outcome.Rule, host, key, found, read, known, Report.TimeOf(run), time.GetUtcNow());
        working.Set(update.Alerts);
        outcome.Add(update.Peak, update.Decision);
    }

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
