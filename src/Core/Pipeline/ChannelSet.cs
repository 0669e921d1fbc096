using LogMonitor.Core.Alerting;
using LogMonitor.Core.Alerting.Plans;

namespace LogMonitor.Core.Pipeline;

/// <summary>The channels that there are: those of the settings, and those of the plan that is in force.</summary>
/// <param name="settings">Made once.</param>
/// <param name="factory">Makes those of a plan.</param>
public sealed class ChannelSet(IEnumerable<IChannel> settings, IChannelFactory factory)
{
    readonly List<IChannel> fixedChannels = [.. settings];
    // One reference: evaluations and questions about health may ask at once.
    volatile Made? last;

    /// <summary>All channels of a plan.</summary>
    public IReadOnlyList<PlannedChannel> Of(AlertPlan plan)
    {
        if (last is { } known && ReferenceEquals(known.Plan, plan)) return known.Channels;
        List<PlannedChannel> all =
        [
            .. fixedChannels.Select(channel => new PlannedChannel(channel, channel.IsRecord ? null : Route.Mail, channel.IsRecord)),
            .. plan.Channels.Select(definition => new PlannedChannel(factory.Create(definition), definition.Name, definition.KeepsIncidents) { Limit = definition.Limit }),
        ];
        last = new(plan, all);
        return all;
    }

    sealed record Made(AlertPlan Plan, IReadOnlyList<PlannedChannel> Channels);
}

/// <summary>A channel in its plan.</summary>
/// <param name="Channel">It.</param>
/// <param name="Name">By which routes mean it; null for a record, which gets everything.</param>
/// <param name="TakesEach">Whether it is told of each alert by itself.</param>
public sealed record PlannedChannel(IChannel Channel, string? Name, bool TakesEach)
{
    /// <summary>Whether it is told of the end of an alert, whatever the settings say.</summary>
    public bool KeepsIncidents => TakesEach && Name is not null;

    /// <summary>How many messages it may have; null for any number.</summary>
    public RateLimit? Limit { get; init; }
}
