using LogMonitor.Core.Alerting;
using LogMonitor.Core.Pipeline;
using LogMonitor.Tests.Support;

namespace LogMonitor.Core.Tests.Pipeline;

/// <summary>The life of an alert over the whole pipeline, by a clock that the test moves.</summary>
public sealed class AlertLifeTests
{
    [Fact]
    public async Task AnAlertIsResolvedWhenQuietAndReopensWithoutWakingAnybody()
    {
        var pipeline = new TestPipeline();
        await BurstAsync(pipeline, 0);
        Assert.Equal(AlertState.Open, Burst(pipeline).State);

        await WaitAsync(pipeline, TimeSpan.FromMinutes(6));
        Assert.Equal(AlertState.Resolved, Burst(pipeline).State);
        Assert.Equal(AlertEvent.Resolved, Burst(pipeline).History[^1].Event);

        await BurstAsync(pipeline, 60);
        Assert.Equal(AlertState.Open, Burst(pipeline).State);
        Assert.Single(pipeline.Channel.Sent, sent => sent.Message.RuleId == "burst");
    }

    [Fact]
    public async Task AnotherIncidentWithinTheCooldownWaitsForItsEnd()
    {
        var pipeline = new TestPipeline();
        await BurstAsync(pipeline, 0);
        await BurstAsync(pipeline, 3000);
        Assert.Equal(2, pipeline.Stores.Alerts.Count(alert => alert.Rule == "burst"));
        Assert.Single(Sent(pipeline));

        await WaitAsync(pipeline, TimeSpan.FromMinutes(5));
        await BurstAsync(pipeline, 3100);
        await WaitAsync(pipeline, TimeSpan.FromMinutes(5));
        await BurstAsync(pipeline, 3200);
        await WaitAsync(pipeline, TimeSpan.FromMinutes(5));
        Assert.Equal(["FirstNotification", "CooldownElapsed"], Sent(pipeline).Select(message => message.Reason));
    }

    [Fact]
    public async Task AnAlertThatGoesOnIsRepeatedAfterTheInterval()
    {
        var pipeline = new TestPipeline();
        for (var minute = 0; minute <= 245; minute += 5)
        {
            await BurstAsync(pipeline, minute * 60);
            await WaitAsync(pipeline, TimeSpan.FromMinutes(5));
        }
        Assert.Single(pipeline.Stores.Alerts, alert => alert.Rule == "burst");
        Assert.Equal(["opened", "repeated"], Sent(pipeline).Select(message => message.Kind));
    }

    [Fact]
    public async Task TheEndIsToldWhereThatIsWanted()
    {
        var pipeline = new TestPipeline(new AlertOptions { NotifyResolved = true });
        await BurstAsync(pipeline, 0);
        await WaitAsync(pipeline, TimeSpan.FromMinutes(6));
        Assert.Equal(["opened", "resolved"], Sent(pipeline).Select(message => message.Kind));
    }

    [Fact]
    public async Task ADeliveryThatFailsIsTriedAgainUnderTheSameIdAndNotBeforeItsTime()
    {
        var pipeline = new TestPipeline();
        pipeline.Channel.Answer = () => new DeliveryResult.Retry(TimeSpan.FromMinutes(1), "out of reach");
        await BurstAsync(pipeline, 0);
        Assert.Empty(pipeline.Channel.Sent);

        pipeline.Channel.Answer = () => new DeliveryResult.Sent("ok");
        await WaitAsync(pipeline, TimeSpan.FromSeconds(59));
        Assert.Empty(pipeline.Channel.Sent);
        await WaitAsync(pipeline, TimeSpan.FromSeconds(1));
        Assert.Single(Sent(pipeline));
        Assert.All(pipeline.Stores.Completed, delivery => Assert.Equal((DeliveryState.Sent, 2), (delivery.State, delivery.Attempts)));
    }

    [Fact]
    public async Task ADeliveryIsGivenUpAfterManyAttemptsAndKeptWithItsReason()
    {
        var pipeline = new TestPipeline();
        pipeline.Channel.Answer = () => new DeliveryResult.Retry(null, "out of reach");
        await BurstAsync(pipeline, 0);
        for (var i = 0; i < DeliveryBackoff.MaxAttempts; i++) await WaitAsync(pipeline, TimeSpan.FromHours(1));
        Assert.Empty(await pipeline.Stores.ListPendingAsync(100, CancellationToken.None));
        Assert.All(pipeline.Stores.Completed, delivery => Assert.Equal((DeliveryState.Dropped, "given up after 20 attempts: out of reach"), (delivery.State, delivery.LastResult)));
    }

    [Fact]
    public async Task ARefusedDeliveryIsDroppedWithItsReason()
    {
        var pipeline = new TestPipeline();
        pipeline.Channel.Answer = () => new DeliveryResult.Drop("no such address");
        await BurstAsync(pipeline, 0);
        Assert.All(pipeline.Stores.Completed, delivery => Assert.Equal((DeliveryState.Dropped, "no such address"), (delivery.State, delivery.LastResult)));
    }

    [Fact]
    public async Task AQuietEvaluationSaysSo()
    {
        var pipeline = new TestPipeline();
        await pipeline.EvaluateAsync();
        Assert.Equal((Report.AllHosts, "Nothing new."), pipeline.Stores.Reports.Select(report => (report.Host, report.Summary)).Single());
    }

    [Fact]
    public async Task OfTooManyGroupsTheSmallestAreLeftOutAndTheReportSaysSo()
    {
        var pipeline = new TestPipeline(maxGroups: 20);
        var burst = Enumerable.Range(0, 10).Select(i => TestPipeline.Line(i, 404, "192.0.2.1"));
        await pipeline.IngestAsync(TestChunk.Of([.. burst, .. Enumerable.Range(0, 90).Select(i => TestPipeline.Line(i, 404, $"198.51.100.{i}"))]));
        await pipeline.EvaluateAsync();
        Assert.Contains(pipeline.Stores.Alerts, alert => alert.Rule == "client-burst" && alert.Group[0].Value == "192.0.2.1");
        Assert.Matches("^[78][0-9] matches of window rules left out", Assert.Single(pipeline.Stores.Reports.Single().Problems));
    }

    [Fact]
    public async Task AWindowSpansHoursAndDays()
    {
        var pipeline = new TestPipeline();
        // 2026-11-01T23:59:58Z to 2026-11-02T00:00:06Z
        await pipeline.IngestAsync(TestChunk.Of(Enumerable.Range(0, 5).Select(i => TestPipeline.Line(53_998 + 2 * i, 404, $"192.0.2.{i}"))));
        await pipeline.EvaluateAsync();
        Assert.Equal(5, Burst(pipeline).Count);
    }

    /// <summary>The store writes an alert in several rows, one of which has the time of opening in its key: a second try under another time would leave two.</summary>
    [Fact]
    public async Task ARunThatIsTakenUpAgainOpensTheSameAlert()
    {
        var pipeline = new TestPipeline();
        var started = pipeline.Clock.GetUtcNow();
        var attempts = 0;
        pipeline.Stores.BeforeWrite = write => { if (write == "alert" && attempts++ == 0) throw new IOException("no storage"); };
        await BurstAsync(pipeline, 0);
        Assert.Empty(pipeline.Stores.Alerts);
        await WaitAsync(pipeline, TimeSpan.FromSeconds(15));
        Assert.Equal(started, Burst(pipeline).OpenedAt);
        Assert.Equal(started, Burst(pipeline).History[0].Time);
    }

    static Alert Burst(TestPipeline pipeline) => Assert.Single(pipeline.Stores.Alerts, alert => alert.Rule == "burst");

    static IEnumerable<AlertMessage> Sent(TestPipeline pipeline) => pipeline.Channel.Sent.Select(sent => sent.Message).Where(message => message.RuleId == "burst");

    /// <summary>Five 404s from five clients, from this second on, shipped and evaluated.</summary>
    static async Task BurstAsync(TestPipeline pipeline, int second)
    {
        await pipeline.IngestAsync(TestChunk.Of(Enumerable.Range(0, 5).Select(i => TestPipeline.Line(second + i, 404, $"192.0.2.{i}")), start: second * 1000L));
        await pipeline.EvaluateAsync();
    }

    static Task WaitAsync(TestPipeline pipeline, TimeSpan time)
    {
        pipeline.Clock.Advance(time);
        return pipeline.EvaluateAsync();
    }
}
