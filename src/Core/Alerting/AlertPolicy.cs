using LogMonitor.Core.Alerting.Plans;
using LogMonitor.Core.Detection;

namespace LogMonitor.Core.Alerting;

/// <summary>What a notification says about its alert.</summary>
public enum NotificationKind { Opened, Repeated, Resolved, Escalated }

/// <summary>Why a notification goes out, or why none does; stored and shown with each alert.</summary>
public enum NotificationReason
{
    /// <summary>The alert is new.</summary>
    FirstNotification,
    /// <summary>It was new during another's cooldown, which has ended.</summary>
    CooldownElapsed,
    /// <summary>It goes on, and the last notification is a repeat interval ago.</summary>
    RepeatIntervalElapsed,
    /// <summary>It was quiet for the rule's window and the grace.</summary>
    Quiet,
    /// <summary>None: the last notification is less than a repeat interval ago.</summary>
    WithinRepeatInterval,
    /// <summary>None: the same problem (fingerprint) was notified less than a cooldown ago.</summary>
    CoolingDown,
    /// <summary>None: nothing new since the last notification.</summary>
    NothingNew,
    /// <summary>None: notifications of the end are switched off, or there was none of the beginning.</summary>
    ResolvedQuietly,
    /// <summary>None: its level is below that from which people are told.</summary>
    BelowLevel,
    /// <summary>None: a silence holds.</summary>
    Silenced,
    /// <summary>A silence held, and has ended.</summary>
    SilenceEnded,
    /// <summary>None: another alert explains it.</summary>
    Inhibited,
    /// <summary>Another alert explained it, and is over.</summary>
    InhibitionEnded,
    /// <summary>None: its lines were old when they came in.</summary>
    OldLines,
    /// <summary>None: its route has no channel.</summary>
    NoChannel,
    /// <summary>None: somebody deals with it.</summary>
    Acknowledged,
    /// <summary>None: it waits for others of its group, to be told of with them.</summary>
    GroupWait,
    /// <summary>None: its group was told of less than a group interval ago.</summary>
    GroupInterval,
    /// <summary>It waited for others of its group.</summary>
    GroupComplete,
    /// <summary>Nobody has acknowledged it for so long: others are told.</summary>
    NotAcknowledged,
    /// <summary>Its end was told, and it goes on.</summary>
    Reopened,
    /// <summary>Late lines have shown that there was none.</summary>
    Withdrawn,
}

/// <summary>Whether to notify, and why or why not.</summary>
/// <param name="Kind">Null where no notification is due.</param>
/// <param name="Reason">The named reason.</param>
/// <param name="Detail">What it is about, such as a silence's comment; for people.</param>
public sealed record NotificationDecision(NotificationKind? Kind, NotificationReason Reason, string? Detail = null);

/// <summary>How alerts live. All spans are of processing time unless said otherwise.</summary>
public sealed record AlertOptions
{
    /// <summary>Added to a rule's window, in event time and in processing time: matches no further apart belong to one incident, and so much quiet ends it. Default 5 minutes.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The least time between the first notifications of two incidents of one fingerprint. Default 15 minutes.</summary>
    public TimeSpan Cooldown { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>The time after which an alert that goes on is notified again. Default 4 hours.</summary>
    public TimeSpan RepeatInterval { get; init; } = TimeSpan.FromHours(4);

    /// <summary>An alert whose lines are older than this when they come in (event time against processing time) is listed, and nobody is told: old logs are read in. 0 for none. Default 1 day.</summary>
    public TimeSpan OldAfter { get; init; } = TimeSpan.FromDays(1);

    /// <summary>The level from which people are told. Alerts below it are listed and kept all the same. Default medium.</summary>
    public Level NotifyFrom { get; init; } = Level.Medium;

    /// <summary>Whether the end of an incident is notified too. Default false: one incident, one message.</summary>
    public bool NotifyResolved { get; init; }
}

/// <summary>An alert, and what decides about it.</summary>
/// <param name="Alert">Open, or withdrawn and still to be told.</param>
/// <param name="SiblingNotifiedAt">When another alert of the same fingerprint was last notified; null if never.</param>
public sealed record AlertCandidate(Alert Alert, DateTimeOffset? SiblingNotifiedAt = null);

/// <summary>What was decided about an alert.</summary>
/// <param name="Before">The alert.</param>
/// <param name="After">With the decision in it; the same object where nothing has changed.</param>
/// <param name="Decision">What and why.</param>
/// <param name="Route">Where it goes.</param>
/// <param name="Leader">The alert of its group that the message is about, this one or another; null where nothing is told, or it is told of alone.</param>
public sealed record AlertStep(Alert Before, Alert After, NotificationDecision Decision, Route Route, Alert? Leader = null);

/// <summary>The life of alerts, as a pure function of what is open, the plan and the time.</summary>
/// <param name="plan">Who is told of what.</param>
/// <param name="silences">Those that people added, besides the plan's.</param>
/// <param name="acknowledgements">By alert.</param>
public sealed class AlertPolicy(AlertPlan plan, IReadOnlyList<Silence> silences, IReadOnlyDictionary<string, Acknowledgement> acknowledgements)
{
    readonly AlertOptions options = plan.Options;

    /// <summary>Decides about all alerts together: what is told of one depends on what others are open.</summary>
    public IReadOnlyList<AlertStep> Decide(IReadOnlyCollection<AlertCandidate> candidates, DateTimeOffset now)
    {
        var inhibitors = plan.Inhibitions.Select(inhibition => (Inhibition: inhibition, By: candidates.Select(c => c.Alert).Where(a => a.State == AlertState.Open && inhibition.When.Matches(a)).ToList())).ToList();
        List<AlertStep> steps = [];
        foreach (var (alert, sibling) in candidates.OrderBy(c => c.Alert.OpenedAt).ThenBy(c => c.Alert.Id, StringComparer.Ordinal))
        {
            var route = plan.RouteOf(alert);
            var known = Acknowledge(alert);
            var decision = known.State == AlertState.Open ? DecideOpen(known, sibling, route, Inhibitor(known, inhibitors), now) : DecideEnd(known, route, NotificationReason.Withdrawn, now);
            if (known.State == AlertState.Open && IsOver(known, decision, now))
            {
                // Why nobody was told of it.
                if (known.NotifiedAt is null && decision.Kind is null) known = Apply(known, decision, null, now);
                known = known.With(AlertEvent.Resolved, NotificationReason.Quiet.ToString(), now) with { State = AlertState.Resolved, ResolvedAt = now };
                decision = DecideEnd(known, route, NotificationReason.Quiet, now);
            }
            steps.Add(new AlertStep(alert, known, decision, route));
        }
        Gather(steps, now);
        return [.. steps.Select(step => step with { After = Apply(step.After, step.Decision, step.Leader is null ? null : GroupOf(step.After, step.Route), now) with { IsClosed = step.After.State == AlertState.Withdrawn } })];
    }

    /// <summary>
    /// Quiet for long enough. Never before it was told of, if it is to be: none ends unheard, for being in a cooldown or for our being down. Of one
    /// that nobody was to be told of until now, nobody is told when it is over.
    /// </summary>
    static bool IsOver(Alert alert, NotificationDecision decision, DateTimeOffset now) => now - alert.SeenAt >= alert.Quiet
        && (alert.NotifiedAt is not null || IsForNobody(decision) || IsForNobody(alert.LastDecision));

    static bool IsForNobody(NotificationDecision? decision) => decision?.Reason is NotificationReason.BelowLevel or NotificationReason.Silenced or NotificationReason.Inhibited
        or NotificationReason.OldLines or NotificationReason.NoChannel or NotificationReason.Acknowledged;

    NotificationDecision DecideOpen(Alert alert, DateTimeOffset? sibling, Route route, Alert? inhibitor, DateTimeOffset now)
    {
        var (cooldown, repeat, told) = (route.Cooldown ?? options.Cooldown, route.RepeatInterval ?? options.RepeatInterval, alert.NotifiedAt);
        return alert switch
        {
            _ when alert.Level < (route.NotifyFrom ?? options.NotifyFrom) => Nobody(NotificationReason.BelowLevel),
            _ when options.OldAfter > TimeSpan.Zero && alert.SeenAt - alert.Last > options.OldAfter => Nobody(NotificationReason.OldLines),
            _ when SilenceOf(alert, now) is { } silence => Nobody(NotificationReason.Silenced, $"until {silence.Until.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}: {silence.Comment}"),
            _ when inhibitor is not null => Nobody(NotificationReason.Inhibited, $"by {inhibitor.Id}"),
            _ when route.Channels is [] => Nobody(NotificationReason.NoChannel),
            { AcknowledgedAt: not null } => Nobody(NotificationReason.Acknowledged, alert.AcknowledgedBy),
            { EndToldAt: { } end } when now - end < cooldown => Nobody(NotificationReason.CoolingDown),
            { EndToldAt: not null } => Tell(NotificationKind.Opened, NotificationReason.Reopened),
            { NotifiedAt: null } when now - sibling < cooldown => Nobody(NotificationReason.CoolingDown),
            { NotifiedAt: null } => Tell(NotificationKind.Opened, alert.LastDecision?.Reason switch
            {
                NotificationReason.CoolingDown => NotificationReason.CooldownElapsed,
                NotificationReason.Silenced => NotificationReason.SilenceEnded,
                NotificationReason.Inhibited => NotificationReason.InhibitionEnded,
                NotificationReason.GroupWait or NotificationReason.GroupInterval => NotificationReason.GroupComplete,
                _ => NotificationReason.FirstNotification,
            }),
            { EscalatedAt: null } when now - (alert.FirstNotifiedAt ?? told) >= route.Escalation?.After => Tell(NotificationKind.Escalated, NotificationReason.NotAcknowledged),
            _ when alert.SeenAt <= told => Nobody(NotificationReason.NothingNew),
            _ when now - told >= repeat => Tell(NotificationKind.Repeated, NotificationReason.RepeatIntervalElapsed),
            _ => Nobody(NotificationReason.WithinRepeatInterval),
        };
    }

    // Of the end, those hear who want to, and the incident tools that have it open.
    NotificationDecision DecideEnd(Alert alert, Route route, NotificationReason reason, DateTimeOffset now)
    {
        var isWanted = (options.NotifyResolved && reason == NotificationReason.Quiet && SilenceOf(alert, now) is null)
            || plan.Channels.Any(channel => channel.KeepsIncidents && NamesOf(alert, route).Contains(channel.Name));
        return alert is { NotifiedAt: not null, EndToldAt: null } && isWanted
            ? Tell(NotificationKind.Resolved, reason)
            : Nobody(NotificationReason.ResolvedQuietly);
    }

    /// <summary>The channels that an alert's end is told to, of those that the plan names.</summary>
    static IEnumerable<string> NamesOf(Alert alert, Route route) => [.. route.Channels ?? [], .. alert.EscalatedAt is null ? [] : route.Escalation?.Channels ?? []];

    /// <summary>Alerts of one group are told of together: of new ones not oftener than the group interval; of those that go on, or are over, when they are.</summary>
    static void Gather(List<AlertStep> steps, DateTimeOffset now)
    {
        var lastTold = steps.Where(step => step.Before is { State: AlertState.Open, NotifiedGroup: not null })
            .GroupBy(step => step.Before.NotifiedGroup!).ToDictionary(group => group.Key, group => group.Max(step => step.Before.NotifiedAt));
        foreach (var group in steps.Select((step, at) => (Step: step, At: at)).Where(s => s.Step.Decision.Kind is not null)
            .GroupBy(s => (s.Step.Decision.Kind, Of: GroupOf(s.Step.After, s.Step.Route))).ToList())
        {
            var (first, route) = (group.First().Step, group.First().Step.Route);
            NotificationReason? waits = group.Key.Kind != NotificationKind.Opened ? null
                : now - lastTold.GetValueOrDefault(group.Key.Of) < route.GroupInterval ? NotificationReason.GroupInterval
                : now - first.After.OpenedAt < route.GroupWait ? NotificationReason.GroupWait : null;
            foreach (var (step, at) in group)
                steps[at] = waits is { } reason ? step with { Decision = Nobody(reason) } : step with { Leader = first.After };
        }
    }

    // Each by itself is each problem by itself: two incidents of one, after a cooldown, are told of in one message.
    static string GroupOf(Alert alert, Route route) => route.GroupBy.Count == 0 ? alert.Fingerprint.ToString() : string.Join('|', route.GroupBy.Select(by => by switch
    {
        GroupBy.Rule => alert.Rule,
        GroupBy.Host => alert.Host,
        _ => alert.Group.FirstOrDefault(group => group.Field is "c-ip" or "src_ip")?.Value ?? "",
    }).Prepend(route.Match.ToString()));

    Alert Acknowledge(Alert alert) => alert is { State: AlertState.Open, AcknowledgedAt: null } && acknowledgements.GetValueOrDefault(alert.Id) is { } known
        ? alert.With(AlertEvent.Acknowledged, known.Comment is null ? known.By : $"{known.By}: {known.Comment}", known.At) with { AcknowledgedAt = known.At, AcknowledgedBy = known.By }
        : alert;

    Silence? SilenceOf(Alert alert, DateTimeOffset now) => plan.Silences.Concat(silences).FirstOrDefault(silence => silence.Silences(alert, now));

    static Alert? Inhibitor(Alert alert, List<(Inhibition Inhibition, List<Alert> By)> inhibitors)
    {
        foreach (var (inhibition, by) in inhibitors)
            // Two of which each would mute the other are both told of; so is one that would mute itself.
            if (by.Count > 0 && inhibition.Mutes.Matches(alert)
                && by.Find(other => (!inhibition.SameHost || other.Host == alert.Host) && !(inhibition.When.Matches(alert) && inhibition.Mutes.Matches(other))) is { } found)
                return found;
        return null;
    }

    static NotificationDecision Tell(NotificationKind kind, NotificationReason reason) => new(kind, reason);

    static NotificationDecision Nobody(NotificationReason reason, string? detail = null) => new(null, reason, detail);

    /// <summary>The alert with a decision written into it and its history. A reason for silence is written once, when it changes.</summary>
    static Alert Apply(Alert alert, NotificationDecision decision, string? group, DateTimeOffset now)
    {
        var isSaid = decision.Kind is not null || (decision != alert.LastDecision
            && decision.Reason is not (NotificationReason.NothingNew or NotificationReason.WithinRepeatInterval or NotificationReason.ResolvedQuietly));
        if (!isSaid) return alert;
        var reason = decision.Detail is null ? decision.Reason.ToString() : $"{decision.Reason}: {decision.Detail}";
        var decided = alert.With(decision.Kind is null ? AlertEvent.Suppressed : AlertEvent.Notified, reason, now) with { LastDecision = decision };
        return decision.Kind switch
        {
            null => decided,
            // The others go on hearing of it in their own time.
            NotificationKind.Escalated => decided with { EscalatedAt = now, Notifications = alert.Notifications + 1 },
            // Those of an incident that is taken up again are counted anew.
            NotificationKind.Resolved => decided with { NotifiedAt = now, EndToldAt = now, FirstNotifiedAt = null, EscalatedAt = null, Notifications = alert.Notifications + 1 },
            _ => decided with { NotifiedAt = now, EndToldAt = null, FirstNotifiedAt = alert.FirstNotifiedAt ?? now, NotifiedGroup = decision.Kind == NotificationKind.Opened ? group : alert.NotifiedGroup, Notifications = alert.Notifications + 1 },
        };
    }
}
