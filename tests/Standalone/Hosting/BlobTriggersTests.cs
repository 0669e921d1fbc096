using System.Net;
using System.Net.Sockets;
using Azure.Storage.Blobs;
using LogMonitor.Core.Chunks;
using LogMonitor.Core.Detection;
using LogMonitor.Core.Pipeline;
using LogMonitor.Standalone.Hosting;
using LogMonitor.Standalone.Tests.Support;
using LogMonitor.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace LogMonitor.Standalone.Tests.Hosting;

/// <summary>The poller on a real container; its clock is the test's.</summary>
public sealed class BlobTriggersTests(AzuriteFixture azurite) : IAsyncDisposable
{
    static readonly CancellationToken none = TestContext.Current.CancellationToken;

    readonly FakeTimeProvider clock = new();
    readonly LogRecorder log = new();
    readonly DeliveryLedger ledger = new();
    readonly MemoryStores stores = new();
    readonly List<BlobTriggers> started = [];
    readonly BlobServiceClient service = new(azurite.TakeAccount());

    BlobContainerClient Incoming => service.GetBlobContainerClient("incoming");

    [Fact]
    public async Task ABlobThatWasThereAndOneThatComesLaterAreDeliveredOnceEach()
    {
        await Incoming.CreateAsync(cancellationToken: none);
        await UploadAsync("before");
        await StartAsync();
        await DeliveredAsync("before");

        await UploadAsync("later");
        await DeliveredAsync("later");

        Assert.Equal(["before", "later"], ledger.Delivered);
    }

    [Fact]
    public async Task AHeartbeatIsNotedAsOfWhenTheStoreTookItAndDeleted()
    {
        await Incoming.CreateAsync(cancellationToken: none);
        // The host's clock is wrong by a year.
        var blob = Incoming.GetBlobClient(HeartbeatBlob.NameOf("web1", DateTimeOffset.UtcNow.AddYears(-1)));
        await blob.UploadAsync(HeartbeatBlob.Content(), none);
        DateTimeOffset uploaded = (await blob.GetPropertiesAsync(cancellationToken: none)).Value.LastModified;
        await StartAsync();

        await Poll.UntilAsync("the heartbeat is taken", async () =>
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            return !await blob.ExistsAsync(none);
        });

        Assert.Equal(uploaded, (await stores.FindAsync("web1", none))!.LastHeartbeat);
    }

    [Fact]
    public async Task AFunctionThatThrowsIsGivenTheBlobAgain()
    {
        ledger.Failures["shaky"] = 2;
        await Incoming.CreateAsync(cancellationToken: none);
        await UploadAsync("shaky");
        await StartAsync();

        await UntilAsync("the third delivery", () => ledger.Delivered.Count == 3);

        Assert.Equal(2, log.Lines.Count(line => line.StartsWith("Warning IngestChunk failed on incoming/shaky/", StringComparison.Ordinal) && line.Contains("the table is away It is tried again", StringComparison.Ordinal)));
        Assert.DoesNotContain(log.Lines, line => line.StartsWith("Error", StringComparison.Ordinal));
    }

    [Fact]
    public async Task AfterItsAttemptsABlobIsLeftAloneUntilTheNextStartAndHoldsUpNoOther()
    {
        ledger.Failures["poison"] = int.MaxValue;
        await Incoming.CreateAsync(cancellationToken: none);
        await UploadAsync("poison");
        await StartAsync();
        await UntilAsync("the error", () => log.Lines.Any(line => line.StartsWith("Error IngestChunk failed on incoming/poison/", StringComparison.Ordinal) && line.Contains("3 times", StringComparison.Ordinal)));

        await UploadAsync("one");
        await DeliveredAsync("one");
        await UploadAsync("two");
        await DeliveredAsync("two");
        Assert.Equal(["poison", "poison", "poison", "one", "two"], ledger.Delivered);

        ledger.Failures.Clear();
        await StartAsync();
        await UntilAsync("all of them again", () => ledger.Delivered.Count == 8);
        Assert.Equal(["one", "poison", "two"], ledger.Delivered.Skip(5).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task AContainerThatCannotBeReadIsSaidOnceAndLookedAtAgain()
    {
        await StartAsync();
        await UntilAsync("the warning", () => !log.Lines.IsEmpty);
        for (var i = 0; i < 5; i++) clock.Advance(TimeSpan.FromSeconds(1));

        await Incoming.CreateAsync(cancellationToken: none);
        await UploadAsync("web1");
        await DeliveredAsync("web1");

        var warning = Assert.Single(log.Lines);
        Assert.StartsWith("Warning The container 'incoming' can't be read (404 ContainerNotFound); trying again each second", warning, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnOutageOfStorageDoesNotEndTheWatch()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var refusing = new Uri($"http://{listener.LocalEndpoint}/account");
        listener.Stop();
        // With a retry the client throws another exception than without.
        await StartAsync(new BlobServiceClient(refusing, new BlobClientOptions { Retry = { MaxRetries = 1, Delay = TimeSpan.FromMilliseconds(1) } }));

        await UntilAsync("the warning", () => !log.Lines.IsEmpty);
        for (var i = 0; i < 5; i++) clock.Advance(TimeSpan.FromSeconds(1));

        Assert.StartsWith("Warning The container 'incoming' can't be read (no answer); trying again each second", Assert.Single(log.Lines), StringComparison.Ordinal);
        Assert.False(started[0].ExecuteTask!.IsCompleted);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var triggers in started)
        {
            await triggers.StopAsync(CancellationToken.None);
            triggers.Dispose();
        }
    }

    async Task StartAsync(BlobServiceClient? account = null)
    {
        var rules = SigmaLoader.Load([]);
        var services = new ServiceCollection()
            .AddSingleton(new ChunkIngestor(RuleBook.Of(rules), ledger, stores, stores, stores, TimeProvider.System, NullLogger<ChunkIngestor>.Instance))
            .BuildServiceProvider();
        var triggers = new BlobTriggers(services, account ?? service, new HostJson("", BlobParallelism: 1, PoisonBlobThreshold: 3), clock, new Logger<BlobTriggers>(new LoggerFactory([log])));
        started.Add(triggers);
        await triggers.StartAsync(none);
    }

    /// <summary>A chunk of a host of this name.</summary>
    async Task UploadAsync(string host)
    {
        var chunk = TestChunk.Of(["a line"], host);
        await Incoming.GetBlobClient(chunk.Name).UploadAsync(BinaryData.FromBytes(chunk.Content), none);
    }

    Task DeliveredAsync(string host) => UntilAsync($"delivery of {host}", () => ledger.Delivered.Contains(host));

    /// <summary>Each question is a second later by the poller's clock.</summary>
    Task UntilAsync(string what, Func<bool> condition) => Poll.UntilAsync(what, () =>
    {
        clock.Advance(TimeSpan.FromSeconds(1));
        return Task.FromResult(condition());
    });
}
