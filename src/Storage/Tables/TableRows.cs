using System.Runtime.CompilerServices;
using Azure;
using Azure.Data.Tables;

namespace LogMonitor.Storage.Tables;

/// <summary>The few ways in which we use a table: point reads, ranges within a partition, and guarded writes.</summary>
static class TableRows
{
    public static async Task<TableEntity?> FindAsync(this TableClient table, string partition, string row, CancellationToken cancellationToken) =>
        await table.GetEntityIfExistsAsync<TableEntity>(partition, row, cancellationToken: cancellationToken).ConfigureAwait(false) is { HasValue: true, Value: var found } ? found : null;

    /// <summary>The rows of a partition whose keys begin with a prefix, in order.</summary>
    public static IAsyncEnumerable<TableEntity> RangeAsync(this TableClient table, string partition, string prefix, CancellationToken cancellationToken)
    {
        if (prefix.Length == 0) return table.QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"PartitionKey eq {partition}"), cancellationToken: cancellationToken);
        var end = prefix[..^1] + (char)(prefix[^1] + 1);
        return table.QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"PartitionKey eq {partition} and RowKey ge {prefix} and RowKey lt {end}"), cancellationToken: cancellationToken);
    }

    /// <summary>The first rows of several partitions, one after the other.</summary>
    public static async IAsyncEnumerable<TableEntity> FirstOfAsync(
        this TableClient table, IEnumerable<string> partitions, int take, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var partition in partitions)
            await foreach (var row in table.QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"PartitionKey eq {partition}"), maxPerPage: Math.Min(take, 1000), cancellationToken: cancellationToken).ConfigureAwait(false))
            {
                yield return row;
                if (--take <= 0) yield break;
            }
    }

    public static Task UpsertAsync(this TableClient table, TableEntity row, CancellationToken cancellationToken) =>
        table.UpsertEntityAsync(TableGuard.Checked(row), TableUpdateMode.Replace, cancellationToken);

    /// <summary>Adds a row; false when there is one.</summary>
    public static async Task<bool> TryAddAsync(this TableClient table, TableEntity row, CancellationToken cancellationToken)
    {
        try
        {
            await table.AddEntityAsync(TableGuard.Checked(row), cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (RequestFailedException e) when (e.Status == 409)
        {
            return false;
        }
    }

    public static Task DeleteIfExistsAsync(this TableClient table, string partition, string row, CancellationToken cancellationToken) =>
        table.DeleteEntityAsync(partition, row, ETag.All, cancellationToken);

    public static Task SubmitAsync(this TableClient table, IReadOnlyList<TableTransactionAction> batch, CancellationToken cancellationToken) =>
        table.SubmitTransactionAsync(TableGuard.Checked(batch), cancellationToken);

    /// <summary>A key part that sorts the later times first: milliseconds since 1970 counted down, 12 hex digits.</summary>
    public static string LatestFirst(long unixMilliseconds) => (0xFFFF_FFFF_FFFF - unixMilliseconds).ToString("x12", System.Globalization.CultureInfo.InvariantCulture);
}
