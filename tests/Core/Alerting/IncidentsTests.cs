using LogMonitor.Core.Detection;
using LogMonitor.Core.Alerting;
using LogMonitor.Core.Chunks;

namespace LogMonitor.Core.Tests.Alerting;

/// <summary>Three or more within a minute; what lies no more than six minutes apart is one incident.</summary>
public sealed class IncidentsTests
{
    static readonly Incidents incidents = new(new AlertOptions());
    static readonly (EventHour, EventHour) oneHour = (Some.Hour(0), Some.Hour(0));

    static IncidentUpdate Update(GroupMatches matches, IReadOnlyList<Alert> known, double now, (EventHour, EventHour)? read = null) =>
        incidents.Update(Some.Rule, "web1", Some.Key, matches, read ?? oneHour, known, isComplete: true, Some.Minute(now), Some.Minute(now));

    [Fact]
    public void AFiringOpensAnAlertWithItsNumbers()
    {
        var update = Update(Some.Matches(0, 10, 20, 30, 300), [], 10);
        var alert = Assert.Single(update.Alerts);
        Assert.Equal(RuleDecision.AlertOpened, update.Decision);
        Assert.Equal((4L, 4L, Some.Start, Some.Start.AddSeconds(30)), (alert.Count, alert.Peak, alert.First, alert.Last));
        Assert.Equal((AlertState.Open, Some.Minute(10), Some.Minute(10)), (alert.State, alert.OpenedAt, alert.SeenAt));
        Assert.Equal(new GroupValue("c-ip", "192.0.2.1"), Assert.Single(alert.Group));
        Assert.Equal("3 or more within 1 minute", alert.Threshold);
        Assert.Equal("ThresholdReached", Assert.Single(alert.History).Reason);
    }

    [Fact]
    public void BelowTheThresholdNothingIsOpened()
    {
        var update = Update(Some.Matches(0, 10, 70), [], 10);
        Assert.Empty(update.Alerts);
        Assert.Equal((RuleDecision.BelowThreshold, 2L), (update.Decision, update.Peak));
    }

    [Fact]
    public void FiringsAQuietTimeApartAreOneIncidentAndFurtherApartTwo()
    {
        Assert.Single(Update(Some.Matches(0, 1, 2, 362, 363, 364), [], 10).Alerts);
        Assert.Equal(2, Update(Some.Matches(0, 1, 2, 363, 364, 365), [], 10).Alerts.Count);
    }

    [Fact]
    public void TheSameMatchesAgainChangeNothing()
    {
        var known = Update(Some.Matches(0, 1, 2), [], 10).Alerts;
        var update = Update(Some.Matches(0, 1, 2), known, 11);
        Assert.Empty(update.Alerts);
        Assert.Equal(RuleDecision.AlertUnchanged, update.Decision);
    }

    [Fact]
    public void MoreMatchesUpdateTheAlertUnderItsId()
    {
        var known = Update(Some.Matches(10, 11, 12), [], 10).Alerts;
        var alert = Assert.Single(Update(Some.Matches(5, 10, 11, 12, 13), known, 11).Alerts);
        Assert.Equal(known[0].Id, alert.Id);
        Assert.Equal((5L, Some.Minute(10), Some.Minute(11)), (alert.Count, alert.OpenedAt, alert.SeenAt));
        Assert.Equal("line of second 5", alert.Samples[0].Text);
    }

    [Fact]
    public void TheFirstLinesAreTheSamplesHoweverManyThereAre()
    {
        var alert = Assert.Single(Update(Some.Matches([.. Enumerable.Range(0, 50)]), [], 10).Alerts);
        Assert.Equal(Enumerable.Range(0, Alert.MaxSamples).Select(i => $"line of second {i}"), alert.Samples.Select(sample => sample.Text));
    }

    [Fact]
    public void AResolvedAlertOpensAgainAndKeepsWhatWasDone()
    {
        var known = Update(Some.Matches(0, 1, 2), [], 10).Alerts[0] with
        {
            State = AlertState.Resolved,
            ResolvedAt = Some.Minute(20),
            NotifiedAt = Some.Minute(10),
            Notifications = 1,
        };
        var alert = Assert.Single(Update(Some.Matches(0, 1, 2, 3), [known], 30).Alerts);
        Assert.Equal((AlertState.Open, (DateTimeOffset?)null, 1), (alert.State, alert.ResolvedAt, alert.Notifications));
        Assert.Equal(AlertEvent.Reopened, alert.History[^1].Event);
        Assert.Equal(Some.Minute(10), alert.NotifiedAt);
    }

    [Fact]
    public void MatchesBetweenTwoAlertsMergeThemIntoTheOlder()
    {
        var known = Update(Some.Matches(0, 1, 2, 600, 601, 602), [], 10).Alerts;
        // The later incident was opened first, and is the one that people know.
        Alert[] opened = [known[0] with { OpenedAt = Some.Minute(12) }, known[1] with { OpenedAt = Some.Minute(11), NotifiedAt = Some.Minute(11) }];
        var update = Update(Some.Matches(0, 1, 2, 300, 301, 302, 600, 601, 602), opened, 20);

        Assert.Equal(2, update.Alerts.Count);
        var (kept, merged) = (update.Alerts[0], update.Alerts[1]);
        Assert.Equal((opened[1].Id, 9L, Some.Start), (kept.Id, kept.Count, kept.First));
        Assert.Equal((opened[0].Id, AlertState.Merged, $"PartOf {kept.Id}"), (merged.Id, merged.State, merged.History[^1].Reason));
        Assert.Equal(RuleDecision.AlertUpdated, update.Decision);
    }

    [Fact]
    public void HoursThatWereNotReadKeepTheirCounts()
    {
        var known = Some.Alert() with
        {
            Last = Some.Minute(61),
            HourCounts = new() { [Some.Hour(0).Value] = 40, [Some.Hour(1).Value] = 2 },
        };
        var alert = Assert.Single(Update(Some.Matches(3600, 3650, 3660, 3661), [known], 70, (Some.Hour(1), Some.Hour(2))).Alerts);
        Assert.Equal(44, alert.Count);
    }

    [Fact]
    public void HoursBeyondTheLimitAreSummedIntoTheEarliest()
    {
        var hours = new SortedDictionary<long, long>();
        for (var i = 0; i < Alert.MaxHours + 10; i++) hours.Add(Some.Hour(i - Alert.MaxHours - 10).Value, 2);
        var known = Some.Alert() with { First = DateTimeOffset.FromUnixTimeMilliseconds(Some.Hour(-Alert.MaxHours - 10).Start), HourCounts = hours };
        var alert = Assert.Single(Update(Some.Matches(0, 1, 2), [known], 70).Alerts);
        Assert.Equal(Alert.MaxHours, alert.HourCounts.Count);
        Assert.Equal(2 * (Alert.MaxHours + 10) + 3, alert.Count);
    }
}
