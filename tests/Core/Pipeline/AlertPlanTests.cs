using LogMonitor.Core.Alerting;
using LogMonitor.Core.Alerting.Plans;
using LogMonitor.Core.Pipeline;
using LogMonitor.Tests.Support;

namespace LogMonitor.Core.Tests.Pipeline;

/// <summary>Who is told of what by a plan, over the whole pipeline. Rules: a burst per host, and one per client; both of level medium.</summary>
public sealed class AlertPlanTests
{
    static readonly CancellationToken none = TestContext.Current.CancellationToken;

    static readonly string[] threeClients = ["192.0.2.1", "192.0.2.2", "192.0.2.3"];

    [Fact]
    public async Task TheFirstRouteThatMatchesSaysWhere()
    {
        var pipeline = By("channels: {hook: {type: webhook, url: \"https://example.org\"}, other: {type: webhook, url: \"https://example.org\"}}\nroutes: [{match: {rule: client-burst}, channels: [hook, mail]}, {match: {rule: \"*burst\"}, channels: other}]");
        await AttackAsync(pipeline, 0, "192.0.2.1");
        Assert.Equal(["client-burst"], Rules(pipeline.Planned["hook"]));
        Assert.Equal(["burst"], Rules(pipeline.Planned["other"]));
        Assert.Equal(["client-burst"], Rules(pipeline.Channel));
        Assert.Empty(pipeline.Pending);
    }

    [Fact]
    public async Task OneMessageTellsOfAllClientsOfAnAttackAndAnIncidentToolGetsEach()
    {
        var pipeline = By("channels: {pager: {type: pagerduty, key: k}}\nroutes: [{match: {rule: client-burst}, channels: [pager, mail]}, {channels: []}]");
        await AttackAsync(pipeline, 0, threeClients);
        var message = Assert.Single(pipeline.Channel.Sent).Message;
        Assert.Equal(["Burst of 404s from one client on web1, c-ip 192.0.2.2: 5 matches", "Burst of 404s from one client on web1, c-ip 192.0.2.3: 5 matches"], message.Others.Select(other => other.ToString()));
        Assert.Equal(threeClients, pipeline.Planned["pager"].Sent.Select(sent => sent.Message.Group[0].Value.ToString()));
        Assert.All(pipeline.Planned["pager"].Sent, sent => Assert.Empty(sent.Message.Others));

        // All of them have ended, and the mail is not told so.
        await WaitAsync(pipeline, TimeSpan.FromMinutes(7));
        Assert.Equal(threeClients, pipeline.Planned["pager"].Sent.Where(sent => sent.Message.Kind == "resolved").Select(sent => sent.Message.Group[0].Value.ToString()));
        Assert.Single(pipeline.Channel.Sent);
    }

    [Fact]
    public async Task WhoIsToldWhenNobodyAcknowledgesIsToldOfTheEndToo()
    {
        var pipeline = By("defaults: {notifyResolved: true}\nchannels: {phone: {type: mail, to: a@example.org}}\nroutes: [{match: {rule: client-burst}, channels: mail, escalate: {after: 5m, channels: phone}}, {channels: []}]");
        await AttackAsync(pipeline, 0, "192.0.2.1");
        await WaitAsync(pipeline, TimeSpan.FromMinutes(5));
        Assert.Equal(["opened"], Kinds(pipeline.Channel));
        Assert.Equal(["escalated"], Kinds(pipeline.Planned["phone"]));
        await WaitAsync(pipeline, TimeSpan.FromMinutes(2));
        Assert.Equal(["opened", "resolved"], Kinds(pipeline.Channel));
        Assert.Equal(["escalated", "resolved"], Kinds(pipeline.Planned["phone"]));
    }

    [Fact]
    public async Task AnAcknowledgementEndsTheEscalationAndIsForgottenWithItsAlert()
    {
        var pipeline = By("channels: {phone: {type: mail, to: a@example.org}}\nroutes: [{match: {rule: client-burst}, channels: mail, escalate: {after: 5m, channels: phone}}, {channels: []}]");
        await AttackAsync(pipeline, 0, "192.0.2.1");
        var alert = pipeline.Stores.Alerts.Single(alert => alert.Rule == "client-burst");
        await People(pipeline).AcknowledgeAsync(new Acknowledgement(alert.Id, pipeline.Clock.GetUtcNow(), "ops", "on it"), none);
        await WaitAsync(pipeline, TimeSpan.FromMinutes(5));
        Assert.Empty(pipeline.Planned["phone"].Sent);
        Assert.Equal("ops", pipeline.Stores.Alerts.Single(alert => alert.Rule == "client-burst").AcknowledgedBy);
        Assert.Single(await People(pipeline).ListAcknowledgementsAsync(none));

        await WaitAsync(pipeline, TimeSpan.FromMinutes(20));
        Assert.Empty(await People(pipeline).ListAcknowledgementsAsync(none));
        Assert.Equal(AlertState.Resolved, pipeline.Stores.Alerts.Single(alert => alert.Rule == "client-burst").State);
    }

    [Fact]
    public async Task AChannelGetsAsManyMessagesAsItMayAndTheOthersWait()
    {
        var pipeline = By("defaults: {grace: 2h}\nchannels: {phone: {type: mail, to: a@example.org, limit: 2 per 1h}}\nroutes: [{match: {rule: client-burst}, groupBy: [], channels: [phone, mail]}, {channels: []}]");
        await AttackAsync(pipeline, 0, threeClients);
        Assert.Equal(["192.0.2.1", "192.0.2.2"], Clients(pipeline.Planned["phone"]));
        Assert.Equal(threeClients, Clients(pipeline.Channel));
        var waiting = Assert.Single(pipeline.Pending);
        Assert.Equal((0, pipeline.Clock.GetUtcNow().AddHours(1), "waits: the channel may have 2 messages within 01:00:00"), (waiting.Attempts, waiting.NextAttempt, waiting.LastResult));

        // A restart does not begin anew.
        pipeline = By("channels: {phone: {type: mail, to: a@example.org, limit: 2 per 1h}}", pipeline);
        pipeline.Clock.Advance(TimeSpan.FromMinutes(59));
        await pipeline.EvaluateAsync();
        Assert.Empty(pipeline.Planned["phone"].Sent);
        pipeline.Clock.Advance(TimeSpan.FromMinutes(1));
        await pipeline.EvaluateAsync();
        Assert.Equal(["192.0.2.3"], Clients(pipeline.Planned["phone"]));
        Assert.Empty(pipeline.Pending);
    }

    [Fact]
    public async Task WhatIsOverBeforeItsTurnComesWakesNobody()
    {
        var pipeline = By("channels: {phone: {type: mail, to: a@example.org, limit: 2 per 1h}}\nroutes: [{match: {rule: client-burst}, groupBy: [], channels: phone}, {channels: []}]");
        await AttackAsync(pipeline, 0, threeClients);
        await WaitAsync(pipeline, TimeSpan.FromMinutes(61));
        Assert.Equal(["192.0.2.1", "192.0.2.2"], Clients(pipeline.Planned["phone"]));
        Assert.Empty(pipeline.Pending);
    }

    [Fact]
    public async Task ASilenceThatSomebodyAddsHoldsAtOnce()
    {
        var pipeline = new TestPipeline();
        var silence = new Silence("s1", new AlertMatcher([new MatchTerm("c-ip", ["192.0.2.0/24"])]), pipeline.Clock.GetUtcNow(), pipeline.Clock.GetUtcNow().AddHours(1), "our scanner", "ops");
        await People(pipeline).SilenceAsync(silence, none);
        await AttackAsync(pipeline, 0, "192.0.2.1", "203.0.113.7");
        Assert.Equal(["203.0.113.7"], pipeline.Channel.Sent.Where(sent => sent.Message.RuleId == "client-burst").Select(sent => sent.Message.Group[0].Value.ToString()));
        Assert.Contains(pipeline.Stores.Alerts.Single(alert => alert.Group is [{ Value: "192.0.2.1" }]).History, entry => entry.Reason == "Silenced: until 2026-11-01T13:00:00Z: our scanner");
    }

    [Fact]
    public async Task ADeliveryKeepsItsAttempts()
    {
        var pipeline = new TestPipeline { Channel = { Answer = () => new DeliveryResult.Retry(null, "not now") } };
        await AttackAsync(pipeline, 0, "192.0.2.1");
        pipeline.Channel.Answer = () => new DeliveryResult.Sent("202 accepted");
        await WaitAsync(pipeline, TimeSpan.FromMinutes(1));
        Assert.All(pipeline.Stores.Completed, delivery => Assert.Equal(["not now", "202 accepted"], delivery.History!.Select(attempt => attempt.Result)));
    }

    [Fact]
    public async Task ThatAChannelFailsIsToldByAnother()
    {
        var pipeline = By("channels: {chat: {type: webhook, url: \"https://example.org\"}}\nroutes: [{match: {rule: client-burst}, channels: [chat]}, {match: {rule: burst}, channels: []}]");
        pipeline.Planned["chat"].Answer = () => new DeliveryResult.Retry(null, "not now");
        await AttackAsync(pipeline, 0, "192.0.2.1");
        await WaitAsync(pipeline, TimeSpan.FromMinutes(7));
        Assert.Empty(pipeline.Channel.Sent);
        await WaitAsync(pipeline, TimeSpan.FromMinutes(2));
        var message = Assert.Single(pipeline.Channel.Sent).Message;
        Assert.Equal(("Notifications can't be delivered", "chat", "Burst of 404s from one client: not now"), (message.Title.ToString(), message.Group[0].Value.ToString(), message.Samples[0].ToString()));

        // What waits is sent when the channel is back, and the alert about it ends.
        pipeline.Planned["chat"].Answer = () => new DeliveryResult.Sent("ok");
        await WaitAsync(pipeline, TimeSpan.FromHours(2));
        Assert.Single(pipeline.Planned["chat"].Sent);
        Assert.Single(pipeline.Channel.Sent);
        Assert.All(pipeline.Stores.Alerts, alert => Assert.Equal(AlertState.Resolved, alert.State));
    }

    [Fact]
    public async Task ThatTheOnlyChannelFailsIsWrittenDownAndNotToldOfAgainAndAgain()
    {
        var pipeline = new TestPipeline { Channel = { Answer = () => new DeliveryResult.Drop("wrong address") } };
        await AttackAsync(pipeline, 0, "192.0.2.1");
        await WaitAsync(pipeline, TimeSpan.FromMinutes(30));
        var problem = Assert.Single(pipeline.Stores.Alerts, alert => alert.Rule == SystemProblem.DeliveryFailed.Rule);
        Assert.Equal((AlertState.Open, "recording"), (problem.State, problem.Group[0].Value));
        Assert.Empty(pipeline.Pending);
    }

    [Fact]
    public async Task WithAllChannelsDownOneDoesNotAccuseTheOther()
    {
        var pipeline = By("channels: {chat: {type: webhook, url: \"https://example.org\"}}\nroutes: [{match: {rule: client-burst}, channels: chat}, {match: {rule: burst}, channels: []}]");
        pipeline.Channel.Answer = pipeline.Planned["chat"].Answer = () => new DeliveryResult.Drop("wrong address");
        await AttackAsync(pipeline, 0, "192.0.2.1");
        await WaitAsync(pipeline, TimeSpan.FromMinutes(30));
        Assert.Equal("chat", Assert.Single(pipeline.Stores.Alerts, alert => alert.Rule == SystemProblem.DeliveryFailed.Rule).Group[0].Value);
    }

    [Fact]
    public async Task WhatCanNotBeReadIsAnAlertCountedOnce()
    {
        var pipeline = new TestPipeline();
        var bad = TestChunk.Raw(TestChunk.Of(["x"]).Name, [1, 2, 3]);
        await pipeline.IngestAsync(bad);
        var crashed = false;
        pipeline.Stores.BeforeWrite = write =>
        {
            if (write == "clear" && !crashed) throw new IOException($"{crashed = true}");
        };
        await Assert.ThrowsAsync<IOException>(pipeline.EvaluateAsync);
        await pipeline.EvaluateAsync();
        var message = Assert.Single(pipeline.Channel.Sent).Message;
        Assert.Equal(("Uploaded logs can't be read", "web1", 1L), (message.Title.ToString(), message.Host.ToString(), message.Count));
        Assert.StartsWith("web1/access/", message.Samples[0].ToString(), StringComparison.Ordinal);
    }

    /// <summary>A crash before any write of the keeper: everybody is told of everything in the end, and a second time at most.</summary>
    [Fact]
    public async Task ACrashBetweenAnyTwoStepsLosesNoMessage()
    {
        for (var step = 0; step < 40; step++)
        {
            var pipeline = By("channels: {pager: {type: pagerduty, key: k}}\nroutes: [{match: {rule: client-burst}, channels: [pager, mail]}]");
            var writes = 0;
            pipeline.Stores.BeforeWrite = _ =>
            {
                if (writes++ == step) throw new IOException("crash");
            };
            for (var start = 0; start < 3; start++)
                try
                {
                    await AttackAsync(pipeline, 0, threeClients);
                    break;
                }
                catch (IOException)
                {
                    // Started again.
                }
            pipeline.Stores.BeforeWrite = _ => { };
            await WaitAsync(pipeline, TimeSpan.FromMinutes(5));
            var told = pipeline.Channel.Sent.Select(sent => sent.Message).Where(message => message.RuleId == "client-burst")
                .SelectMany(message => message.Others.Select(other => other.ToString()).Append($"c-ip {message.Group[0].Value}:")).ToList();
            Assert.All(threeClients, client => Assert.InRange(told.Count(line => line.Contains($"c-ip {client}:", StringComparison.Ordinal)), 1, 2));
            Assert.All(threeClients, client => Assert.Contains(pipeline.Planned["pager"].Sent, sent => sent.Message.Group[0].Value.ToString() == client));
            Assert.Empty(pipeline.Pending);
        }
    }

    static TestPipeline By(string yaml, TestPipeline? before = null)
    {
        var (plan, errors) = AlertPlanReader.Read(AlertPlan.FileName, yaml, new AlertOptions());
        Assert.Empty(errors);
        return new TestPipeline(plan: plan, before: before);
    }

    static MemoryStores People(TestPipeline pipeline) => pipeline.Stores;

    static IEnumerable<string> Rules(RecordingChannel channel) => channel.Sent.Select(sent => sent.Message.RuleId);

    static IEnumerable<string> Clients(RecordingChannel channel) => channel.Sent.Select(sent => sent.Message.Group[0].Value.ToString());

    static IEnumerable<string> Kinds(RecordingChannel channel) => channel.Sent.Select(sent => sent.Message.Kind);

    static async Task AttackAsync(TestPipeline pipeline, int second, params string[] clients)
    {
        await pipeline.IngestAsync(TestChunk.Of(clients.SelectMany(client => Enumerable.Range(second, 5).Select(at => TestPipeline.Line(at, 404, client)))));
        await pipeline.EvaluateAsync();
    }

    static Task WaitAsync(TestPipeline pipeline, TimeSpan time) => pipeline.EvaluateEachAsync(TimeSpan.FromSeconds(30), (int)(time / TimeSpan.FromSeconds(30)));
}
