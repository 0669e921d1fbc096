using System.Runtime.CompilerServices;
using Azure;
using Azure.Data.Tables;

namespace LogMonitor.Storage.Tables;

/// <summary>Deletes rows by the hundred.</summary>
static class ExpiredRows
{
    static readonly string[] keys = ["PartitionKey", "RowKey"];

    /// <summary>Deletes the rows that a filter finds, whatever is in them; the number of each transaction.</summary>
    public static async IAsyncEnumerable<int> DeleteAsync(this TableClient table, string filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var batch = new List<TableEntity>();
        await foreach (var row in table.KeysAsync(filter, cancellationToken).ConfigureAwait(false))
        {
            if (batch is [var first, ..] && (batch.Count == TableGuard.MaxBatch || first.PartitionKey != row.PartitionKey))
            {
                yield return await table.DeleteAsync(batch, cancellationToken).ConfigureAwait(false);
                batch.Clear();
            }
            batch.Add(row);
        }
        if (batch.Count > 0) yield return await table.DeleteAsync(batch, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Deletes rows of one partition, whatever is in them; those that are gone are no error.</summary>
    public static async Task<int> DeleteAsync(this TableClient table, IReadOnlyList<TableEntity> rows, CancellationToken cancellationToken)
    {
        try
        {
            await table.SubmitAsync([.. rows.Select(row => new TableTransactionAction(TableTransactionActionType.Delete, new TableEntity(row.PartitionKey, row.RowKey), ETag.All))], cancellationToken).ConfigureAwait(false);
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            // Another run had one of them: take the others out one by one.
            foreach (var row in rows) await table.DeleteIfExistsAsync(row.PartitionKey, row.RowKey, cancellationToken).ConfigureAwait(false);
        }
        return rows.Count;
    }

    /// <summary>Deletes a row as it was read; false when it was written meanwhile.</summary>
    public static async Task<bool> TryDeleteAsync(this TableClient table, TableEntity row, CancellationToken cancellationToken)
    {
        try
        {
            await table.DeleteEntityAsync(row.PartitionKey, row.RowKey, row.ETag, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (RequestFailedException e) when (e.Status == 412)
        {
            return false;
        }
    }

    /// <summary>The keys of the rows that a filter finds.</summary>
    public static IAsyncEnumerable<TableEntity> KeysAsync(this TableClient table, string filter, CancellationToken cancellationToken) =>
        table.QueryAsync<TableEntity>(filter, select: keys, cancellationToken: cancellationToken);

    /// <summary>The first partition at or behind a key; null when there is none.</summary>
    public static async Task<string?> FindPartitionAsync(this TableClient table, string from, CancellationToken cancellationToken)
    {
        await foreach (var row in table.QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"PartitionKey ge {from}"), maxPerPage: 1, select: keys, cancellationToken: cancellationToken).ConfigureAwait(false))
            return row.PartitionKey;
        return null;
    }
}
