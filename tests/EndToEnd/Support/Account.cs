using Azure.Data.Tables;
using Azure.Storage.Blobs;

namespace LogMonitor.EndToEnd.Tests.Support;

/// <summary>A storage account as somebody sees it who looks into it with a storage explorer.</summary>
sealed class Account(string connectionString)
{
    readonly BlobServiceClient blobs = new(connectionString);
    readonly TableServiceClient tables = new(connectionString);

    public BlobContainerClient this[string container] => blobs.GetBlobContainerClient(container);

    /// <summary>Blob names, in order.</summary>
    public async Task<IReadOnlyList<string>> NamesAsync(string container)
    {
        var names = new List<string>();
        await foreach (var blob in this[container].GetBlobsAsync()) names.Add(blob.Name);
        return names;
    }

    public async Task<byte[]> ReadAsync(string container, string name) => (await this[container].GetBlobClient(name).DownloadContentAsync()).Value.Content.ToArray();

    public async Task<string> ReadTextAsync(string container, string name) => (await this[container].GetBlobClient(name).DownloadContentAsync()).Value.Content.ToString();

    public Task WriteAsync(string container, string name, byte[] content) => this[container].GetBlobClient(name).UploadAsync(BinaryData.FromBytes(content));

    /// <summary>A table's rows that a filter selects.</summary>
    public async Task<IReadOnlyList<TableEntity>> RowsAsync(string table, string? filter = null)
    {
        var rows = new List<TableEntity>();
        await foreach (var row in tables.GetTableClient(table).QueryAsync<TableEntity>(filter)) rows.Add(row);
        return rows;
    }
}
