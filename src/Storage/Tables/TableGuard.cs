using System.Text;
using Azure.Data.Tables;

namespace LogMonitor.Storage.Tables;

/// <summary>
/// The limits of Azure Table storage that Azurite doesn't enforce, checked before each write: a mistake shows in the tests, not
/// in the cloud. Source: "Understanding the Table service data model" and "Performing entity group transactions", Azure Storage docs.
/// </summary>
static class TableGuard
{
    /// <summary>UTF-16 characters of a key: 1 KiB.</summary>
    const int MaxKeyLength = 512;
    const int MaxProperties = 252;
    public const int MaxBinaryProperty = 64 << 10;
    public const int MaxStringProperty = 32 << 10;
    const int MaxEntityBytes = 1 << 20;
    public const int MaxBatch = 100;
    const int MaxBatchBytes = 4 << 20;

    /// <exception cref="TableLimitException">Azure would refuse the entity.</exception>
    public static TableEntity Checked(TableEntity entity)
    {
        CheckKey("PartitionKey", entity.PartitionKey);
        CheckKey("RowKey", entity.RowKey);
        if (entity.Count > MaxProperties) throw new TableLimitException($"{entity.Count} properties, at most {MaxProperties}", entity);
        foreach (var (name, value) in entity)
        {
            if (value is string { Length: > MaxStringProperty }) throw new TableLimitException($"the text '{name}' is longer than {MaxStringProperty} characters", entity);
            if (value is byte[] { Length: > MaxBinaryProperty }) throw new TableLimitException($"the binary '{name}' is longer than {MaxBinaryProperty} bytes", entity);
        }
        return SizeOf(entity) <= MaxEntityBytes ? entity : throw new TableLimitException($"{SizeOf(entity)} bytes, at most {MaxEntityBytes}", entity);
    }

    /// <exception cref="TableLimitException">Azure would refuse the transaction.</exception>
    public static IReadOnlyList<TableTransactionAction> Checked(IReadOnlyList<TableTransactionAction> batch)
    {
        var entities = batch.Select(action => (TableEntity)action.Entity).ToList();
        if (entities.Count > MaxBatch) throw new TableLimitException($"{entities.Count} entities in a transaction, at most {MaxBatch}", entities[0]);
        if (entities.Exists(entity => entity.PartitionKey != entities[0].PartitionKey)) throw new TableLimitException("a transaction across partitions", entities[0]);
        if (entities.Select(entity => entity.RowKey).Distinct().Count() < entities.Count) throw new TableLimitException("a row twice in a transaction", entities[0]);
        var size = entities.Sum(entity => (long)SizeOf(Checked(entity)));
        return size <= MaxBatchBytes ? batch : throw new TableLimitException($"a transaction of {size} bytes, at most {MaxBatchBytes}", entities[0]);
    }

    static void CheckKey(string name, string? key)
    {
        if (key is null || key.Length > MaxKeyLength || key.Any(c => c is '/' or '\\' or '#' or '?' || char.IsControl(c)))
            throw new TableLimitException($"{name} '{key}' is not a key: at most {MaxKeyLength} characters, without / \\ # ? and control characters", null);
    }

    /// <summary>By the published formula: 4 bytes, the keys' characters, and for each property 8 bytes, its name and its value.</summary>
    static int SizeOf(TableEntity entity) => 4 + 2 * (entity.PartitionKey.Length + entity.RowKey.Length)
        + entity.Where(p => p.Key is not ("PartitionKey" or "RowKey" or "odata.etag" or "Timestamp")).Sum(p => 8 + 2 * p.Key.Length + p.Value switch
        {
            string text => 4 + Encoding.Unicode.GetByteCount(text),
            byte[] bytes => 4 + bytes.Length,
            Guid => 16,
            int => 4,
            bool => 1,
            _ => 8,
        });
}

/// <summary>A write that Azure Table storage would refuse. It is a mistake of the program, not of the data.</summary>
sealed class TableLimitException(string problem, TableEntity? entity)
    : InvalidOperationException($"Azure Table storage refuses this{(entity is null ? "" : $" row ({entity.PartitionKey}, {entity.RowKey})")}: {problem}.");
