namespace LogMonitor.Core.Pipeline;

/// <summary>Holds channels to as many messages within a time as they may have: exactly, over any such time, also after a restart.</summary>
sealed class ChannelLimits(IOutbox outbox, TimeProvider time)
{
    readonly Dictionary<string, List<DateTimeOffset>> sent = new(StringComparer.Ordinal);

    /// <summary>When the channel may have its next message; null for at once.</summary>
    public async Task<DateTimeOffset?> FreeAtAsync(PlannedChannel channel, CancellationToken cancellationToken)
    {
        if (channel.Limit is not { } limit) return null;
        var times = await TimesAsync(channel, cancellationToken).ConfigureAwait(false);
        var now = time.GetUtcNow();
        // A clock that was set back leaves times ahead of it: not those of this limit's time.
        times.RemoveAll(at => at <= now - limit.Per || at > now + limit.Per);
        return times.Count < limit.Messages ? null : times[^limit.Messages] + limit.Per;
    }

    /// <summary>Counts a message that the channel has taken.</summary>
    public async Task CountAsync(PlannedChannel channel, CancellationToken cancellationToken)
    {
        if (channel.Limit is null) return;
        var times = await TimesAsync(channel, cancellationToken).ConfigureAwait(false);
        times.Add(time.GetUtcNow());
        await outbox.SaveSentAsync(channel.Channel.Name, times, cancellationToken).ConfigureAwait(false);
    }

    async Task<List<DateTimeOffset>> TimesAsync(PlannedChannel channel, CancellationToken cancellationToken) =>
        sent.TryGetValue(channel.Channel.Name, out var known) ? known
        : sent[channel.Channel.Name] = [.. (await outbox.ListSentAsync(channel.Channel.Name, cancellationToken).ConfigureAwait(false)).Order()];
}
