using System.Globalization;
using LogMonitor.Core.Alerting;
using LogMonitor.Core.Chunks;
using LogMonitor.Core.Detection;
using LogMonitor.Core.Retention;
using Microsoft.Extensions.Logging;

namespace LogMonitor.Core.Pipeline;

/// <summary>Evaluates what one host's new chunks touched: only the event hours with new matches, and around them as far as a window or an incident can reach.</summary>
public sealed partial class HostEvaluator(
    RuleBook book, IMatchStore matches, IAlertStore alerts, IHostStore hostStore, SystemAlerts problems, WatchOptions watch, RetentionOptions retention, TimeProvider time, ILogger<HostEvaluator> logger)
{
    /// <summary>Event hours whose new matches are looked at together: bounds memory when months are backfilled.</summary>
    const int HoursAtOnce = 6;

    /// <summary>Groups of window rules that are looked at together, 100,000. With more, the half with the fewest matches is left out, and the report says so.</summary>
    internal int MaxGroups { get; init; } = 100_000;

    /// <summary>Opens and updates alerts, and says what was found.</summary>
    public async Task<Report> EvaluateAsync(string run, string host, IReadOnlyList<LedgerEntry> entries, CancellationToken cancellationToken)
    {
        var rules = await book.GetAsync(cancellationToken).ConfigureAwait(false);
        var incidents = new Incidents((await book.GetPlanAsync(cancellationToken).ConfigureAwait(false)).Options);
        var affected = rules.Windows
            .Select(rule => (Rule: rule, Matches: entries.Sum(entry => rules.LinesOf(rule).Sum(id => entry.Summary.Rules.GetValueOrDefault(id.Value)))))
            .Where(a => a.Matches > 0 && a.Rule.Alerts)
            .ToDictionary(a => a.Rule.Id, a => new Outcome(a.Rule, a.Matches));
        var gaps = new Gaps();
        if (affected.Count > 0) await FindIncidentsAsync(rules, incidents, run, host, entries, affected, gaps, cancellationToken).ConfigureAwait(false);

        var report = Summarise(run, host, entries, gaps) with { Rules = [.. affected.Values.Select(outcome => outcome.ToRuleOutcome())] };
        if (entries.Where(entry => entry.State == ChunkState.Quarantined).ToList() is [var first, ..] quarantined)
            await problems.RaiseAsync(SystemProblem.Quarantined, host, "", Report.TimeOf(run), quarantined.Count, $"{first.BlobName}: {first.Reason}", cancellationToken).ConfigureAwait(false);
        if (host != LedgerEntry.NoHost)
        {
            await TellOfLagAsync(run, host, entries, cancellationToken).ConfigureAwait(false);
            await SaveHostAsync(run, host, entries, cancellationToken).ConfigureAwait(false);
        }
        return report;
    }

    async Task FindIncidentsAsync(
        RuleSet rules, Incidents incidents, string run, string host, IReadOnlyList<LedgerEntry> entries, Dictionary<RuleId, Outcome> affected, Gaps gaps, CancellationToken cancellationToken)
    {
        var touched = new SortedSet<EventHour>(entries.SelectMany(entry => entry.Summary.MatchHours));
        if (touched.Count == 0) return;
        // A new match changes windows up to a reach behind it, and joins incidents up to the quiet time further; what base correlations
        // make of the matches there depends on those of a while before.
        var padding = affected.Values.Max(outcome => Incidents.HoursOf(outcome.Rule.Reach + incidents.QuietOf(outcome.Rule)) + Incidents.HoursOf(outcome.Rule.Reach - outcome.Rule.Timespan));
        var working = new WorkingAlerts(alerts, touched.Min + -padding);
        var context = new Context(rules, incidents, run, host, working, gaps);

        foreach (var piece in Pieces(touched))
        {
            (EventHour First, EventHour Last) read = (piece.First + -padding, piece.Last + padding);
            var table = await ReadAsync(context, read, affected.Values.Select(outcome => outcome.Rule), cancellationToken).ConfigureAwait(false);
            foreach (var outcome in affected.Values)
                if (outcome.Rule.Grows) await UpdateAsync(outcome, context, table, read, cancellationToken).ConfigureAwait(false);
                else await ReviseAsync(outcome, context, table, piece, cancellationToken).ConfigureAwait(false);
        }
        foreach (var alert in await working.SaveAsync(cancellationToken).ConfigureAwait(false))
            LogAlert(alert.State is AlertState.Merged ? "merged" : alert.State is AlertState.Withdrawn ? "withdrawn" : alert.SeenAt == alert.OpenedAt ? "opened" : "updated", alert.Title, alert.Host, alert.Count, alert.First);
    }

    /// <summary>Reads what some rules have in some hours.</summary>
    async Task<MatchTable> ReadAsync(Context context, (EventHour First, EventHour Last) read, IEnumerable<WindowRule> of, CancellationToken cancellationToken)
    {
        var wanted = of.SelectMany(context.Rules.ChainOf).Select(rule => rule.Id).ToHashSet();
        var table = new MatchTable(context.Rules);
        await foreach (var group in matches.ReadAsync(context.Host, read.First, read.Last, cancellationToken).ConfigureAwait(false))
        {
            if (!wanted.Contains(group.Key.Rule)) continue;
            table.Add(group);
            table.Limit(MaxGroups);
        }
        context.Gaps.Add(table);
        return table;
    }

    async Task UpdateAsync(Outcome outcome, Context context, MatchTable table, (EventHour First, EventHour Last) read, CancellationToken cancellationToken)
    {
        var firing = new List<(MatchKey Key, GroupMatches Matches, Fingerprint Fingerprint)>();
        foreach (var (key, found) in table.GroupsOf(outcome.Rule))
            // Below the threshold there is no firing, and no known alert within reach whose numbers could change.
            if (SlidingWindow.Find(found.Points, outcome.Rule, out var peak).Count == 0) outcome.Add(peak, RuleDecision.BelowThreshold);
            else firing.Add((key, found, Fingerprint.Of(context.Host, key)));

        await context.Alerts.ReadAsync(firing.Select(group => group.Fingerprint), moves: false, cancellationToken).ConfigureAwait(false);
        var quiet = (long)context.Incidents.QuietOf(outcome.Rule).TotalMilliseconds;
        foreach (var (key, found, fingerprint) in firing)
        {
            var known = context.Alerts.Of(fingerprint).Where(alert => alert.Interval.First <= (read.Last + 1).Start + quiet && alert.Interval.Last >= read.First.Start - quiet).ToList();
            Set(outcome, context, context.Incidents.Update(
                outcome.Rule, context.Host, key, found, read, known, IsComplete(table, outcome.Rule, read), Report.TimeOf(context.Run), time.GetUtcNow()));
        }
    }

    /// <summary>Looks at whole incidents anew, of a rule whose alerts late matches can take back.</summary>
    async Task ReviseAsync(Outcome outcome, Context context, MatchTable table, (EventHour First, EventHour Last) piece, CancellationToken cancellationToken)
    {
        var rule = outcome.Rule;
        var (quiet, reach) = ((long)context.Incidents.QuietOf(rule).TotalMilliseconds, (long)rule.Reach.TotalMilliseconds);
        (long First, long Last) changed = (piece.First.Start, (piece.Last + 1).Start + reach);
        // An incident of more than a month is looked at from there on only.
        var earliest = changed.First - Alert.MaxHours * 3_600_000L;
        var groups = new List<Stretch>();
        var looked = table.GroupsOf(rule).Select(group => (group.Key, Fingerprint: Fingerprint.Of(context.Host, group.Key))).ToList();
        await context.Alerts.ReadAsync(looked.Select(group => group.Fingerprint), moves: true, cancellationToken).ConfigureAwait(false);
        foreach (var (key, fingerprint) in looked)
        {
            var known = context.Alerts.Of(fingerprint);
            // What lies further away can't have changed, nor become part of what has.
            List<Alert> near = [.. known.Where(alert => alert.Interval.First <= changed.Last + quiet && alert.Interval.Last >= changed.First - quiet - reach)];
            var first = near.Select(alert => alert.Interval.First).Append(changed.First).Min();
            groups.Add(new Stretch(key, Math.Max(first, earliest), near.Select(alert => alert.Interval.Last).Append(changed.Last).Max(), near, known.Select(alert => alert.Id).ToHashSet(StringComparer.Ordinal)));
        }
        if (groups.Count == 0) return;
        (EventHour First, EventHour Last) read = (EventHour.Of(groups.Min(group => group.First) - reach), EventHour.Of(groups.Max(group => group.Last)));
        var all = await ReadAsync(context, read, [rule], cancellationToken).ConfigureAwait(false);
        var matchesOf = all.GroupsOf(rule).ToDictionary(group => group.Key, group => group.Matches);
        foreach (var group in groups)
            Set(outcome, context, context.Incidents.Revise(
                rule, context.Host, group.Key, matchesOf.GetValueOrDefault(group.Key) ?? new GroupMatches(), read, (group.First, group.Last), group.Known, group.Ids, IsComplete(all, rule, read),
                Report.TimeOf(context.Run), time.GetUtcNow()));
    }

    /// <summary>Whether every match of the hours read is there: none was left out, and none has expired. Otherwise late lines could take back an alert whose matches are gone.</summary>
    bool IsComplete(MatchTable table, WindowRule rule, (EventHour First, EventHour Last) read) =>
        table.IsComplete(rule) && !(retention.MatchesSince(time.GetUtcNow()) is { } since && read.First < EventHour.Of(since));

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
    sealed record Context(RuleSet Rules, Incidents Incidents, string Run, string Host, WorkingAlerts Alerts, Gaps Gaps);

    /// <summary>What could not be looked at.</summary>
    sealed class Gaps
    {
        readonly SortedDictionary<string, long> outdated = new(StringComparer.Ordinal);
        long leftOut;

        public void Add(MatchTable table)
        {
            leftOut += table.LeftOut;
            // Hours that are read for several reasons are read again.
            foreach (var (rule, count) in table.Outdated) outdated[rule.Value] = Math.Max(count, outdated.GetValueOrDefault(rule.Value));
        }

        /// <param name="dropped">Matches that were left out before.</param>
        public IEnumerable<string> InWords(long dropped)
        {
            if (leftOut + dropped > 0)
                yield return $"{Text.Wording.Counted(leftOut + dropped, "match")} of window rules left out: there were too many groups (clients, say), and the smallest were dropped.";
            foreach (var (rule, count) in outdated)
                yield return $"{Text.Wording.Counted(count, "match")} of the rule {rule} left out: stored before the rule was changed to group or to measure by other fields.";
        }
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

    static Report Summarise(string run, string host, IReadOnlyList<LedgerEntry> entries, Gaps gaps)
    {
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
                .. entries.Count(entry => entry.IsMissed) is > 0 and var missed ? (string[])[$"{Text.Wording.Counted(missed, "upload")} missed by the trigger and read by the sweep."] : [],
                .. gaps.InWords(entries.Sum(entry => entry.Summary.DroppedMatches)).Take(Report.MaxProblems),
            ],
            UnknownSamples = [.. entries.SelectMany(entry => entry.Summary.UnknownSamples).Take(ChunkSummary.MaxUnknownSamples)],
        };
    }

    async Task TellOfLagAsync(string run, string host, IReadOnlyList<LedgerEntry> entries, CancellationToken cancellationToken)
    {
        var late = entries.Where(entry => watch.IngestLagAfter > TimeSpan.Zero && entry.IngestedAt - entry.UploadedAt > watch.IngestLagAfter).ToList();
        if (late.Count == 0) return;
        var longest = late.Max(entry => entry.IngestedAt - entry.UploadedAt!.Value);
        await problems.RaiseAsync(SystemProblem.IngestLag, host, "", Report.TimeOf(run), late.Count,
            $"{Text.Wording.Counted(late.Count, "chunk")} of {host} read up to {(long)longest.TotalMinutes} minutes after the upload{(late.Count(entry => entry.IsMissed) is > 0 and var missed ? $"; {missed} of them by the sweep, since the trigger had missed them" : "")}", cancellationToken).ConfigureAwait(false);
    }

    async Task SaveHostAsync(string run, string host, IReadOnlyList<LedgerEntry> entries, CancellationToken cancellationToken)
    {
        var before = await hostStore.FindAsync(host, cancellationToken).ConfigureAwait(false);
        var lastEvent = entries.Max(entry => entry.Summary.LastEvent);
        await hostStore.SaveAsync(new HostStatus(host, entries.Max(entry => entry.IngestedAt),
            before?.LastEvent > lastEvent || lastEvent is null ? before?.LastEvent : lastEvent)
        {
            Unknown = await UnknownAsync(run, host, entries, before?.Unknown, cancellationToken).ConfigureAwait(false),
        }, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The shares with the new chunks; tells of those that have jumped.</summary>
    async Task<IReadOnlyDictionary<string, UnknownShare>> UnknownAsync(
        string run, string host, IReadOnlyList<LedgerEntry> entries, IReadOnlyDictionary<string, UnknownShare>? before, CancellationToken cancellationToken)
    {
        var shares = before is null ? [] : new Dictionary<string, UnknownShare>(before, StringComparer.Ordinal);
        foreach (var stream in entries.Where(entry => entry.Summary.Lines > 0).GroupBy(entry => entry.Stream, StringComparer.Ordinal))
        {
            var known = shares.GetValueOrDefault(stream.Key);
            var share = shares[stream.Key] = known.With(stream.Sum(entry => entry.Summary.Lines), stream.Sum(entry => entry.Summary.Unknown));
            if (share.HasJumped(known))
                await problems.RaiseAsync(SystemProblem.UnknownLines, host, stream.Key, Report.TimeOf(run), stream.Sum(entry => entry.Summary.Unknown),
                    string.Create(CultureInfo.InvariantCulture, $"{share.Recent * 100:f0}% of the last lines of {host}/{stream.Key} fit no format; as a rule {known.Usual * 100:f0}% do not"), cancellationToken).ConfigureAwait(false);
        }
        return shares.Count <= HostStatus.MaxStreams ? shares : shares.OrderByDescending(share => share.Value.Lines).Take(HostStatus.MaxStreams).ToDictionary();
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
