using Azure.Data.Tables;
using LogMonitor.Core.Alerting;
using LogMonitor.Core.Pipeline;
using LogMonitor.Storage.Blobs;
using LogMonitor.Storage.Tables;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LogMonitor.Storage;

/// <summary>Registers the stores of Core on one Azure Storage account.</summary>
public static class StorageServices
{
    /// <summary>The tables, as users see them.</summary>
    public static IReadOnlyList<string> TableNames { get; } = ["Chunks", "Counts", "Matches", "Reports", "Alerts", "Deliveries", "Hosts", "Operators"];

    /// <summary>Adds every store, and the channel that writes alerts into the container <c>alerts</c>.</summary>
    /// <param name="services">Where to add them.</param>
    /// <param name="storage">The account.</param>
    /// <param name="renderAlert">An alert as plain text, for its file.</param>
    public static IServiceCollection AddStorage(this IServiceCollection services, StorageOptions storage, Func<AlertMessage, string> renderAlert)
    {
        TableClient Table(string name) => storage.Tables.GetTableClient(name);
        return services
            .AddSingleton<IChunkLedger>(new ChunkLedgerTable(Table("Chunks")))
            .AddSingleton<IIncomingContainer>(new IncomingContainer(storage.Blobs.GetBlobContainerClient(Containers.Incoming)))
            .AddSingleton<ICountStore>(new CountTable(Table("Counts")))
            .AddSingleton<IMatchStore>(new MatchTable(Table("Matches"), storage.Blobs.GetBlobContainerClient(Containers.Matches)))
            .AddSingleton<IHostStore>(new HostTable(Table("Hosts")))
            .AddSingleton<IReportStore>(new ReportTable(Table("Reports")))
            .AddSingleton<IAlertStore>(new AlertTable(Table("Alerts")))
            .AddSingleton<IOutbox>(new OutboxTable(Table("Deliveries")))
            .AddSingleton<IOperatorStore>(provider => new OperatorTable(Table("Operators"), provider.GetRequiredService<TimeProvider>()))
            .AddSingleton<IArchiveStore>(provider => new BlobArchive(
                storage.Blobs.GetBlobContainerClient(Containers.Incoming), storage.Blobs.GetBlobContainerClient(Containers.Archive),
                provider.GetRequiredService<ArchiveOptions>(), provider.GetRequiredService<ILogger<BlobArchive>>()))
            .AddSingleton<IChannel>(new AlertFolderChannel(storage.Blobs.GetBlobContainerClient(Containers.Alerts), renderAlert))
            .AddSingleton<IRuleSource>(new RuleContainer(storage.Blobs.GetBlobContainerClient(Containers.Rules)))
            .AddSingleton(storage.Blobs)
            .AddSingleton(new StorageSetup(storage));
    }
}
