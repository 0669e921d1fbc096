using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using LogMonitor.Core.Detection;
using LogMonitor.Core.Pipeline;
using LogMonitor.EndToEnd.Tests.Support;
using LogMonitor.Functions;
using LogMonitor.Functions.Api;
using LogMonitor.Standalone.Hosting;
using LogMonitor.Storage;
using LogMonitor.Tests.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace LogMonitor.EndToEnd.Tests;

/// <summary>Invariants I1 and I2 through the functions themselves, on real tables.</summary>
public sealed class AnyOrderTests(AzuriteFixture azurite)
{
    static readonly CancellationToken none = TestContext.Current.CancellationToken;

    [Fact]
    public async Task EveryChunkTwiceShuffledAndSideBySideGivesTheSameAsInOrder()
    {
        var chunks = Chunks(new Random(20261101));
        await using var inOrder = await StartAsync();
        await UploadAsync(inOrder, chunks);
        foreach (var chunk in chunks) await IngestAsync(inOrder, chunk);
        await EvaluateAsync(inOrder);

        await using var shuffled = await StartAsync();
        await UploadAsync(shuffled, chunks);
        var deliveries = chunks.Concat(chunks).ToArray();
        new Random(7).Shuffle(deliveries);
        foreach (var some in deliveries.Chunk(5))
        {
            await Parallel.ForEachAsync(some, none, async (chunk, _) => await IngestAsync(shuffled, chunk));
            await EvaluateAsync(shuffled);
        }

        var expected = await ResultAsync(inOrder);
        Assert.Equal(expected, await ResultAsync(shuffled));
        Assert.Contains("web1: 360 lines, 330 access, 0 error, 30 unknown, 12 chunks", expected);
        Assert.Contains(expected, line => line.StartsWith("alert web2 Burst of 404s", StringComparison.Ordinal));
    }

    [Fact]
    public async Task OneChunkDeliveredToManyAtOnceCountsOnce()
    {
        var chunk = TestChunk.Of(Enumerable.Range(0, 20).Select(i => Lines.Access(i, 404)));
        await using var services = await StartAsync();
        await UploadAsync(services, [chunk]);
        await Parallel.ForEachAsync(Enumerable.Range(0, 12), new ParallelOptions { MaxDegreeOfParallelism = 12, CancellationToken = none }, async (_, _) => await IngestAsync(services, chunk));
        await Parallel.ForEachAsync(Enumerable.Range(0, 3), none, async (_, _) => await EvaluateAsync(services));
        await EvaluateAsync(services);

        Assert.Equal(
            [
                "web1: 20 lines, 20 access, 0 error, 0 unknown, 1 chunks",
                "2026-11-01 09:00 20 access, 0 error, 0 unknown, 20 of 404",
                $"alert web1 Burst of 404s 09:00:00–09:00:19 count 20 peak 20: {string.Join('|', Enumerable.Range(0, 3).Select(i => Lines.Access(i, 404)))}",
            ], await ResultAsync(services));
    }

    /// <summary>Two hosts, three hours; each chunk has lines of all of them, so that order matters to every window.</summary>
    static List<TestChunk> Chunks(Random random)
    {
        var chunks = new List<TestChunk>();
        foreach (var host in (string[])["web1", "web2"])
        {
            var lines = Enumerable.Range(0, 360).Select(i => i % 12 == 5 ? $"line {i} in no format" : Lines.Access(random.Next(3 * 3600), random.Next(5) < 4 ? 404 : 200, $"/{i}", $"192.0.2.{random.Next(4)}")).ToList();
            random.Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(lines));
            var start = 0L;
            foreach (var some in lines.Chunk(30))
            {
                chunks.Add(TestChunk.Of(some, host, start: start));
                start += some.Sum(line => line.Length + 1);
            }
        }
        return chunks;
    }

    async Task<ServiceProvider> StartAsync()
    {
        var configuration = new ConfigurationBuilder().AddLocalSettings(Repository.PathOf("local.settings.json.example")).AddInMemoryCollection([new(StorageOptions.Section, azurite.TakeAccount())]).Build();
        var rules = SigmaLoader.Load([("few.yml", FewRules.Yaml)]);
        var services = new ServiceCollection().AddLogging().AddLogMonitor(configuration).AddSingleton(RuleBook.Of(rules)).BuildServiceProvider();
        await services.GetRequiredService<StorageSetup>().CreateAsync(none);
        return services;
    }

    static BlobClient BlobOf(IServiceProvider services, TestChunk chunk) => services.GetRequiredService<BlobServiceClient>().GetBlobContainerClient("incoming").GetBlobClient(chunk.Name);

    static async Task UploadAsync(IServiceProvider services, IEnumerable<TestChunk> chunks)
    {
        foreach (var chunk in chunks)
            await BlobOf(services, chunk).UploadAsync(BinaryData.FromBytes(chunk.Content), new BlobUploadOptions { Metadata = chunk.Metadata.ToBlobMetadata() }, none);
    }

    static Task IngestAsync(IServiceProvider services, TestChunk chunk) =>
        ActivatorUtilities.CreateInstance<IngestChunk>(services).RunAsync(BlobOf(services, chunk), chunk.Name, none);

    static Task EvaluateAsync(IServiceProvider services) => ActivatorUtilities.CreateInstance<EvaluateThresholds>(services).RunAsync(new TimerInfo(), none);

    /// <summary>Everything that must not depend on how the chunks came: sums of the reports, counts per minute, incidents.</summary>
    static async Task<List<string>> ResultAsync(IServiceProvider services)
    {
        var queries = services.GetRequiredService<DashboardQueries>();
        var reports = await queries.ReportsAsync(500, none);
        var counts = await queries.CountsAsync(24 * 60, null, null, none);
        var alerts = await services.GetRequiredService<IAlertStore>().ListRecentAsync(500, DateTimeOffset.UtcNow, none);
        return
        [
            .. reports.Where(report => report.Host != Report.AllHosts).GroupBy(report => report.Host).OrderBy(host => host.Key, StringComparer.Ordinal).Select(host =>
                $"{host.Key}: {host.Sum(r => r.Lines)} lines, {host.Sum(r => r.Access)} access, {host.Sum(r => r.Error)} error, {host.Sum(r => r.Unknown)} unknown, {host.Sum(r => r.Chunks)} chunks"),
            .. counts.Minutes.Select(minute => $"{minute.Minute:yyyy-MM-dd HH:mm} {minute.Access} access, {minute.Error} error, {minute.Unknown} unknown, {minute.Statuses.GetValueOrDefault(404)} of 404"),
            .. alerts.Select(alert => $"alert {alert.Host} {alert.Title} {alert.First:HH:mm:ss}–{alert.Last:HH:mm:ss} count {alert.Count} peak {alert.Peak}: {string.Join('|', alert.Samples.Select(sample => sample.Text))}").Order(StringComparer.Ordinal),
        ];
    }
}
