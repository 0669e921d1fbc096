using LogMonitor.Core.Detection;

namespace LogMonitor.Core.Alerting.Plans;

/// <summary>Who is told of which alerts, and when not: what <c>alerts.yml</c> says. Without that file, all alerts go to the channels of the settings.</summary>
public sealed record AlertPlan
{
    /// <summary>Its name, at the top of the rules' directory or container.</summary>
    public const string FileName = "alerts.yml";

    /// <summary>Spans and levels; the settings' where the file says nothing.</summary>
    public AlertOptions Options { get; init; } = new();

    /// <summary>Channels besides those of the settings.</summary>
    public IReadOnlyList<ChannelDefinition> Channels { get; init; } = [];

    /// <summary>In their order; the first that matches an alert is its. Behind them all stands <see cref="Route.Default"/>.</summary>
    public IReadOnlyList<Route> Routes { get; init; } = [];

    /// <summary>Those of the file; people add others at any time.</summary>
    public IReadOnlyList<Silence> Silences { get; init; } = [];

    /// <summary>Alerts that are known to follow from others.</summary>
    public IReadOnlyList<Inhibition> Inhibitions { get; init; } = [];

    /// <summary>The route of an alert.</summary>
    public Route RouteOf(Alert alert) => Routes.FirstOrDefault(route => route.Match.Matches(alert)) ?? Route.Default;
}

/// <summary>Where some alerts go, and how often.</summary>
public sealed record Route
{
    /// <summary>The name by which routes and escalations mean the mail of the settings.</summary>
    public const string Mail = "mail";

    /// <summary>Everything, to all channels of the settings, one message for the alerts of a rule and host that come close together.</summary>
    public static Route Default { get; } = new();

    public AlertMatcher Match { get; init; } = AlertMatcher.Everything;

    /// <summary>Names of channels; null for those of the settings; empty for none: such alerts are listed only.</summary>
    public IReadOnlyList<string>? Channels { get; init; }

    /// <summary>Another level from which people are told than the plan's.</summary>
    public Level? NotifyFrom { get; init; }

    /// <summary>Another cooldown than the plan's.</summary>
    public TimeSpan? Cooldown { get; init; }

    /// <summary>Another repeat interval than the plan's.</summary>
    public TimeSpan? RepeatInterval { get; init; }

    /// <summary>Who is told when nobody acknowledges; null for nobody.</summary>
    public Escalation? Escalation { get; init; }

    /// <summary>New alerts that have these in common are told of together.</summary>
    public IReadOnlyList<GroupBy> GroupBy { get; init; } = [Plans.GroupBy.Rule, Plans.GroupBy.Host];

    /// <summary>How long the first alert of a group waits for others. None by default.</summary>
    public TimeSpan GroupWait { get; init; }

    /// <summary>The least time between two messages about new alerts of a group. 5 minutes by default.</summary>
    public TimeSpan GroupInterval { get; init; } = TimeSpan.FromMinutes(5);
}

/// <summary>What alerts of one message have in common.</summary>
public enum GroupBy
{
    /// <summary>The rule.</summary>
    Rule,

    /// <summary>The host.</summary>
    Host,

    /// <summary>The client's address, where rules group by it.</summary>
    Client,
}

/// <summary>Others are told, once, when an alert was not acknowledged.</summary>
/// <param name="After">Since it was first told of.</param>
/// <param name="Channels">Names of channels; at least one.</param>
public sealed record Escalation(TimeSpan After, IReadOnlyList<string> Channels);

/// <summary>Nobody is told of some alerts for a while: maintenance, or a trouble that is known.</summary>
/// <param name="Id">Of those that people add: 8 hex digits. Of the file's: <c>alerts.yml:LINE</c>.</param>
/// <param name="Match">Which.</param>
/// <param name="From">Its beginning.</param>
/// <param name="Until">Its end: there is none without.</param>
/// <param name="Comment">Why; shown in the history of each alert that it silences.</param>
/// <param name="By">Who added it; null for the file.</param>
public sealed record Silence(string Id, AlertMatcher Match, DateTimeOffset From, DateTimeOffset Until, string Comment, string? By = null)
{
    /// <summary>Whether it silences an alert now.</summary>
    public bool Silences(Alert alert, DateTimeOffset now) => From <= now && now < Until && Match.Matches(alert);
}

/// <summary>While there is an open alert of one kind, nobody is told of those of another that it explains.</summary>
/// <param name="When">The one that explains.</param>
/// <param name="Mutes">Those that follow from it.</param>
/// <param name="SameHost">Whether both must be of one host.</param>
public sealed record Inhibition(AlertMatcher When, AlertMatcher Mutes, bool SameHost = true);

/// <summary>Somebody deals with an alert: it is not repeated, nor told to others.</summary>
/// <param name="AlertId">Which.</param>
/// <param name="At">Since when.</param>
/// <param name="By">Who.</param>
/// <param name="Comment">What they say about it, or null.</param>
public sealed record Acknowledgement(string AlertId, DateTimeOffset At, string By, string? Comment = null);
