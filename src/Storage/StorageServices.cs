using Azure;
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

/// <summary>Creates the containers and tables. Done at each start: what is there stays as it is.</summary>
public sealed class StorageSetup(StorageOptions storage)
{
    /// <summary>The clients try again for longer; a person who waits at a terminal should rather hear what is wrong.</summary>
    static readonly TimeSpan patience = TimeSpan.FromSeconds(10);

    /// <summary>Creates what is missing.</summary>
    /// <exception cref="InvalidOperationException">The account can't be reached or refuses; the message says what to check, never a key.</exception>
    public async Task CreateAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(patience);
        try
        {
            foreach (var container in Containers.All)
                await storage.Blobs.GetBlobContainerClient(container).CreateIfNotExistsAsync(cancellationToken: limit.Token).ConfigureAwait(false);
            foreach (var table in StorageServices.TableNames)
                await storage.Tables.CreateTableIfNotExistsAsync(table, limit.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is RequestFailedException or AggregateException || (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested))
        {
            var account = $"{storage.Blobs.Uri.Scheme}://{storage.Blobs.Uri.Authority}";
            throw new InvalidOperationException(e is RequestFailedException { Status: > 0 } refused
                ? $"The storage account at {account} refused: {refused.Status} {refused.ErrorCode}. Check the account key or the roles behind the setting '{StorageOptions.Section}'."
                : $"The storage account at {account} can't be reached. Check the address in the setting '{StorageOptions.Section}', and that the account (or Azurite) is up.");
        }
    }
}
