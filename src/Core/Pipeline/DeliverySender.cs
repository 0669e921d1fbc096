using LogMonitor.Core.Alerting;
using LogMonitor.Core.Text;
using Microsoft.Extensions.Logging;

namespace LogMonitor.Core.Pipeline;

/// <summary>Where notifications point to.</summary>
/// <param name="DashboardUrl">The dashboard's address; null where none is configured.</param>
public sealed record MessageOptions(Uri? DashboardUrl)
{
    /// <summary>
    /// The address of an alert's page: the dashboard's with <c>alert=ID</c> in its query, not in its path or behind a <c>#</c>, since a proxy may serve the dashboard below
    /// any path, and a sign-in on the way keeps the query. Null where no address is configured.
    /// </summary>
    public Uri? PageOf(string alertId) => DashboardUrl is null ? null
        : new UriBuilder(DashboardUrl) { Query = $"{DashboardUrl.Query.TrimStart('?')}{(DashboardUrl.Query.Length > 1 ? "&" : "")}alert={Uri.EscapeDataString(alertId)}" }.Uri;
}

/// <summary>Sends what stands in the outbox and is due.</summary>
public sealed partial class DeliverySender(
    IOutbox outbox, IAlertStore alerts, ChannelSet channels, RuleBook book, SystemAlerts problems, AcknowledgeLinks links, MessageOptions options, TimeProvider time, ILogger<DeliverySender> logger)
{
    /// <summary>Deliveries looked at in one go.</summary>
    const int MaxPending = 5_000;

    /// <summary>After so many attempts, some ten minutes, people are told by another channel that this one does not work.</summary>
    const int AttemptsUntilAlert = 6;

    /// <summary>Sends each due delivery once.</summary>
    public async Task SendDueAsync(CancellationToken cancellationToken)
    {
        var limits = new ChannelLimits(outbox, time);
        foreach (var delivery in await outbox.ListPendingAsync(MaxPending, cancellationToken).ConfigureAwait(false))
        {
            if (delivery.NextAttempt > time.GetUtcNow()) continue;
            var alert = await alerts.GetAsync(delivery.AlertId, cancellationToken).ConfigureAwait(false);
            var plan = await book.GetPlanAsync(cancellationToken).ConfigureAwait(false);
            var channel = channels.Of(plan).FirstOrDefault(planned => planned.Channel.Name == delivery.Channel);
            if (delivery.HasWaited && delivery.Kind != NotificationKind.Resolved && alert is not { State: AlertState.Open })
            {
                await DropAsync(delivery, alert?.Title ?? delivery.AlertId, "it was over before its turn came: the channel had had as many messages as it may", cancellationToken).ConfigureAwait(false);
                continue;
            }
            if (channel is not null && await limits.FreeAtAsync(channel, cancellationToken).ConfigureAwait(false) is { } free)
            {
                await WaitAsync(delivery, alert, channel.Limit!, free, cancellationToken).ConfigureAwait(false);
                continue;
            }
            var result = await AttemptAsync(delivery, alert, channel?.Channel, cancellationToken).ConfigureAwait(false);
            if (channel is not null && result is DeliveryResult.Sent) await limits.CountAsync(channel, cancellationToken).ConfigureAwait(false);
            if (Failure(delivery, alert, result) is { } why)
                await problems.RaiseAsync(SystemProblem.DeliveryFailed, alert!.Host, delivery.Channel, time.GetUtcNow(), 1, $"{alert.Title}: {why}", cancellationToken).ConfigureAwait(false);
            await RecordAsync(delivery, alert is null ? $"alert {delivery.AlertId}" : $"{alert.Title} on {alert.Host}", result, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Why a channel is to be reported as failing; null where it is not. Not for what says so itself: with all channels down, each attempt would make another.</summary>
    static string? Failure(Delivery delivery, Alert? alert, DeliveryResult result) => alert is null or { State: AlertState.Merged or AlertState.Withdrawn } || alert.Rule == SystemProblem.DeliveryFailed.Rule ? null : result switch
    {
        DeliveryResult.Retry retry when delivery.Attempts + 1 == AttemptsUntilAlert => retry.Why,
        DeliveryResult.Retry retry when delivery.Attempts + 1 >= DeliveryBackoff.MaxAttempts => $"given up: {retry.Why}",
        DeliveryResult.Drop drop => drop.Why,
        _ => null,
    };

    /// <summary>Not an attempt: its turn has not come.</summary>
    Task WaitAsync(Delivery delivery, Alert? alert, RateLimit limit, DateTimeOffset until, CancellationToken cancellationToken)
    {
        var why = $"waits: the channel may have {Wording.Counted(limit.Messages, "message")} within {limit.Per:c}";
        if (why != delivery.LastResult) LogWaits(delivery.Channel, alert?.Title ?? delivery.AlertId, limit.Messages, limit.Per, until);
        return outbox.SaveAsync(delivery with { HasWaited = true, NextAttempt = until, LastResult = why }, cancellationToken);
    }

    async Task<DeliveryResult> AttemptAsync(Delivery delivery, Alert? alert, IChannel? channel, CancellationToken cancellationToken)
    {
        if (channel is null)
            return new DeliveryResult.Retry(null, $"the channel '{delivery.Channel}' is not configured; configure it again, or wait until this delivery is given up");
        if (alert is null) return new DeliveryResult.Drop("its alert no longer exists");
        if (alert.State == AlertState.Merged) return new DeliveryResult.Drop("its alert became part of another");
        if (alert.State == AlertState.Withdrawn && delivery.Kind != NotificationKind.Resolved) return new DeliveryResult.Drop("late lines have shown that there was nothing to tell");
        try
        {
            return await channel.SendAsync(Compose(alert, delivery, await TogetherAsync(delivery, cancellationToken).ConfigureAwait(false)), delivery.Id, cancellationToken).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // one channel's trouble must not hold up the deliveries behind it
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            // Only the type: what a client says may quote an address with a key in it.
            return new DeliveryResult.Retry(null, $"the channel failed unexpectedly ({e.GetType().Name})");
        }
    }

    /// <summary>The other alerts that a message is about; those that became part of others, or were withdrawn, are not told of.</summary>
    async Task<List<Alert>> TogetherAsync(Delivery delivery, CancellationToken cancellationToken)
    {
        List<Alert> others = [];
        foreach (var id in delivery.With ?? [])
            if (await alerts.GetAsync(id, cancellationToken).ConfigureAwait(false) is { State: AlertState.Open or AlertState.Resolved } other) others.Add(other);
        return others;
    }

    async Task RecordAsync(Delivery delivery, string what, DeliveryResult result, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var said = result switch { DeliveryResult.Sent sent => sent.Detail, DeliveryResult.Retry retry => retry.Why, DeliveryResult.Drop drop => drop.Why, _ => "" };
        var attempted = delivery with { Attempts = delivery.Attempts + 1, History = [.. (delivery.History ?? []).TakeLast(Delivery.MaxHistory - 1), new DeliveryAttempt(now, said)] };
        switch (result)
        {
            case DeliveryResult.Sent sent:
                PipelineMetrics.Attempted(delivery.Channel, "sent");
                LogSent(delivery.Channel, what, sent.Detail);
                await outbox.CompleteAsync(attempted with { State = DeliveryState.Sent, LastResult = sent.Detail }, cancellationToken).ConfigureAwait(false);
                break;
            case DeliveryResult.Retry retry when attempted.Attempts < DeliveryBackoff.MaxAttempts:
                PipelineMetrics.Attempted(delivery.Channel, "retry");
                if (retry.Why != delivery.LastResult) LogRetry(delivery.Channel, what, retry.Why.TrimEnd('.'));
                await outbox.SaveAsync(attempted with { LastResult = retry.Why, NextAttempt = now + DeliveryBackoff.After(attempted.Attempts, retry.After) }, cancellationToken).ConfigureAwait(false);
                break;
            default:
                var why = result switch { DeliveryResult.Drop drop => drop.Why, DeliveryResult.Retry retry => $"given up after {attempted.Attempts} attempts: {retry.Why}", _ => "" };
                await DropAsync(attempted, what, why, cancellationToken).ConfigureAwait(false);
                break;
        }
    }

    Task DropAsync(Delivery delivery, string what, string why, CancellationToken cancellationToken)
    {
        PipelineMetrics.Attempted(delivery.Channel, "dropped");
        LogDropped(delivery.Channel, what, why);
        return outbox.CompleteAsync(delivery with { State = DeliveryState.Dropped, LastResult = why }, cancellationToken);
    }

    AlertMessage Compose(Alert alert, Delivery delivery, List<Alert> others) => new()
    {
        AlertId = alert.Id,
        Fingerprint = alert.Fingerprint.ToString(),
        Title = DisplayText.From(alert.Title),
        RuleId = alert.Rule,
        Level = alert.Level.ToString().ToLowerInvariant(),
        Host = DisplayText.From(alert.Host),
        Group = [.. alert.Group.Select(group => KeyValuePair.Create(group.Field, DisplayText.From(group.Value)))],
        Count = alert.Count,
        Peak = alert.Peak,
        Threshold = alert.Threshold,
        Techniques = alert.FindTechniques(),
        First = alert.First,
        Last = alert.Last,
        Others = [.. others.Select(other => DisplayText.From($"{other.InWords()}: {Wording.Counted(other.Count, "match")}"))],
        Samples = [.. alert.Samples.Select(sample => DisplayText.From(sample.Text))],
        DashboardUrl = options.PageOf(alert.Id),
        AcknowledgeUrl = delivery.Kind == NotificationKind.Resolved ? null : links.For(alert.Id, time.GetUtcNow()),
        Kind = delivery.Kind.ToString().ToLowerInvariant(),
        Reason = delivery.Reason.ToString(),
    };

    [LoggerMessage(LogLevel.Information, "Sent by {Channel}: {What} ({Detail})")]
    partial void LogSent(string channel, string what, string detail);

    [LoggerMessage(LogLevel.Warning, "Not yet sent by {Channel}: {What}: {Why}. It is tried again")]
    partial void LogRetry(string channel, string what, string why);

    [LoggerMessage(LogLevel.Warning, "{Channel} has had its {Messages} messages within {Per}: {What} waits until {Until:u}")]
    partial void LogWaits(string channel, string what, int messages, TimeSpan per, DateTimeOffset until);

    [LoggerMessage(LogLevel.Error, "Not sent by {Channel}: {What}: {Why}")]
    partial void LogDropped(string channel, string what, string why);
}
