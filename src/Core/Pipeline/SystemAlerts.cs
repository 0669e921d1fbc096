using LogMonitor.Core.Alerting;
using LogMonitor.Core.Chunks;
using LogMonitor.Core.Detection;

namespace LogMonitor.Core.Pipeline;

/// <summary>What LogMonitor itself can have trouble with.</summary>
/// <param name="Rule">The name by which routes and silences mean it.</param>
/// <param name="Title">For people.</param>
/// <param name="Field">What its alerts are told apart by; null for the host alone.</param>
/// <param name="Threshold">When it is one, in words.</param>
public sealed record SystemProblem(string Rule, string Title, string? Field, string Threshold)
{
    /// <summary>So much quiet ends one, besides the grace. An hour.</summary>
    public TimeSpan Quiet { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How bad it is.</summary>
    public Level Level { get; init; } = Level.High;

    /// <summary>A host that was heard of sends nothing any more, not even heartbeats: it, its shipper or its network is down. Ends soon after it is heard of again.</summary>
    public static SystemProblem HostSilent { get; } = new("logmonitor_host_silent", "A host is silent", null, "neither logs nor a heartbeat for longer than Alerts__HostSilentAfter") { Quiet = TimeSpan.FromMinutes(2) };

    /// <summary>Many more lines of a stream than usual can't be parsed: its format was changed, perhaps.</summary>
    public static SystemProblem UnknownLines { get; } = new("logmonitor_unknown_lines", "Many lines can't be parsed", "stream", "a quarter of all lines more than usual, and three times as many") { Level = Level.Medium };

    /// <summary>Uploads that neither the trigger nor a sweep could read.</summary>
    public static SystemProblem Stuck { get; } = new("logmonitor_stuck", "Uploaded logs stay unread", null, "any that a sweep could not read");

    /// <summary>Uploaded chunks were read late: alerts from them came late, too.</summary>
    public static SystemProblem IngestLag { get; } = new("logmonitor_ingest_lag", "Logs are read late", null, "longer after their upload than Alerts__IngestLagAfter") { Level = Level.Medium };

    /// <summary>A channel does not take notifications.</summary>
    public static SystemProblem DeliveryFailed { get; } = new("logmonitor_delivery_failed", "Notifications can't be delivered", "channel", "one that fails for ten minutes, or for good");

    /// <summary>Blobs in <c>incoming</c> can't be read.</summary>
    public static SystemProblem Quarantined { get; } = new("logmonitor_quarantined", "Uploaded logs can't be read", null, "any");
}

/// <summary>Alerts about LogMonitor itself. They are told of, repeated, silenced and resolved as others are.</summary>
public sealed class SystemAlerts(IAlertStore alerts, RuleBook book)
{
    /// <summary>Opens an alert, or adds to the open one; the same event twice is one.</summary>
    /// <param name="problem">What.</param>
    /// <param name="host">Where.</param>
    /// <param name="value">Of the problem's field; empty where it has none.</param>
    /// <param name="at">When it happened; the same for the same event.</param>
    /// <param name="count">How often.</param>
    /// <param name="words">What happened, a line.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task RaiseAsync(SystemProblem problem, string host, string value, DateTimeOffset at, long count, string words, CancellationToken cancellationToken)
    {
        var fingerprint = Fingerprint.Of(host, new MatchKey(new RuleId(problem.Rule), problem.Field is null ? [] : [value]));
        var sample = new MatchSample(at.ToUnixTimeMilliseconds(), 0, words);
        var known = await alerts.FindAsync(fingerprint, cancellationToken).FirstOrDefaultAsync(cancellationToken).ConfigureAwait(false);
        if (known?.Last >= at) return;
        var alert = known is { State: AlertState.Open } ? known : await NewAsync(problem, fingerprint, host, value, at, cancellationToken).ConfigureAwait(false);
        var hours = new SortedDictionary<long, long>(alert.HourCounts);
        hours[EventHour.Of(sample.Time).Value] = hours.GetValueOrDefault(EventHour.Of(sample.Time).Value) + count;
        while (hours.Count > Alert.MaxHours) hours.Remove(hours.Keys.First());
        await alerts.SaveAsync(
            alert with { Last = at, SeenAt = at, Peak = Math.Max(alert.Peak, count), HourCounts = hours, Samples = [.. alert.Samples.Append(sample).Take(Alert.MaxSamples)] }, cancellationToken).ConfigureAwait(false);
    }

    async Task<Alert> NewAsync(SystemProblem problem, Fingerprint fingerprint, string host, string value, DateTimeOffset at, CancellationToken cancellationToken) => new()
    {
        Id = Alert.IdOf(fingerprint, at.ToUnixTimeMilliseconds()),
        Fingerprint = fingerprint,
        Rule = problem.Rule,
        Name = problem.Rule,
        Title = problem.Title,
        Level = problem.Level,
        Host = host,
        Group = problem.Field is { } field ? [new GroupValue(field, value)] : [],
        Threshold = problem.Threshold,
        Quiet = problem.Quiet + (await book.GetPlanAsync(cancellationToken).ConfigureAwait(false)).Options.Grace,
        First = at,
        Last = at,
        Peak = 0,
        HourCounts = [],
        OpenedAt = at,
        SeenAt = at,
        History = [new AlertHistoryEntry(at, AlertEvent.Opened, "SystemProblem")],
    };
}
