using LogMonitor.Core.Alerting.Plans;
using LogMonitor.Core.Pipeline;

namespace LogMonitor.Functions.Health;

/// <summary>
/// Asks each channel whether it would take a message, so that a key that has expired is known before an incident. What they said counts for a
/// while: services limit how often they may be asked, and servers lock out who signs in too often with a wrong password.
/// </summary>
sealed class ChannelProbes(RuleBook rules, ChannelSet channels, TimeProvider time) : IDisposable
{
    /// <summary>How long an answer counts.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(15);

    readonly SemaphoreSlim asking = new(1);
    AlertPlan? plan;
    DateTimeOffset askedAt;
    IReadOnlyDictionary<string, string> problems = new Dictionary<string, string>();

    /// <summary>By channel, why it would not take a message.</summary>
    public async Task<IReadOnlyDictionary<string, string>> FindProblemsAsync(CancellationToken cancellationToken)
    {
        await asking.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var current = await rules.GetPlanAsync(cancellationToken).ConfigureAwait(false);
            if (ReferenceEquals(plan, current) && time.GetUtcNow() - askedAt < Interval) return problems;
            var said = await Task.WhenAll(channels.Of(current).Select(async channel => (channel.Channel.Name, Why: await channel.Channel.ProbeAsync(cancellationToken).ConfigureAwait(false)))).ConfigureAwait(false);
            problems = said.Where(channel => channel.Why is not null).ToDictionary(channel => channel.Name, channel => channel.Why!, StringComparer.Ordinal);
            (plan, askedAt) = (current, time.GetUtcNow());
            return problems;
        }
        finally
        {
            asking.Release();
        }
    }

    public void Dispose() => asking.Dispose();
}
