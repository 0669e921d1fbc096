using Azure;
using Azure.Data.Tables;
using Azure.Identity;
using LogMonitor.Storage.Blobs;

namespace LogMonitor.Storage;

/// <summary>Creates the containers and tables. Done at each start: what is there stays as it is.</summary>
public sealed class StorageSetup(StorageOptions storage)
{
    /// <summary>The clients try again for longer; a person who waits at a terminal should rather hear what is wrong.</summary>
    static readonly TimeSpan patience = TimeSpan.FromSeconds(10);

    /// <summary>Creates what is missing.</summary>
    /// <exception cref="InvalidOperationException">The account can't be reached or refuses; the message says what to check, never a key.</exception>
    public async Task CreateAsync(CancellationToken cancellationToken)
    {
        if (await TryAsync(CreateMissingAsync, cancellationToken).ConfigureAwait(false) is { } problem) throw new InvalidOperationException(problem);
    }

    /// <summary>Asks for a blob and a row. Why the account can't be used, and what to check, never a key; null where it can.</summary>
    public Task<string?> FindProblemAsync(CancellationToken cancellationToken) => TryAsync(AskAsync, cancellationToken);

    async Task CreateMissingAsync(CancellationToken cancellationToken)
    {
        foreach (var container in Containers.All)
            await storage.Blobs.GetBlobContainerClient(container).CreateIfNotExistsAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
        foreach (var table in StorageServices.TableNames)
            await storage.Tables.CreateTableIfNotExistsAsync(table, cancellationToken).ConfigureAwait(false);
    }

    async Task AskAsync(CancellationToken cancellationToken)
    {
        await foreach (var _ in storage.Blobs.GetBlobContainerClient(Containers.Incoming).GetBlobsAsync(cancellationToken: cancellationToken).AsPages(pageSizeHint: 1).ConfigureAwait(false)) break;
        await foreach (var _ in storage.Tables.GetTableClient(StorageServices.TableNames[0]).QueryAsync<TableEntity>(maxPerPage: 1, cancellationToken: cancellationToken).AsPages().ConfigureAwait(false)) break;
    }

    async Task<string?> TryAsync(Func<CancellationToken, Task> attempt, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(patience);
        try
        {
            await attempt(limit.Token).ConfigureAwait(false);
            return null;
        }
        // A managed identity that gives no token is one of the reasons.
        catch (Exception e) when (e is RequestFailedException or AuthenticationFailedException or AggregateException || (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested))
        {
            var account = $"{storage.Blobs.Uri.Scheme}://{storage.Blobs.Uri.Authority}";
            return e is AuthenticationFailedException ? $"No token for the storage account at {account}: {e.Message.Split('\n')[0].Trim()}"
                : e is RequestFailedException { Status: > 0 } refused ? $"The storage account at {account} refused: {refused.Status} {refused.ErrorCode}. Check the account key or the roles behind the setting '{StorageOptions.Section}'."
                : $"The storage account at {account} can't be reached. Check the address in the setting '{StorageOptions.Section}', and that the account (or Azurite) is up.";
        }
    }
}
