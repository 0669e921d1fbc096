using LogMonitor.Core.Alerting;
using LogMonitor.Core.Alerting.Plans;
using Microsoft.Extensions.Logging;

namespace LogMonitor.Core.Pipeline;

/// <summary>Looks after the open alerts: resolves what is quiet, decides who is told, and puts the notifications into the outbox.</summary>
public sealed partial class AlertKeeper(
    IAlertStore alerts, IOperatorStore people, IOutbox outbox, ChannelSet channels, RuleBook book, TimeProvider time, ILogger<AlertKeeper> logger)
{
    /// <summary>The cooldown is about recent incidents; a problem with more in so short a time is in its cooldown by the first of them.</summary>
    const int SiblingsLookedAt = 20;

    /// <summary>Alerts that a message names besides its own, 100: with more, it only counts.</summary>
    const int MaxTogether = 100;

    /// <summary>Goes through the open alerts once.</summary>
    public async Task KeepAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var open = await ListAsync(cancellationToken).ConfigureAwait(false);
        var acknowledgements = await people.ListAcknowledgementsAsync(cancellationToken).ConfigureAwait(false);
        if (open.Count > 0)
        {
            var plan = await book.GetPlanAsync(cancellationToken).ConfigureAwait(false);
            var silences = await people.ListSilencesAsync(cancellationToken).ConfigureAwait(false);
            var policy = new AlertPolicy(plan, silences, acknowledgements.ToDictionary(known => known.AlertId));
            var steps = policy.Decide(open, now);
            foreach (var step in steps.Where(step => step.After != step.Before))
            {
                // First the outbox, then the alert: after a crash between them the same decision queues the same delivery again. The first of a
                // group goes first: its message is queued with all of them, and those that are not saved by then are told of once more.
                if (step.Decision.Kind is not null) await QueueAsync(step, steps, plan, now, cancellationToken).ConfigureAwait(false);
                await alerts.SaveAsync(step.After, cancellationToken).ConfigureAwait(false);
                PipelineMetrics.Decided(step.Decision.Reason.ToString(), step.Decision.Kind is not null);
                LogDecision(step.After.Id, step.After.Title, step.After.Host, step.After.State, step.Decision.Reason);
            }
        }
        // One that was opened since the list was made is not in it: only what was acknowledged long ago is over for sure.
        foreach (var forgotten in acknowledgements.Where(known => now - known.At > TimeSpan.FromMinutes(10) && !open.Any(candidate => candidate.Alert.Id == known.AlertId)))
            await people.ForgetAcknowledgementAsync(forgotten.AlertId, cancellationToken).ConfigureAwait(false);
    }

    async Task<List<AlertCandidate>> ListAsync(CancellationToken cancellationToken)
    {
        List<AlertCandidate> open = [];
        foreach (var listed in await alerts.ListOpenAsync(cancellationToken).ConfigureAwait(false))
        {
            // The list holds copies, which a crash may have left stale: decide on the truth.
            if (await alerts.GetAsync(listed.Id, cancellationToken).ConfigureAwait(false) is not { } alert) continue;
            if (alert.IsPending) open.Add(new AlertCandidate(alert, await SiblingNotifiedAtAsync(alert, cancellationToken).ConfigureAwait(false)));
            else await alerts.SaveAsync(alert, cancellationToken).ConfigureAwait(false);
        }
        return open;
    }

    async Task<DateTimeOffset?> SiblingNotifiedAtAsync(Alert alert, CancellationToken cancellationToken)
    {
        if (alert.NotifiedAt is not null) return null;
        DateTimeOffset? last = null;
        await foreach (var sibling in alerts.FindAsync(alert.Fingerprint, cancellationToken).Take(SiblingsLookedAt).ConfigureAwait(false))
            if (sibling.Id != alert.Id && (last is null || sibling.NotifiedAt > last)) last = sibling.NotifiedAt;
        return last;
    }

    async Task QueueAsync(AlertStep step, IReadOnlyList<AlertStep> steps, AlertPlan plan, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (alert, kind) = (step.After, step.Decision.Kind!.Value);
        List<string> others = step.Leader?.Id == alert.Id ? [.. steps.Where(other => other.Leader?.Id == alert.Id && other != step).Select(other => other.After.Id).Take(MaxTogether)] : [];
        List<PlannedChannel> all = [.. channels.Of(plan).Where(channel => !IsBroken(channel, alert))], meant = [.. all.Where(channel => IsMeant(channel, step, plan.Options))];
        // That a channel fails is told by another, whatever the routes say.
        if (alert.Rule == SystemProblem.DeliveryFailed.Rule && kind != NotificationKind.Resolved && !meant.Exists(channel => channel.Name is not null)) meant = all;
        foreach (var channel in meant)
        {
            if (!channel.TakesEach && step.Leader is { } leader && leader.Id != alert.Id) continue;
            await outbox.SaveAsync(new Delivery
            {
                Id = Delivery.IdOf(alert.Id, alert.Notifications, channel.Channel.Name),
                AlertId = alert.Id,
                Channel = channel.Channel.Name,
                With = channel.TakesEach || others.Count == 0 ? null : others,
                Kind = kind,
                Reason = step.Decision.Reason,
                NextAttempt = now,
            }, cancellationToken).ConfigureAwait(false);
        }
    }

    static bool IsBroken(PlannedChannel channel, Alert alert) => alert.Rule == SystemProblem.DeliveryFailed.Rule && alert.Group is [{ Value: var broken }] && broken == channel.Channel.Name;

    static bool IsMeant(PlannedChannel channel, AlertStep step, AlertOptions options)
    {
        if (channel.Name is null) return true;
        var escalation = step.Route.Escalation?.Channels ?? [];
        var isRouted = step.Route.Channels?.Contains(channel.Name) ?? channel.Name == Route.Mail;
        return step.Decision.Kind switch
        {
            NotificationKind.Escalated => escalation.Contains(channel.Name),
            NotificationKind.Resolved => (isRouted || (step.Before.EscalatedAt is not null && escalation.Contains(channel.Name)))
                && (channel.KeepsIncidents || (options.NotifyResolved && step.Decision.Reason == NotificationReason.Quiet)),
            _ => isRouted,
        };
    }

    [LoggerMessage(LogLevel.Debug, "Alert {Id} ({Title} on {Host}) is {State}: {Reason}")]
    partial void LogDecision(string id, string title, string host, AlertState state, NotificationReason reason);
}
