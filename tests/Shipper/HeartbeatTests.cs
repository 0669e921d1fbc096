using LogMonitor.Core.Chunks;
using LogMonitor.Shipper.Health;
using LogMonitor.Shipper.Tests.Support;
using LogMonitor.Shipper.Upload;
using Microsoft.Extensions.Time.Testing;

namespace LogMonitor.Shipper.Tests;

/// <summary>When a host says that it is there.</summary>
public class HeartbeatTests
{
    readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.Zero));
    readonly MemorySink store = new();
    readonly Messages messages = new();
    readonly Troubles troubles;
    readonly ObservedSink sink;
    readonly Heartbeat heartbeat;
    ShipperOptions options = new() { Host = "web1", Files = [new("/var/log/access.log")], StateDirectory = "/var/lib/unused" };

    public HeartbeatTests()
    {
        troubles = new Troubles(messages);
        sink = new ObservedSink(store, new Vitals(time), time);
        heartbeat = new Heartbeat(sink, time, new Random(1));
    }

    [Fact]
    public async Task TheFirstComesAMinuteAfterTheStartAndThenOneEachFiveMinutes()
    {
        await LiveAsync(TimeSpan.FromMinutes(17));
        Assert.Equal(["12:01", "12:06", "12:11", "12:16"], store.Heartbeats.Select(beat => $"{beat:HH:mm}"));
    }

    [Fact]
    public async Task WhatIsUploadedIsAsGood()
    {
        for (var minute = 0; minute < 20; minute++)
        {
            await UploadAsync(minute);
            await LiveAsync(TimeSpan.FromMinutes(1));
        }
        Assert.Empty(store.Heartbeats);
        await LiveAsync(TimeSpan.FromMinutes(5));
        Assert.Equal(["12:24"], store.Heartbeats.Select(beat => $"{beat:HH:mm}"));
    }

    [Fact]
    public async Task OneThatFailsIsTriedAgainAndSaysWhatToDo()
    {
        store.HeartbeatAnswer = new PutResult(PutOutcome.Held, "The SAS has expired.");
        await LiveAsync(TimeSpan.FromMinutes(3));
        Assert.Equal("The SAS has expired.", Assert.Single(troubles.All).Message);
        Assert.InRange(store.Heartbeats.Count, 5, 10);

        store.HeartbeatAnswer = new PutResult(PutOutcome.Stored);
        await LiveAsync(TimeSpan.FromMinutes(1));
        Assert.Empty(troubles.All);
        Assert.Single(messages.Troubles);
    }

    [Fact]
    public async Task OneThatIsThereHasBeenPut()
    {
        // The answer to the put got lost, and it was sent again.
        store.HeartbeatAnswer = new PutResult(PutOutcome.Exists);
        await LiveAsync(TimeSpan.FromMinutes(7));
        Assert.Equal(2, store.Heartbeats.Count);
    }

    [Fact]
    public async Task WhoWantsNoneGetsNoneAndNoTroubleEither()
    {
        store.HeartbeatAnswer = new PutResult(PutOutcome.Retry, "away");
        await LiveAsync(TimeSpan.FromMinutes(2));
        options = options with { Heartbeat = null };
        store.Heartbeats.Clear();
        await LiveAsync(TimeSpan.FromHours(2));
        Assert.Empty(store.Heartbeats);
        Assert.Empty(troubles.All);
    }

    [Theory]
    [InlineData(30)]
    [InlineData(3_601)]
    public void AnIntervalOutOfRangeIsRefused(int seconds) =>
        Assert.Contains("1 minute to 1 hour", Assert.Throws<ShipperException>(() => (options with { Heartbeat = TimeSpan.FromSeconds(seconds) }).Validated()).Message, StringComparison.Ordinal);

    /// <summary>As the service does: it waits until something is due, and at most a while.</summary>
    async Task LiveAsync(TimeSpan span)
    {
        var end = time.GetUtcNow() + span;
        while (time.GetUtcNow() < end)
        {
            await heartbeat.SendDueAsync(options, troubles, TestContext.Current.CancellationToken);
            var wait = TimeSpan.FromTicks(Math.Clamp(heartbeat.UntilDue(options).Ticks, TimeSpan.TicksPerSecond / 10, TimeSpan.TicksPerMinute));
            time.Advance(wait < end - time.GetUtcNow() ? wait : end - time.GetUtcNow());
        }
    }

    Task<PutResult> UploadAsync(int number)
    {
        var raw = System.Text.Encoding.ASCII.GetBytes($"line {number}\n");
        var id = new ChunkId("web1", "access", GenerationId.Of(raw), 0, raw.Length, Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(raw)));
        return sink.PutAsync(id, new ChunkMetadata("/var/log/access.log", 1, time.GetUtcNow()), new MemoryStream(Rig.Gzipped(raw)), TestContext.Current.CancellationToken);
    }
}
