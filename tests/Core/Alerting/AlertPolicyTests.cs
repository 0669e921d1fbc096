using System.Globalization;
using CsCheck;
using LogMonitor.Core.Alerting;

namespace LogMonitor.Core.Tests.Alerting;

public sealed class AlertPolicyTests
{
    const string Plain = "defaults: {}";

    /// <summary>A plan, what happens, until when, and what is told with which reason.</summary>
    public static TheoryData<string, string, string, int, string[]> Lives => new()
    {
        { "One incident is told of once", Plain, "0,1,2,3,5: a", 30, ["0 Opened FirstNotification a@web1#1"] },
        { "What goes on is told of again after the repeat interval", "defaults: {repeat: 10m}", "0,5,10,12,15,18: a", 30, ["0 Opened FirstNotification a@web1#1", "10 Repeated RepeatIntervalElapsed a@web1#1", "20 Repeated RepeatIntervalElapsed a@web1#1"] },
        { "Its end is told to those who want to know", "defaults: {notifyResolved: true}", "0,3: a", 30, ["0 Opened FirstNotification a@web1#1", "9 Resolved Quiet a@web1#1"] },
        { "Another incident of the same problem waits for the cooldown", Plain, "0: a; 8: a", 30, ["0 Opened FirstNotification a@web1#1", "15 Opened CooldownElapsed a@web1#2"] },
        { "A route has another cooldown", "routes: [{match: {rule: a}, cooldown: 0}]", "0: a; 8: a", 30, ["0 Opened FirstNotification a@web1#1", "8 Opened FirstNotification a@web1#2"] },
        { "What goes on after its end was told is told of, when the cooldown is over", "defaults: {notifyResolved: true, cooldown: 5m}", "0: a; 9: late a; 10,12: a", 30,
            ["0 Opened FirstNotification a@web1#1", "6 Resolved Quiet a@web1#1", "11 Opened Reopened a@web1#1", "18 Resolved Quiet a@web1#1"] },
        { "And not when it was only a late line", "defaults: {notifyResolved: true}", "0: a; 8: late a", 60, ["0 Opened FirstNotification a@web1#1", "6 Resolved Quiet a@web1#1"] },
        { "Below the level nobody is told", "defaults: {notifyFrom: high}", "0: a medium; 1: b high", 30, ["1 Opened FirstNotification b@web1#1"] },
        { "A route has another level", "routes: [{match: {rule: a}, notifyFrom: low}]", "0: a low; 1: b low", 30, ["0 Opened FirstNotification a@web1#1"] },
        { "Old lines wake nobody", Plain, "0: old a; 1: b", 30, ["1 Opened FirstNotification b@web1#1"] },
        { "Old lines do where they are asked for", "defaults: {oldAfter: 0}", "0: old a", 30, ["0 Opened FirstNotification a@web1#1"] },
        { "A route without channels only lists", "routes: [{match: {rule: a}, channels: []}]", "0: a", 30, [] },

        { "A silence holds while it lasts", Plain, "0: silence rule=a 20; 1,5: a; 30: a", 60, ["30 Opened FirstNotification a@web1#2"] },
        { "What is still going on when a silence ends is told of", Plain, "0: silence host=web* 10; 1,5,9,12: a", 60, ["10 Opened SilenceEnded a@web1#1"] },
        { "A silence is about what it matches", Plain, "0: silence rule=b 60; 1: a", 30, ["1 Opened FirstNotification a@web1#1"] },
        { "What is silenced is not told to be over", "defaults: {notifyResolved: true}", "0: a; 1: silence rule=a 60", 30, ["0 Opened FirstNotification a@web1#1"] },

        { "What somebody deals with is not repeated", "defaults: {repeat: 5m}", "0,3,6,9,12: a; 1: ack a", 30, ["0 Opened FirstNotification a@web1#1"] },
        { "An acknowledgement is for one incident", Plain, "0: a; 1: ack a; 40: a", 60, ["0 Opened FirstNotification a@web1#1", "40 Opened FirstNotification a@web1#2"] },
        { "Its end is told though somebody deals with it", "defaults: {notifyResolved: true}", "0: a; 1: ack a", 30, ["0 Opened FirstNotification a@web1#1", "6 Resolved Quiet a@web1#1"] },

        { "Others are told, once, where nobody acknowledges", "channels: {sms: {type: mail, to: a@example.org}}\nroutes: [{escalate: {after: 10m, channels: sms}}]", "0,5,10,15,20,25: a", 60,
            ["0 Opened FirstNotification a@web1#1", "10 Escalated NotAcknowledged a@web1#1"] },
        { "Not where somebody does", "channels: {sms: {type: mail, to: a@example.org}}\nroutes: [{escalate: {after: 10m, channels: sms}}]", "0,5,10,15,20,25: a; 9: ack a", 60,
            ["0 Opened FirstNotification a@web1#1"] },
        { "Nor when it is over by then", "channels: {sms: {type: mail, to: a@example.org}}\nroutes: [{escalate: {after: 10m, channels: sms}}]", "0: a", 60, ["0 Opened FirstNotification a@web1#1"] },

        { "An alert explains others of its host", "inhibitions: [{when: {rule: down}, mutes: {rule: a}}]", "0: down; 1: a; 1: a@web2", 30, ["0 Opened FirstNotification down@web1#1", "1 Opened FirstNotification a@web2#1"] },
        { "Of all hosts where it is said so", "inhibitions: [{when: {rule: down}, mutes: {rule: a}, sameHost: false}]", "0: down; 0: a@web2", 30, ["0 Opened FirstNotification down@web1#1"] },
        { "What goes on when that is over is told of", "inhibitions: [{when: {rule: down}, mutes: {rule: a}}]", "0: down; 1,4,7,10: a", 30, ["0 Opened FirstNotification down@web1#1", "7 Opened InhibitionEnded a@web1#1"] },
        { "Two that would mute each other are both told of", "inhibitions: [{when: {rule: [a, b]}, mutes: {rule: [a, b]}}]", "0: a; 0: b", 30, ["0 Opened FirstNotification a@web1#1", "0 Opened FirstNotification b@web1#1"] },

        { "New alerts of a rule and host are told of together", Plain, "0: a high 1; 0: a high 2; 0: b", 30, ["0 Opened FirstNotification a@web11#1 + a@web12#1", "0 Opened FirstNotification b@web1#1"] },
        { "Those that come soon after wait for the group interval", Plain, "0: a high 1; 1: a high 2; 3,6: a high 3; 4: a high 1", 30, ["0 Opened FirstNotification a@web11#1", "5 Opened GroupComplete a@web12#1 + a@web13#1"] },
        { "The first waits for others where it is asked to", "routes: [{groupWait: 2m}]", "0: a high 1; 1: a high 2", 30, ["2 Opened GroupComplete a@web11#1 + a@web12#1"] },
        { "Groups are by client where it is asked for", "routes: [{groupBy: client}]", "0: a high 1; 0: b high 1; 0: a high 2", 30, ["0 Opened FirstNotification a@web11#1 + b@web11#1", "0 Opened FirstNotification a@web12#1"] },
        { "Or each by itself", "routes: [{groupBy: []}]", "0: a high 1; 0: a high 2", 30, ["0 Opened FirstNotification a@web11#1", "0 Opened FirstNotification a@web12#1"] },

        { "What goes on together is told of together again, and so is the end", "defaults: {repeat: 10m, notifyResolved: true}", "0,5,10: a high 1; 0,5,10: a high 2", 30,
            ["0 Opened FirstNotification a@web11#1 + a@web12#1", "10 Repeated RepeatIntervalElapsed a@web11#1 + a@web12#1", "16 Resolved Quiet a@web11#1 + a@web12#1"] },

        { "An incident tool hears of the end, whatever the settings say", "channels: {pd: {type: pagerduty, key: k}}\nroutes: [{channels: pd}]", "0: a", 30, ["0 Opened FirstNotification a@web1#1", "6 Resolved Quiet a@web1#1"] },
        { "And that it was a mistake", "channels: {pd: {type: pagerduty, key: k}}\nroutes: [{channels: pd}]", "0: a; 2: withdraw a", 30, ["0 Opened FirstNotification a@web1#1", "2 Resolved Withdrawn a@web1#1"] },
        { "Others don't", "defaults: {notifyResolved: true}", "0: a; 2: withdraw a", 30, ["0 Opened FirstNotification a@web1#1"] },
    };

    [Theory]
    [MemberData(nameof(Lives))]
    public void EachLifeIsToldAsItShouldBe(string life, string plan, string events, int until, string[] told) =>
        Assert.True(told.SequenceEqual(Story.By(plan).Tell(events, until).Told), $"{life}:\n{string.Join('\n', Story.By(plan).Tell(events, until).Told)}");

    [Fact]
    public void EachDecisionStandsInTheHistoryOnceWithItsReason()
    {
        var alert = Assert.Single(Story.By(Plain).Tell("0: silence rule=a 4; 0,1,2,3,4,5,6: a; 5: ack a", 30).Alerts);
        Assert.Equal(
            ["Opened ThresholdReached", "Suppressed Silenced: until 2026-11-01T12:04:00Z: maintenance", "Notified SilenceEnded", "Acknowledged ops: on it", "Suppressed Acknowledged: ops", "Resolved Quiet"],
            alert.History.Select(entry => $"{entry.Event} {entry.Reason}"));
    }

    [Fact]
    public void HistoryIsBoundedAndKeepsItsBeginning()
    {
        var alert = Assert.Single(Story.By("defaults: {repeat: 1m}").Tell($"{string.Join(',', Enumerable.Range(0, 200))}: a", 199).Alerts);
        Assert.Equal(Alert.MaxHistory, alert.History.Count);
        Assert.Equal(AlertEvent.Opened, alert.History[0].Event);
        Assert.Equal(Story.Start.AddMinutes(199), alert.History[^1].Time);
    }

    /// <summary>An alert ends when it was quiet for long enough, but not unheard.</summary>
    [Theory]
    [InlineData(Plain, "0: a", 5, AlertState.Open)]
    [InlineData(Plain, "0: a", 6, AlertState.Resolved)]
    [InlineData("defaults: {notifyFrom: critical}", "0: a", 6, AlertState.Resolved)]
    [InlineData("routes: [{groupWait: 20m}]", "0: a", 19, AlertState.Open)]
    [InlineData("routes: [{groupWait: 20m}]", "0: a", 21, AlertState.Resolved)]
    public void NoneEndsUnheard(string plan, string events, int until, AlertState state) =>
        Assert.Equal(state, Assert.Single(Story.By(plan).Tell(events, until).Alerts).State);

    static readonly Gen<string> genEvents = Gen.Select(
        Gen.Int[0, 90], Gen.OneOf(new[] { "a high", "a high 1", "a high 2", "b medium", "a@web2 critical", "b@web2 low", "silence rule=a 10", "silence host=web2 15", "old c" }.Select(Gen.Const).ToArray()),
        (minute, what) => $"{minute}: {what}").Array[0, 25].Select(all => string.Join("; ", all));

    static readonly Gen<string> genPlan = Gen.OneOf(new[]
    {
        Plain, "defaults: {cooldown: 20m, repeat: 30m}", "defaults: {notifyResolved: true}", "routes: [{groupWait: 3m, groupInterval: 10m}]", "routes: [{match: {rule: a}, groupBy: client}]",
        "inhibitions: [{when: {rule: b}, mutes: {rule: a}}]", "channels: {pd: {type: pagerduty, key: k}}\nroutes: [{channels: [pd, mail]}]",
    }.Select(Gen.Const).ToArray());

    [Fact]
    public void WithinACooldownNoProblemIsToldOfTwiceAsNew() => Gen.Select(genPlan, genEvents).Sample(
        (plan, events) =>
        {
            var story = Story.By(plan).Tell(events, 200);
            var cooldown = plan.Contains("cooldown: 20m", StringComparison.Ordinal) ? 20 : 15;
            var messages = story.Told.Select(line => line.Split(' ')).Where(line => line[1] == "Opened").ToList();
            foreach (var problem in messages.SelectMany(line => line[3..].Where(id => id != "+").Select(id => (Minute: int.Parse(line[0], CultureInfo.InvariantCulture), Problem: id.Split('#')[0])).Distinct()).GroupBy(told => told.Problem))
                foreach (var (first, second) in problem.Zip(problem.Skip(1)))
                    Assert.True(second.Minute - first.Minute >= cooldown, $"{problem.Key} at {first.Minute} and {second.Minute}: {events}");
        }, iter: 2_000);

    [Fact]
    public void EveryAlertEndsAndEachThatIsToBeHeardOfIs() => Gen.Select(genPlan, genEvents).Sample(
        (plan, events) =>
        {
            var story = Story.By(plan).Tell(events, 300);
            foreach (var alert in story.Alerts)
            {
                Assert.Equal(AlertState.Resolved, alert.State);
                var isSilent = alert.History.Any(entry => entry.Event == AlertEvent.Suppressed && !entry.Reason.StartsWith("CoolingDown", StringComparison.Ordinal) && !entry.Reason.StartsWith("Group", StringComparison.Ordinal));
                Assert.True(alert.NotifiedAt is not null || isSilent, $"{alert.Id} of {events} by {plan}: {string.Join(", ", alert.History)}");
            }
        }, iter: 2_000);

    /// <summary>The order in which alerts are listed, and matches of one minute come in, says nothing.</summary>
    [Fact]
    public void TheOrderOfWhatHappensAtOnceDoesNotMatter() => Gen.Select(genPlan, genEvents.Select(events => events.Split("; ")), Gen.Int).Sample(
        (plan, events, seed) =>
        {
            string[] others = [.. events];
            new Random(seed).Shuffle(others);
            static IEnumerable<string> Problems(Story story) => story.Told.Select(line => string.Join(' ', line.Split(' ').Where(part => part != "+").Order(StringComparer.Ordinal))).Order(StringComparer.Ordinal);
            Assert.Equal(Problems(Story.By(plan).Tell(string.Join("; ", events), 200)), Problems(Story.By(plan).Tell(string.Join("; ", others), 200)));
        }, iter: 1_000);
}
