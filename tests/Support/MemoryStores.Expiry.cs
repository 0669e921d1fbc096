using System.Globalization;
using System.Runtime.CompilerServices;
using LogMonitor.Core.Alerting;
using LogMonitor.Core.Chunks;
using LogMonitor.Core.Pipeline;
using LogMonitor.Core.Retention;

namespace LogMonitor.Tests.Support;

/// <summary>All tables in one: what the tables keep apart, each by the same rules.</summary>
public sealed partial class MemoryStores : IExpiring, IExpiryPositions
{
    readonly Dictionary<string, DateTimeOffset> written = new(StringComparer.Ordinal);

    /// <summary>Says when a row was written.</summary>
    public TimeProvider Clock { get; set; } = TimeProvider.System;

    /// <summary>Whether a blob is in <c>incoming</c>: its row in the ledger stays.</summary>
    public Func<string, bool> IsIncoming { get; set; } = _ => false;

    /// <summary>Where expiry has stopped.</summary>
    public ExpiryPosition? Position { get; set; }

    /// <summary>When an alert was last written.</summary>
    public DateTimeOffset WrittenAt(Alert alert) => written[$"alert {alert.Id}"];

    /// <summary>Rows with matches.</summary>
    public int MatchRows => matches.Count;

    string IExpiring.Name => "memory";

    Task<ExpiryPosition?> IExpiryPositions.FindAsync(CancellationToken cancellationToken) => Task.FromResult(Position);

    Task IExpiryPositions.SaveAsync(ExpiryPosition? position, CancellationToken cancellationToken)
    {
        Position = position;
        return Task.CompletedTask;
    }

    async IAsyncEnumerable<ExpiryStep> IExpiring.ExpireAsync(Cutoffs cutoffs, string? from, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        string? HourOf(DateTimeOffset? cutoff) => cutoff is { } before ? EventHour.Of(before).Key : null;
        bool IsOld(string row, DateTimeOffset? cutoff) => written.TryGetValue(row, out var at) && at < cutoff;
        bool IsBefore(string key, string? hour) => hour is not null && string.CompareOrdinal(key, hour) < 0;
        string DayOf(DateTimeOffset time) => time.UtcDateTime.ToString("yyyyMMdd", CultureInfo.InvariantCulture);
        var quiet = cutoffs.Now.AddDays(-30) is var recent && recent > cutoffs.Reports ? recent : cutoffs.Reports;

        yield return Remove(reports, report => cutoffs.Reports is { } before && string.CompareOrdinal(DayOf(report.Value.Time), DayOf(report.Value.Host == Report.AllHosts ? quiet!.Value : before)) < 0);
        yield return Remove(counts, row => IsBefore(row.Key.Split('|')[1], HourOf(cutoffs.Counts)));
        yield return Remove(matches, row => IsBefore(row.Key, HourOf(cutoffs.Matches)) && IsOld($"matches {row.Key}", cutoffs.Matches));
        yield return Remove(ledger, row => IsOld($"ledger {row.Key}", cutoffs.Chunks) && !IsIncoming(row.Value.BlobName) && !inbox.ContainsKey(row.Key));
        yield return Remove(hosts, row => IsOld($"host {row.Key}", cutoffs.Counts));
        foreach (var alert in alerts.Values.Where(alert => !alert.IsPending && IsOld($"alert {alert.Id}", cutoffs.Alerts)).ToList())
        {
            Completed.RemoveAll(delivery => delivery.AlertId == alert.Id);
            yield return Remove(alerts, row => row.Key == alert.Id);
        }

        static ExpiryStep Remove<T>(SortedDictionary<string, T> rows, Func<KeyValuePair<string, T>, bool> isOld)
        {
            var old = rows.Where(isOld).Select(row => row.Key).ToList();
            foreach (var key in old) rows.Remove(key);
            return new(old.Count);
        }
    }

    void Wrote(string row) => written[row] = Clock.GetUtcNow();
}
