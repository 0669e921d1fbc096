using Azure.Storage.Blobs;
using LogMonitor.Shipper;
using LogMonitor.Storage.Blobs;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LogMonitor.Standalone.Commands;

/// <summary>The shipper, in this process instead of on another host.</summary>
sealed class ShipperHost(ShipperService shipper) : BackgroundService
{
    /// <summary>On one machine little is saved by waiting: two seconds instead of half a minute. Not less: an archive blob takes 50,000 chunks a day.</summary>
    static readonly TimeSpan flushInterval = TimeSpan.FromSeconds(2);

    public static ShipperHost Create(IServiceProvider services, UpOptions options, DataDirectory data) => new(new ShipperService(
        new ShipperOptions
        {
            Host = options.Host,
            Files = [.. LogFiles.Resolve(options.Logs).Select(path => new FollowedPath(path))],
            StateDirectory = data.Shipper,
            FlushInterval = flushInterval,
        },
        services.GetRequiredService<BlobServiceClient>().GetBlobContainerClient(Containers.Incoming),
        services.GetRequiredService<TimeProvider>(), services.GetRequiredService<ILogger<ShipperService>>()));

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => shipper.RunAsync(stoppingToken);
}
