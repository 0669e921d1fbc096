using LogMonitor.Core.Alerting;
using LogMonitor.Tests.Support;

namespace LogMonitor.Core.Tests.Pipeline;

/// <summary>What the outbox does with each answer of a channel.</summary>
public sealed class DeliveryTests
{
    static async Task<TestPipeline> WithAnAlertAsync(DeliveryResult answer)
    {
        var pipeline = new TestPipeline { Channel = { Answer = () => answer } };
        await pipeline.IngestAsync(TestChunk.Of(Enumerable.Range(0, 5).Select(i => TestPipeline.Line(i, 404, $"192.0.2.{i}"))));
        await pipeline.EvaluateAsync();
        return pipeline;
    }

    [Fact]
    public async Task WhatWasSentIsKeptAsHistory()
    {
        var pipeline = await WithAnAlertAsync(new DeliveryResult.Sent("202 Accepted"));
        var delivery = Assert.Single(pipeline.Stores.Completed);
        Assert.Equal((DeliveryState.Sent, 1, "202 Accepted"), (delivery.State, delivery.Attempts, delivery.LastResult));
        Assert.Empty(pipeline.Pending);
    }

    [Fact]
    public async Task ARetryWaitsForTheBackoffAndThenSendsTheSameDelivery()
    {
        var pipeline = await WithAnAlertAsync(new DeliveryResult.Retry(null, "no route to host"));
        var waiting = Assert.Single(pipeline.Pending);
        Assert.Equal((1, "no route to host", pipeline.Clock.GetUtcNow().AddSeconds(15)), (waiting.Attempts, waiting.LastResult, waiting.NextAttempt));

        pipeline.Channel.Answer = () => new DeliveryResult.Sent("ok");
        await pipeline.EvaluateEachAsync(TimeSpan.FromSeconds(14), 1);
        Assert.Empty(pipeline.Channel.Sent);
        await pipeline.EvaluateEachAsync(TimeSpan.FromSeconds(1), 1);
        Assert.Equal(waiting.Id, Assert.Single(pipeline.Channel.Sent).DeliveryId);
    }

    [Fact]
    public async Task ARetryWaitsAsLongAsTheChannelAsks()
    {
        var pipeline = await WithAnAlertAsync(new DeliveryResult.Retry(TimeSpan.FromMinutes(2), "429 Too Many Requests"));
        Assert.Equal(pipeline.Clock.GetUtcNow().AddMinutes(2), Assert.Single(pipeline.Pending).NextAttempt);
    }

    [Fact]
    public async Task WhatCanNeverWorkIsDroppedAtOnceWithTheReason()
    {
        var pipeline = await WithAnAlertAsync(new DeliveryResult.Drop("the key was refused"));
        var delivery = Assert.Single(pipeline.Stores.Completed);
        Assert.Equal((DeliveryState.Dropped, 1, "the key was refused"), (delivery.State, delivery.Attempts, delivery.LastResult));
        Assert.Empty(pipeline.Pending);
    }

    [Fact]
    public async Task ADeliveryIsGivenUpAfterTheLastAttempt()
    {
        var pipeline = await WithAnAlertAsync(new DeliveryResult.Retry(null, "no route to host"));
        await pipeline.EvaluateEachAsync(TimeSpan.FromHours(1), DeliveryBackoff.MaxAttempts - 2);
        Assert.Single(pipeline.Pending);

        await pipeline.EvaluateEachAsync(TimeSpan.FromHours(1), 1);
        var delivery = Assert.Single(pipeline.Stores.Completed);
        Assert.Equal((DeliveryState.Dropped, "given up after 20 attempts: no route to host"), (delivery.State, delivery.LastResult));
        Assert.Empty(pipeline.Pending);
    }

    [Fact]
    public async Task ADeliveryOfAMergedAlertIsDropped()
    {
        var pipeline = await WithAnAlertAsync(new DeliveryResult.Retry(null, "no route to host"));
        var alert = Assert.Single(pipeline.Stores.Alerts);
        await pipeline.Stores.SaveAsync(alert with { State = AlertState.Merged }, CancellationToken.None);
        await pipeline.EvaluateEachAsync(TimeSpan.FromMinutes(1), 1);
        Assert.Equal("its alert became part of another", Assert.Single(pipeline.Stores.Completed).LastResult);
    }

    [Theory]
    [InlineData("recording", "f-9", DeliveryState.Dropped, "its alert no longer exists")]
    [InlineData("pager", "f-9", DeliveryState.Pending, "the channel 'pager' is not configured; configure it again, or wait until this delivery is given up")]
    public async Task ADeliveryThatLacksItsAlertOrChannelSaysSo(string channel, string alertId, DeliveryState state, string result)
    {
        var pipeline = new TestPipeline();
        await pipeline.Stores.SaveAsync(new Delivery
        {
            Id = Delivery.IdOf(alertId, 1, channel),
            AlertId = alertId,
            Channel = channel,
            Kind = NotificationKind.Opened,
            Reason = NotificationReason.FirstNotification,
            NextAttempt = pipeline.Clock.GetUtcNow(),
        }, CancellationToken.None);
        await pipeline.EvaluateAsync();
        var delivery = Assert.Single(pipeline.Pending.Concat(pipeline.Stores.Completed));
        Assert.Equal((state, result), (delivery.State, delivery.LastResult));
    }

    [Fact]
    public async Task TheMessageSaysWhatHappenedInOneLineEach()
    {
        var pipeline = await WithAnAlertAsync(new DeliveryResult.Sent("ok"));
        var message = Assert.Single(pipeline.Channel.Sent).Message;
        Assert.Equal(("Burst of 404s", "web1", "medium", "5 or more within 1 minute"), (message.Title.ToString(), message.Host.ToString(), message.Level, message.Threshold));
        Assert.Equal((5L, 5L, "opened", "FirstNotification"), (message.Count, message.Peak, message.Kind, message.Reason));
        Assert.Equal(3, message.Samples.Count); // as many as a chunk keeps of a group
    }
}
