using LogMonitor.Core.Alerting;
using Microsoft.Extensions.Logging;

namespace LogMonitor.Core.Pipeline;

/// <summary>Looks after the open alerts: resolves what is quiet, decides who is told, and puts the notifications into the outbox.</summary>
public sealed partial class AlertKeeper(
    IAlertStore alerts, IOutbox outbox, IEnumerable<IChannel> channels, AlertOptions options, TimeProvider time, ILogger<AlertKeeper> logger)
{
    readonly AlertPolicy policy = new(options);

    /// <summary>Goes through the open alerts once.</summary>
    public async Task KeepAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        foreach (var listed in await alerts.ListOpenAsync(cancellationToken).ConfigureAwait(false))
        {
            // The list holds copies, which a crash may have left stale: decide on the truth.
            if (await alerts.GetAsync(listed.Id, cancellationToken).ConfigureAwait(false) is not { } open) continue;
            if (open.State != AlertState.Open)
            {
                await alerts.SaveAsync(open, cancellationToken).ConfigureAwait(false);
                continue;
            }
            var alert = policy.IsOver(open, now)
                ? open.With(AlertEvent.Resolved, NotificationReason.Quiet.ToString(), now) with { State = AlertState.Resolved, ResolvedAt = now }
                : open;
            var decision = policy.Decide(alert, await SiblingNotifiedAtAsync(alert, cancellationToken).ConfigureAwait(false), now);
            alert = AlertPolicy.Apply(alert, decision, now);
            if (alert == open) continue;

            // First the outbox, then the alert: after a crash between them the same decision queues the same delivery again.
            if (decision.Kind is { } kind) await QueueAsync(alert, kind, decision.Reason, now, cancellationToken).ConfigureAwait(false);
            await alerts.SaveAsync(alert, cancellationToken).ConfigureAwait(false);
            LogDecision(alert.Id, alert.Title, alert.Host, alert.State, decision.Reason);
        }
    }

    async Task<DateTimeOffset?> SiblingNotifiedAtAsync(Alert alert, CancellationToken cancellationToken)
    {
        if (alert.NotifiedAt is not null) return null;
        DateTimeOffset? last = null;
        await foreach (var sibling in alerts.FindAsync(alert.Fingerprint, cancellationToken).Take(SiblingsLookedAt).ConfigureAwait(false))
            if (sibling.Id != alert.Id && (last is null || sibling.NotifiedAt > last)) last = sibling.NotifiedAt;
        return last;
    }

    /// <summary>The cooldown is about recent incidents; a problem with more in so short a time is in its cooldown by the first of them.</summary>
    const int SiblingsLookedAt = 20;

    async Task QueueAsync(Alert alert, NotificationKind kind, NotificationReason reason, DateTimeOffset now, CancellationToken cancellationToken)
    {
        foreach (var channel in channels)
            await outbox.SaveAsync(new Delivery
            {
                Id = Delivery.IdOf(alert.Id, alert.Notifications, channel.Name),
                AlertId = alert.Id,
                Channel = channel.Name,
                Kind = kind,
                Reason = reason,
                NextAttempt = now,
            }, cancellationToken).ConfigureAwait(false);
    }

    [LoggerMessage(LogLevel.Debug, "Alert {Id} ({Title} on {Host}) is {State}: {Reason}")]
    partial void LogDecision(string id, string title, string host, AlertState state, NotificationReason reason);
}
