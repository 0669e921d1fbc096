using System.Globalization;
using LogMonitor.Core.Alerting;
using LogMonitor.Core.Alerting.Plans;
using LogMonitor.Core.Detection;

namespace LogMonitor.Core.Tests.Alerting;

/// <summary>
/// What happens to alerts, minute by minute, and what is told of it: the policy alone, on a clock that the story moves. Each minute's events come first, then the
/// policy decides once.
/// </summary>
/// <param name="plan">Who is told of what.</param>
sealed class Story(AlertPlan plan)
{
    /// <summary>The minute 0.</summary>
    public static DateTimeOffset Start { get; } = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);

    /// <summary>How long an alert is quiet before it ends.</summary>
    public static readonly TimeSpan Quiet = TimeSpan.FromMinutes(6);

    readonly Dictionary<string, Alert> alerts = new(StringComparer.Ordinal);
    readonly List<Silence> silences = [];
    readonly Dictionary<string, Acknowledgement> acknowledgements = [];
    readonly List<string> told = [];

    /// <summary>Each notification as <c>{minute} {kind} {reason} {alert}</c>, and those that it is told together with.</summary>
    public IReadOnlyList<string> Told => told;

    public IReadOnlyCollection<Alert> Alerts => alerts.Values;

    /// <param name="plan">An <c>alerts.yml</c>.</param>
    public static Story By(string plan)
    {
        var (read, errors) = AlertPlanReader.Read(AlertPlan.FileName, plan, new AlertOptions());
        Assert.Empty(errors);
        return new(read!);
    }

    /// <summary>Tells the events of a line, up to a minute.</summary>
    /// <param name="events">
    /// <c>{minutes}: {event}</c>, separated by <c>;</c>. Minutes are a list: <c>0,2,5</c>. Events: <c>rule@host level client</c> (a match; host, level and client may be left out),
    /// <c>ack rule@host</c>, <c>silence key=value minutes</c>, <c>withdraw rule@host</c>, <c>old rule@host</c> and <c>late rule@host</c> (a match of two days and of five minutes ago).
    /// </param>
    /// <param name="until">The last minute.</param>
    public Story Tell(string events, int until)
    {
        var script = events.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(item => item.Split(':', 2, StringSplitOptions.TrimEntries))
            .SelectMany(item => item[0].Split(',').Select(minute => (Minute: int.Parse(minute, CultureInfo.InvariantCulture), What: item[1])))
            .ToLookup(item => item.Minute, item => item.What);
        for (var minute = 0; minute <= until; minute++)
        {
            foreach (var what in script[minute]) Happen(what, Start.AddMinutes(minute));
            Decide(minute);
        }
        return this;
    }

    public void Happen(string what, DateTimeOffset now)
    {
        switch (what.Split(' '))
        {
            case ["ack", var who]:
                acknowledgements[Current(who)!.Id] = new Acknowledgement(Current(who)!.Id, now, "ops", "on it");
                break;
            case ["silence", var term, var minutes]:
                var (key, value) = (term.Split('=')[0], term.Split('=')[1]);
                silences.Add(new Silence($"s{silences.Count}", new AlertMatcher([new MatchTerm(key, [value])]), now, now.AddMinutes(int.Parse(minutes, CultureInfo.InvariantCulture)), "maintenance"));
                break;
            case ["withdraw", var who]:
                var withdrawn = Current(who)!;
                alerts[withdrawn.Id] = withdrawn with { State = AlertState.Withdrawn, ResolvedAt = now };
                break;
            case ["old", var who]:
                Match(who, Level.High, "", now, now.AddDays(-2));
                break;
            case ["late", var who]:
                Match(who, Level.High, "", now, now.AddMinutes(-5));
                break;
            case [var who, .. var more]:
                Match(who, more.Length > 0 ? Enum.Parse<Level>(more[0], ignoreCase: true) : Level.High, more.Length > 1 ? more[1] : "", now, now);
                break;
        }
    }

    Alert? Current(string who) => alerts.Values.LastOrDefault(alert => alert.Id.StartsWith(Full(who) + "#", StringComparison.Ordinal));

    static string Full(string who) => who.Contains('@', StringComparison.Ordinal) ? who : $"{who}@web1";

    // As incidents do: a match within the quiet time goes on with the incident, also when it is resolved by then.
    void Match(string who, Level level, string client, DateTimeOffset now, DateTimeOffset at)
    {
        var name = Full(who) + client;
        var known = Current(name);
        if (known is not null && at - known.Last <= Quiet)
            alerts[known.Id] = known with { SeenAt = now, Last = at, State = AlertState.Open, ResolvedAt = null, AcknowledgedAt = known.State == AlertState.Open ? known.AcknowledgedAt : null, IsClosed = false };
        else
        {
            var id = $"{name}#{alerts.Keys.Count(key => key.StartsWith(name + "#", StringComparison.Ordinal)) + 1}";
            var (rule, host) = (Full(who).Split('@')[0], Full(who).Split('@')[1]);
            alerts[id] = Some.Alert() with
            {
                Id = id,
                Fingerprint = new Fingerprint(name),
                Rule = rule,
                Host = host,
                Level = level,
                Group = client.Length > 0 ? [new GroupValue("c-ip", client)] : [],
                First = at,
                Last = at,
                OpenedAt = now,
                SeenAt = now,
                Quiet = Quiet,
            };
        }
    }

    void Decide(int minute)
    {
        var now = Start.AddMinutes(minute);
        // In an order that stores need not give: what is decided does not depend on it.
        var candidates = alerts.Values.Where(alert => alert.IsPending).Reverse()
            .Select(alert => new AlertCandidate(alert, alerts.Values.Where(other => other.Fingerprint == alert.Fingerprint && other.Id != alert.Id).Max(other => other.NotifiedAt))).ToList();
        var steps = new AlertPolicy(plan, silences, acknowledgements).Decide(candidates, now);
        foreach (var step in steps)
        {
            alerts[step.After.Id] = step.After;
            if (step.Decision.Kind is not { } kind || (step.Leader is { } leader && leader.Id != step.After.Id)) continue;
            var others = steps.Where(other => step.Leader is not null && other != step && other.Leader?.Id == step.After.Id).Select(other => other.After.Id);
            told.Add(string.Create(CultureInfo.InvariantCulture, $"{minute} {kind} {step.Decision.Reason} {string.Join(" + ", others.Prepend(step.After.Id))}"));
        }
    }
}
