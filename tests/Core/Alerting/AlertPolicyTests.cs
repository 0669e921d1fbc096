using LogMonitor.Core.Alerting;
using LogMonitor.Core.Detection;
using static LogMonitor.Core.Alerting.NotificationKind;
using static LogMonitor.Core.Alerting.NotificationReason;

namespace LogMonitor.Core.Tests.Alerting;

public sealed class AlertPolicyTests
{
    static readonly DateTimeOffset now = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);

    /// <summary>State; minutes ago that it was seen, notified (-1: never), a sibling notified (-1: never); cooled down before; resolved ones are told → what is decided.</summary>
    [Theory]
    [InlineData(AlertState.Open, 0, -1, -1, false, false, Opened, FirstNotification)]
    [InlineData(AlertState.Open, 0, -1, 14, false, false, null, CoolingDown)]
    [InlineData(AlertState.Open, 0, -1, 15, false, false, Opened, FirstNotification)]
    [InlineData(AlertState.Open, 0, -1, 15, true, false, Opened, CooldownElapsed)]
    [InlineData(AlertState.Open, 0, 239, -1, false, false, null, WithinRepeatInterval)]
    [InlineData(AlertState.Open, 0, 240, -1, false, false, Repeated, RepeatIntervalElapsed)]
    [InlineData(AlertState.Open, 300, 240, -1, false, false, null, NothingNew)]
    [InlineData(AlertState.Resolved, 10, 20, -1, false, true, Resolved, Quiet)]
    [InlineData(AlertState.Resolved, 10, 20, -1, false, false, null, ResolvedQuietly)]
    [InlineData(AlertState.Resolved, 10, -1, -1, false, true, null, ResolvedQuietly)]
    [InlineData(AlertState.Merged, 10, -1, -1, false, true, null, ResolvedQuietly)]
    public void EachStateHasItsDecision(
        AlertState state, int seen, int notified, int sibling, bool cooledDown, bool tellResolved, NotificationKind? kind, NotificationReason reason)
    {
        var alert = NewAlert() with
        {
            State = state,
            SeenAt = now.AddMinutes(-seen),
            NotifiedAt = notified < 0 ? null : now.AddMinutes(-notified),
            LastDecision = cooledDown ? new NotificationDecision(null, CoolingDown) : null,
        };
        var decision = new AlertPolicy(new AlertOptions { NotifyResolved = tellResolved }).Decide(alert, sibling < 0 ? null : now.AddMinutes(-sibling), now);
        Assert.Equal(new NotificationDecision(kind, reason), decision);
    }

    [Fact]
    public void ADecisionToNotifyIsWrittenAndNumbered()
    {
        var alert = AlertPolicy.Apply(NewAlert(), new NotificationDecision(Opened, FirstNotification), now);
        Assert.Equal((1, now), (alert.Notifications, alert.NotifiedAt));
        Assert.Equal(new AlertHistoryEntry(now, AlertEvent.Notified, "FirstNotification"), alert.History[^1]);
    }

    [Fact]
    public void AReasonForSilenceIsWrittenOnce()
    {
        var decision = new NotificationDecision(null, CoolingDown);
        var once = AlertPolicy.Apply(NewAlert(), decision, now);
        Assert.Equal(AlertEvent.Suppressed, once.History[^1].Event);
        Assert.Same(once, AlertPolicy.Apply(once, decision, now.AddMinutes(1)));
    }

    [Fact]
    public void HistoryIsBoundedAndKeepsItsBeginning()
    {
        var alert = NewAlert();
        for (var i = 0; i < 200; i++) alert = AlertPolicy.Apply(alert, new NotificationDecision(Repeated, RepeatIntervalElapsed), now.AddMinutes(i));
        Assert.Equal(Alert.MaxHistory, alert.History.Count);
        Assert.Equal(AlertEvent.Opened, alert.History[0].Event);
        Assert.Equal(now.AddMinutes(199), alert.History[^1].Time);
    }

    [Fact]
    public void AnAlertIsOverWhenItWasQuietForLongEnough()
    {
        var alert = NewAlert() with { NotifiedAt = now };
        var policy = new AlertPolicy(new AlertOptions());
        Assert.False(policy.IsOver(NewAlert(), now.AddMinutes(6)));
        Assert.False(policy.IsOver(alert, now.AddMinutes(5).AddSeconds(59)));
        Assert.True(policy.IsOver(alert, now.AddMinutes(6)));
        Assert.False(policy.IsOver(alert with { State = AlertState.Merged }, now.AddMinutes(6)));
    }

    [Fact]
    public void NobodyIsToldOfAnAlertBelowTheLevelAskedForAndItEndsAllTheSame()
    {
        var policy = new AlertPolicy(new AlertOptions());
        var alert = NewAlert() with { Level = Level.Low };
        var decision = policy.Decide(alert, null, now);
        Assert.Equal(new NotificationDecision(null, BelowLevel), decision);
        var decided = AlertPolicy.Apply(alert, decision, now);
        Assert.Equal((AlertEvent.Suppressed, "BelowLevel"), (decided.History[^1].Event, decided.History[^1].Reason));
        Assert.Same(decided, AlertPolicy.Apply(decided, decision, now.AddMinutes(1))); // said once
        Assert.True(policy.IsOver(decided, now.AddMinutes(6)));
        Assert.Equal(NotificationKind.Opened, new AlertPolicy(new AlertOptions { NotifyFrom = Level.Low }).Decide(alert, null, now).Kind);
    }

    [Theory]
    [InlineData(1, null, 15)]
    [InlineData(2, null, 30)]
    [InlineData(3, 10, 60)]
    [InlineData(3, 600, 600)]
    [InlineData(9, null, 3600)]
    [InlineData(1000, null, 3600)]
    public void WaitsGrowAndHeedWhatTheChannelAsks(int attempts, int? askedSeconds, int expectedSeconds) =>
        Assert.Equal(expectedSeconds, DeliveryBackoff.After(attempts, askedSeconds is { } asked ? TimeSpan.FromSeconds(asked) : null).TotalSeconds);

    static Alert NewAlert() => new()
    {
        Id = "a-1",
        Fingerprint = Fingerprint.Of("web1", new MatchKey(new RuleId("r"), [])),
        Rule = "r",
        Title = "A rule",
        Level = Level.High,
        Host = "web1",
        Threshold = "5 or more within 1 minute",
        Quiet = TimeSpan.FromMinutes(6),
        First = now,
        Last = now,
        Peak = 5,
        HourCounts = [],
        OpenedAt = now,
        SeenAt = now,
        History = [new AlertHistoryEntry(now, AlertEvent.Opened, "ThresholdReached")],
    };
}
