using LogMonitor.Core.Detection;

namespace LogMonitor.Core.Alerting;

/// <summary>What a notification says about its alert.</summary>
public enum NotificationKind { Opened, Repeated, Resolved }

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
}

/// <summary>Whether to notify, and why or why not.</summary>
/// <param name="Kind">Null where no notification is due.</param>
/// <param name="Reason">The named reason.</param>
public sealed record NotificationDecision(NotificationKind? Kind, NotificationReason Reason);

/// <summary>How alerts live. All spans are of processing time unless said otherwise.</summary>
public sealed record AlertOptions
{
    /// <summary>Added to a rule's window, in event time and in processing time: matches no further apart belong to one incident, and so much quiet ends it. Default 5 minutes.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The least time between the first notifications of two incidents of one fingerprint. Default 15 minutes.</summary>
    public TimeSpan Cooldown { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>The time after which an alert that goes on is notified again. Default 4 hours.</summary>
    public TimeSpan RepeatInterval { get; init; } = TimeSpan.FromHours(4);

    /// <summary>The level from which people are told. Alerts below it are listed and kept all the same. Default medium.</summary>
    public Level NotifyFrom { get; init; } = Level.Medium;

    /// <summary>Whether the end of an incident is notified too. Default false: one incident, one message.</summary>
    public bool NotifyResolved { get; init; }
}

/// <summary>The life of an alert, as a pure function of its state and the time.</summary>
public sealed class AlertPolicy(AlertOptions options)
{
    /// <summary>Whether an open alert has been quiet for long enough to be over. Never before it was notified: none ends unheard, for being in a cooldown or for our being down.</summary>
    public bool IsOver(Alert alert, DateTimeOffset now) =>
        alert.State == AlertState.Open && (alert.NotifiedAt is not null || alert.Level < options.NotifyFrom) && now - alert.SeenAt >= alert.Quiet;

    /// <summary>Whether a notification about an alert is due.</summary>
    /// <param name="alert">Open, or just resolved.</param>
    /// <param name="siblingNotifiedAt">When another alert of the same fingerprint was last notified; null if never.</param>
    /// <param name="now">The time.</param>
    public NotificationDecision Decide(Alert alert, DateTimeOffset? siblingNotifiedAt, DateTimeOffset now) => alert switch
    {
        { State: AlertState.Resolved, NotifiedAt: not null } when options.NotifyResolved => new(NotificationKind.Resolved, NotificationReason.Quiet),
        { State: not AlertState.Open } => new(null, NotificationReason.ResolvedQuietly),
        _ when alert.Level < options.NotifyFrom => new(null, NotificationReason.BelowLevel),
        { NotifiedAt: null } when now - siblingNotifiedAt < options.Cooldown => new(null, NotificationReason.CoolingDown),
        { NotifiedAt: null, LastDecision.Reason: NotificationReason.CoolingDown } => new(NotificationKind.Opened, NotificationReason.CooldownElapsed),
        { NotifiedAt: null } => new(NotificationKind.Opened, NotificationReason.FirstNotification),
        _ when alert.SeenAt <= alert.NotifiedAt => new(null, NotificationReason.NothingNew),
        _ when now - alert.NotifiedAt >= options.RepeatInterval => new(NotificationKind.Repeated, NotificationReason.RepeatIntervalElapsed),
        _ => new(null, NotificationReason.WithinRepeatInterval),
    };

    /// <summary>The alert with a decision written into it and its history. A reason for silence is written once, when it changes.</summary>
    public static Alert Apply(Alert alert, NotificationDecision decision, DateTimeOffset now)
    {
        if (decision.Kind is null && (decision == alert.LastDecision || decision.Reason is not (NotificationReason.CoolingDown or NotificationReason.BelowLevel)))
            return alert;
        var decided = alert.With(decision.Kind is null ? AlertEvent.Suppressed : AlertEvent.Notified, decision.Reason.ToString(), now) with { LastDecision = decision };
        return decision.Kind is null ? decided : decided with { NotifiedAt = now, Notifications = alert.Notifications + 1 };
    }
}
