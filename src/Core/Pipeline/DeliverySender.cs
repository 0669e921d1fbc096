using LogMonitor.Core.Alerting;
using LogMonitor.Core.Text;
using Microsoft.Extensions.Logging;

namespace LogMonitor.Core.Pipeline;

/// <summary>Where notifications point to.</summary>
/// <param name="DashboardUrl">The dashboard's address; null where none is configured.</param>
public sealed record MessageOptions(Uri? DashboardUrl);

/// <summary>Sends what stands in the outbox and is due.</summary>
public sealed partial class DeliverySender(
    IOutbox outbox, IAlertStore alerts, IEnumerable<IChannel> channels, MessageOptions options, TimeProvider time, ILogger<DeliverySender> logger)
{
    /// <summary>Deliveries looked at in one go.</summary>
    const int MaxPending = 500;

    /// <summary>Sends each due delivery once.</summary>
    public async Task SendDueAsync(CancellationToken cancellationToken)
    {
        foreach (var delivery in await outbox.ListPendingAsync(MaxPending, cancellationToken).ConfigureAwait(false))
        {
            if (delivery.NextAttempt > time.GetUtcNow()) continue;
            var result = await AttemptAsync(delivery, cancellationToken).ConfigureAwait(false);
            await RecordAsync(delivery, result, cancellationToken).ConfigureAwait(false);
        }
    }

    async Task<DeliveryResult> AttemptAsync(Delivery delivery, CancellationToken cancellationToken)
    {
        if (channels.FirstOrDefault(c => c.Name == delivery.Channel) is not { } channel)
            return new DeliveryResult.Retry(null, $"the channel '{delivery.Channel}' is not configured; configure it again, or wait until this delivery is given up");
        if (await alerts.GetAsync(delivery.AlertId, cancellationToken).ConfigureAwait(false) is not { } alert)
            return new DeliveryResult.Drop("its alert no longer exists");
        if (alert.State == AlertState.Merged) return new DeliveryResult.Drop("its alert became part of another");
        return await channel.SendAsync(Compose(alert, delivery), delivery.Id, cancellationToken).ConfigureAwait(false);
    }

    async Task RecordAsync(Delivery delivery, DeliveryResult result, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var attempted = delivery with { Attempts = delivery.Attempts + 1 };
        switch (result)
        {
            case DeliveryResult.Sent sent:
                LogSent(delivery.Channel, delivery.AlertId, sent.Detail);
                await outbox.CompleteAsync(attempted with { State = DeliveryState.Sent, LastResult = sent.Detail }, cancellationToken).ConfigureAwait(false);
                break;
            case DeliveryResult.Retry retry when attempted.Attempts < DeliveryBackoff.MaxAttempts:
                if (retry.Why != delivery.LastResult) LogRetry(delivery.Channel, delivery.AlertId, retry.Why);
                await outbox.SaveAsync(attempted with { LastResult = retry.Why, NextAttempt = now + DeliveryBackoff.After(attempted.Attempts, retry.After) }, cancellationToken).ConfigureAwait(false);
                break;
            default:
                var why = result switch { DeliveryResult.Drop drop => drop.Why, DeliveryResult.Retry retry => $"given up after {attempted.Attempts} attempts: {retry.Why}", _ => "" };
                LogDropped(delivery.Channel, delivery.AlertId, why);
                await outbox.CompleteAsync(attempted with { State = DeliveryState.Dropped, LastResult = why }, cancellationToken).ConfigureAwait(false);
                break;
        }
    }

    AlertMessage Compose(Alert alert, Delivery delivery) => new()
    {
        AlertId = alert.Id,
        Title = DisplayText.From(alert.Title),
        RuleId = alert.Rule,
        Level = alert.Level.ToString().ToLowerInvariant(),
        Host = DisplayText.From(alert.Host),
        Group = [.. alert.Group.Select(group => KeyValuePair.Create(group.Field, DisplayText.From(group.Value)))],
        Count = alert.Count,
        Peak = alert.Peak,
        Threshold = alert.Threshold,
        First = alert.First,
        Last = alert.Last,
        Samples = [.. alert.Samples.Select(sample => DisplayText.From(sample.Text))],
        DashboardUrl = options.DashboardUrl,
        Kind = delivery.Kind.ToString().ToLowerInvariant(),
        Reason = delivery.Reason.ToString(),
    };

    [LoggerMessage(LogLevel.Information, "Sent by {Channel}: alert {Alert} ({Detail})")]
    partial void LogSent(string channel, string alert, string detail);

    [LoggerMessage(LogLevel.Warning, "Not yet sent by {Channel}: alert {Alert}: {Why}. It is tried again")]
    partial void LogRetry(string channel, string alert, string why);

    [LoggerMessage(LogLevel.Error, "Not sent by {Channel}: alert {Alert}: {Why}")]
    partial void LogDropped(string channel, string alert, string why);
}
