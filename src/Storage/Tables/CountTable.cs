using System.Runtime.CompilerServices;
using Azure.Data.Tables;
using LogMonitor.Core.Chunks;
using LogMonitor.Core.Pipeline;
using LogMonitor.Core.Retention;

namespace LogMonitor.Storage.Tables;

/// <summary>The table Counts: partition host and event hour, a row for each chunk with its counts per minute.</summary>
sealed class CountTable(TableClient table) : ICountStore, IExpiring
{
    public string Name => "Counts";

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

    public async IAsyncEnumerable<ExpiryStep> ExpireAsync(Cutoffs cutoffs, string? from, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (cutoffs.Counts is not { } before) yield break;
        // From host to host: each is asked for its old hours alone.
        for (var next = from ?? ""; await table.FindPartitionAsync(next, cancellationToken).ConfigureAwait(false) is { } partition;)
        {
            var host = partition.Split('|')[0];
            var (first, end) = ($"{host}|", Partition(host, EventHour.Of(before)));
            next = $"{host}}}"; // '}' comes right behind '|'
            await foreach (var deleted in table.DeleteAsync(TableClient.CreateQueryFilter($"PartitionKey ge {first} and PartitionKey lt {end}"), cancellationToken).ConfigureAwait(false))
                yield return new(deleted, first);
            yield return new(0, next);
        }
    }

    static string Partition(string host, EventHour hour) => $"{host}|{hour.Key}";
}
