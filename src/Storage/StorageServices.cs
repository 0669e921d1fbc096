using Azure.Data.Tables;
using Azure.Storage.Blobs;
using LogMonitor.Core.Alerting;
using LogMonitor.Core.Pipeline;
using LogMonitor.Core.Retention;
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
        BlobContainerClient Container(string name) => storage.Blobs.GetBlobContainerClient(name);
        var (counts, hosts, reports, outbox) = (new CountTable(Table("Counts")), new HostTable(Table("Hosts")), new ReportTable(Table("Reports")), new OutboxTable(Table("Deliveries")));
        var (matches, alerts) = (new MatchTable(Table("Matches"), Container(Containers.Matches)), new AlertTable(Table("Alerts"), outbox));
        return services
            .AddSingleton<IChunkLedger>(new ChunkLedgerTable(Table("Chunks")))
            .AddSingleton<IIncomingContainer>(new IncomingContainer(Container(Containers.Incoming)))
            .AddSingleton<ICountStore>(counts)
            .AddSingleton<IMatchStore>(matches)
            .AddSingleton<IHostStore>(hosts)
            .AddSingleton<IReportStore>(reports)
            .AddSingleton<IAlertStore>(alerts)
            .AddSingleton<IOutbox>(outbox)
            .AddSingleton<IOperatorStore>(provider => new OperatorTable(Table("Operators"), provider.GetRequiredService<TimeProvider>()))
            .AddSingleton<IArchiveStore>(provider => new BlobArchive(
                Container(Containers.Incoming), Container(Containers.Archive),
                provider.GetRequiredService<ArchiveOptions>(), provider.GetRequiredService<ILogger<BlobArchive>>()))
            .AddSingleton<IChannel>(new AlertFolderChannel(Container(Containers.Alerts), renderAlert))
            .AddSingleton<IRuleSource>(new RuleContainer(Container(Containers.Rules)))
            .AddSingleton<IExpiryPositions>(new ExpiryPositionTable(Table("Chunks")))
            // What people say expires by itself: acknowledgements with their alert, silences a week after their end.
            .AddSingleton<IExpiring>(reports).AddSingleton<IExpiring>(counts).AddSingleton<IExpiring>(matches).AddSingleton<IExpiring>(alerts).AddSingleton<IExpiring>(hosts)
            .AddSingleton<IExpiring>(new LedgerExpiry(Table("Chunks"), Container(Containers.Incoming)))
            .AddSingleton<IExpiring>(new ExpiredBlobs(Container(Containers.Quarantine), cutoffs => cutoffs.Files))
            .AddSingleton<IExpiring>(new ExpiredBlobs(Container(Containers.Alerts), cutoffs => cutoffs.Files))
            .AddSingleton<IExpiring>(new ExpiredBlobs(Container(Containers.Archive), cutoffs => cutoffs.Archive))
            .AddSingleton(storage.Blobs)
            .AddSingleton(new StorageSetup(storage));
    }
}
