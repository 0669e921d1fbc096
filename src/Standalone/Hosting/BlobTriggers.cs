using System.Collections.Concurrent;
using Azure;
using Azure.Storage.Blobs;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LogMonitor.Standalone.Hosting;

/// <summary>
/// Delivers each blob of a watched container to its function, by looking at the container once a second. As in Azure, delivery
/// is at least once: after a restart, what is still there is delivered again. A blob whose function throws is tried again, and
/// after host.json's <c>poisonBlobThreshold</c> attempts left alone until the next start.
/// </summary>
sealed partial class BlobTriggers(IServiceProvider services, BlobServiceClient blobs, HostJson host, TimeProvider time, ILogger<BlobTriggers> logger) : BackgroundService
{
    static readonly TimeSpan interval = TimeSpan.FromSeconds(1);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(FunctionMethod<BlobTriggerAttribute>.FindAll().Select(function => WatchAsync(function, stoppingToken)));

    async Task WatchAsync(FunctionMethod<BlobTriggerAttribute> function, CancellationToken stoppingToken)
    {
        var container = blobs.GetBlobContainerClient(function.Trigger.BlobPath.Split('/')[0]);
        // Blob and its version → failed attempts, or Done. Holds what was in the container at the last look.
        var seen = new ConcurrentDictionary<(string Name, ETag? Version), int>();
        using var timer = new PeriodicTimer(interval, time);
        string? lastProblem = null;
        try
        {
            do
            {
                try
                {
                    await LookAsync(function, container, seen, stoppingToken);
                    lastProblem = null;
                }
#pragma warning disable CA1031 // the stage's boundary: an outage of storage, however it shows, must not end the watch
                catch (Exception e) when (!stoppingToken.IsCancellationRequested)
#pragma warning restore CA1031
                {
                    // Not the exception's message: each has its own request id, and would be news each second.
                    var problem = e is RequestFailedException { Status: > 0 } refused ? $"{refused.Status} {refused.ErrorCode}" : "no answer";
                    if (problem != lastProblem) LogUnreachable(container.Name, problem);
                    lastProblem = problem;
                }
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // stopping
        }
    }

    const int Done = -1;

    async Task LookAsync(
        FunctionMethod<BlobTriggerAttribute> function, BlobContainerClient container,
        ConcurrentDictionary<(string, ETag?), int> seen, CancellationToken stoppingToken)
    {
        var present = new HashSet<(string, ETag?)>();
        var due = container.GetBlobsAsync(cancellationToken: stoppingToken)
            .Select(blob => (blob.Name, blob.Properties.ETag))
            .Where(blob => present.Add(blob) && seen.GetValueOrDefault(blob) is not Done);
        await Parallel.ForEachAsync(due, new ParallelOptions { MaxDegreeOfParallelism = host.BlobParallelism, CancellationToken = stoppingToken }, async (blob, token) =>
            seen[blob] = await DeliverAsync(function, container, blob.Name, seen.GetValueOrDefault(blob), token));
        foreach (var gone in seen.Keys.Where(blob => !present.Contains(blob))) seen.TryRemove(gone, out _);
    }

    async Task<int> DeliverAsync(FunctionMethod<BlobTriggerAttribute> function, BlobContainerClient container, string name, int failures, CancellationToken stoppingToken)
    {
        try
        {
            await function.InvokeAsync(services, new Dictionary<string, object?> { ["name"] = name }, container.GetBlobClient(name), stoppingToken);
            return Done;
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return failures;
        }
#pragma warning disable CA1031 // the stage's boundary: one blob's trouble must not stop the others
        catch (Exception e)
#pragma warning restore CA1031
        {
            if (++failures < host.PoisonBlobThreshold)
            {
                LogRetry(function.Name, container.Name, name, e.Message);
                return failures;
            }
            LogPoison(function.Name, container.Name, name, failures, e.Message, e);
            return Done;
        }
    }

    [LoggerMessage(LogLevel.Warning, "The container '{Container}' can't be read ({Problem}); trying again each second")]
    partial void LogUnreachable(string container, string problem);

    [LoggerMessage(LogLevel.Warning, "{Function} failed on {Container}/{Blob}: {Problem} It is tried again")]
    partial void LogRetry(string function, string container, string blob, string problem);

    [LoggerMessage(LogLevel.Error, "{Function} failed on {Container}/{Blob} {Attempts} times: {Problem} It stays there, and is tried again at the next start")]
    partial void LogPoison(string function, string container, string blob, int attempts, string problem, Exception exception);
}
