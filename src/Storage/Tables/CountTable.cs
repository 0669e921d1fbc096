using Azure.Data.Tables;
using LogMonitor.Core.Chunks;
using LogMonitor.Core.Pipeline;

namespace LogMonitor.Storage.Tables;

/// <summary>The table Counts: partition host and event hour, a row for each chunk with its counts per minute.</summary>
sealed class CountTable(TableClient table) : ICountStore
{
    public Task SaveAsync(ChunkId chunk, EventHour hour, SortedDictionary<int, MinuteCounts> minutes, CancellationToken cancellationToken) =>
        table.UpsertAsync(new TableEntity(Partition(chunk.Host, hour), $"{chunk.Stream}|{chunk.RowKey}").SetJson(minutes, CoreJson.Default.SortedDictionaryInt32MinuteCounts), cancellationToken);

    public async Task<SortedDictionary<long, MinuteCounts>> ReadAsync(string host, EventHour first, EventHour last, CancellationToken cancellationToken)
    {
        var sums = new SortedDictionary<long, MinuteCounts>();
        for (var hour = first; hour <= last; hour += 1)
            await foreach (var row in table.RangeAsync(Partition(host, hour), "", cancellationToken).ConfigureAwait(false))
                foreach (var (minute, counts) in row.GetJson(CoreJson.Default.SortedDictionaryInt32MinuteCounts))
                {
                    var time = hour.Start + minute * 60_000;
                    if (!sums.TryGetValue(time, out var sum)) sums.Add(time, sum = new MinuteCounts());
                    sum.Add(counts);
                }
        return sums;
    }

    static string Partition(string host, EventHour hour) => $"{host}|{hour.Key}";
}
