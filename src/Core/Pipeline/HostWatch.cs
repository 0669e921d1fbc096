namespace LogMonitor.Core.Pipeline;

/// <summary>When LogMonitor itself is taken to have trouble.</summary>
public sealed record WatchOptions
{
    /// <summary>After so long without a chunk or a heartbeat a host is silent. 15 minutes; zero: nobody is told.</summary>
    public TimeSpan HostSilentAfter { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>Chunks that are ingested so long after their upload are late. 15 minutes; zero: nobody is told.</summary>
    public TimeSpan IngestLagAfter { get; init; } = TimeSpan.FromMinutes(15);
}

/// <summary>Notices hosts that were heard of, and are no more.</summary>
public sealed class HostWatch(IHostStore hosts, SystemAlerts alerts, WatchOptions options, TimeProvider time)
{
    /// <summary>Who sends no heartbeats is silent whenever its logs are; and who was silent for a week was taken out of service.</summary>
    static readonly TimeSpan forgotten = TimeSpan.FromDays(7);

    /// <summary>After so long without an evaluation nothing can be said of the hosts: what they sent meanwhile comes in first.</summary>
    static readonly TimeSpan ownSilence = TimeSpan.FromMinutes(5);

    WatchPeriod? period;

    /// <summary>Opens and prolongs the alerts of silent hosts.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (options.HostSilentAfter <= TimeSpan.Zero) return;
        var now = time.GetUtcNow();
        var since = await WatchAsync(now, cancellationToken).ConfigureAwait(false);
        foreach (var host in await hosts.ListAsync(cancellationToken).ConfigureAwait(false))
        {
            if (host.LastHeartbeat is not { } beat) continue;
            var heard = host.LastIngest > beat ? host.LastIngest.Value : beat;
            if (now - heard > forgotten || now - (heard > since ? heard : since) < options.HostSilentAfter) continue;
            // By the minute, so that several evaluations within one write once.
            var minute = DateTimeOffset.FromUnixTimeSeconds(now.ToUnixTimeSeconds() / 60 * 60);
            await alerts.RaiseAsync(SystemProblem.HostSilent, host.Host, "", minute, 1, $"Nothing was heard of {host.Host} since {heard.UtcDateTime:yyyy-MM-dd HH:mm} UTC", cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Since when evaluations have run without a gap.</summary>
    async Task<DateTimeOffset> WatchAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        period ??= await hosts.FindWatchAsync(cancellationToken).ConfigureAwait(false);
        var isFresh = period is null || now - period.Last > ownSilence;
        if (!isFresh && now - period!.Last < TimeSpan.FromMinutes(1)) return period.Since;
        period = new WatchPeriod(isFresh ? now : period!.Since, now);
        await hosts.SaveWatchAsync(period, cancellationToken).ConfigureAwait(false);
        return period.Since;
    }
}
