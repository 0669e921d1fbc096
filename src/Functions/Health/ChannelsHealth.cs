using LogMonitor.Core.Pipeline;
using LogMonitor.Core.Text;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace LogMonitor.Functions.Health;

/// <summary>Whether messages get through: what waits because it was refused, and what would be.</summary>
sealed class ChannelsHealth(IOutbox outbox, ChannelProbes probes) : IHealthCheck
{
    const int MaxPending = 1_000;

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken)
    {
        var waiting = (await outbox.ListPendingAsync(MaxPending, cancellationToken).ConfigureAwait(false)).Where(delivery => delivery.Attempts > 0).ToLookup(delivery => delivery.Channel, StringComparer.Ordinal);
        var refusing = await probes.FindProblemsAsync(cancellationToken).ConfigureAwait(false);
        return context.Result([.. waiting.Select(channel => channel.Key).Union(refusing.Keys).Order(StringComparer.Ordinal).Select(Explain)]);

        string Explain(string channel)
        {
            var last = waiting[channel].MaxBy(delivery => delivery.History?[^1].At);
            var count = waiting[channel].Count();
            // What a message met says more than a probe.
            return $"{channel}{(count > 0 ? $", for which {Wording.Counted(count, "message")} wait{(count == 1 ? "s" : "")}" : "")}: {last?.LastResult ?? refusing[channel]}";
        }
    }
}
