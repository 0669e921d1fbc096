using System.Runtime.CompilerServices;
using LogMonitor.Core.Alerting;
using LogMonitor.Core.Alerting.Plans;
using LogMonitor.Core.Chunks;
using LogMonitor.Core.Detection;
using LogMonitor.Core.Pipeline;

namespace LogMonitor.Tests.Support;

/// <summary>
/// Every store of the pipeline in memory, for fast tests: the contract tests hold it to the behaviour of the tables. A hook before
/// each write lets a test crash or interleave there.
/// </summary>
public sealed partial class MemoryStores : IChunkLedger, ICountStore, IMatchStore, IHostStore, IAlertStore, IReportStore, IOutbox, IOperatorStore
{
    readonly SortedDictionary<string, LedgerEntry> ledger = new(StringComparer.Ordinal);
    readonly SortedDictionary<string, InboxEntry> inbox = new(StringComparer.Ordinal);
    readonly SortedDictionary<string, SortedDictionary<int, MinuteCounts>> counts = new(StringComparer.Ordinal);
    readonly SortedDictionary<string, byte[]> matches = new(StringComparer.Ordinal);
    WatchPeriod? watch;
    SweepState? sweep;
    readonly Dictionary<string, IReadOnlyList<DateTimeOffset>> limits = new(StringComparer.Ordinal);
    readonly SortedDictionary<string, HostStatus> hosts = new(StringComparer.Ordinal);
    readonly SortedDictionary<string, Alert> alerts = new(StringComparer.Ordinal);
    readonly SortedDictionary<string, Report> reports = new(StringComparer.Ordinal);
    readonly SortedDictionary<string, Delivery> pending = new(StringComparer.Ordinal);
    readonly SortedDictionary<string, Acknowledgement> acknowledgements = new(StringComparer.Ordinal);
    readonly SortedDictionary<string, Silence> silences = new(StringComparer.Ordinal);
    int version;

    /// <summary>Called before each write with its name; what it throws, the write throws, and nothing is written.</summary>
    public Action<string> BeforeWrite { get; set; } = _ => { };

    public IReadOnlyCollection<LedgerEntry> Ledger => ledger.Values;
    public IReadOnlyCollection<Alert> Alerts => alerts.Values;
    public IReadOnlyCollection<Report> Reports => reports.Values;
    public List<Delivery> Completed { get; } = [];

    /// <summary>How often the ledger was asked.</summary>
    public int LedgerReads { get; private set; }

    public Task<LedgerEntry?> FindAsync(string host, string key, CancellationToken cancellationToken)
    {
        LedgerReads++;
        return Task.FromResult(ledger.GetValueOrDefault($"{host}|{key}"));
    }

    public Task<bool> CommitAsync(LedgerEntry entry, CancellationToken cancellationToken)
    {
        BeforeWrite("ledger");
        if (!ledger.TryAdd($"{entry.Host}|{entry.Key}", entry)) return Task.FromResult(false);
        Wrote($"ledger {entry.Host}|{entry.Key}");
        inbox.Add($"{entry.Host}|{entry.Key}", new InboxEntry(entry, null, $"{++version}"));
        return Task.FromResult(true);
    }

    public Task MarkArchivedAsync(LedgerEntry entry, CancellationToken cancellationToken)
    {
        BeforeWrite("ledger");
        Wrote($"ledger {entry.Host}|{entry.Key}");
        ledger[$"{entry.Host}|{entry.Key}"] = entry with { State = ChunkState.Archived };
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<InboxEntry>> ReadInboxAsync(int max, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<InboxEntry>>([.. inbox.Values.OrderBy(entry => entry.Run is null).ThenBy(entry => entry.Run, StringComparer.Ordinal).Take(max)]);

    public Task<IReadOnlyList<InboxEntry>> ClaimAsync(IReadOnlyList<InboxEntry> entries, string run, CancellationToken cancellationToken)
    {
        BeforeWrite("claim");
        foreach (var entry in entries)
        {
            var key = $"{entry.Entry.Host}|{entry.Entry.Key}";
            if (inbox.GetValueOrDefault(key)?.Version != entry.Version) throw new ConcurrentRunException("claimed meanwhile");
            inbox[key] = entry with { Run = run, Version = $"{++version}" };
        }
        return Task.FromResult<IReadOnlyList<InboxEntry>>([.. entries.Select(entry => entry with { Run = run })]);
    }

    public Task ClearAsync(IReadOnlyList<InboxEntry> entries, CancellationToken cancellationToken)
    {
        BeforeWrite("clear");
        foreach (var entry in entries) inbox.Remove($"{entry.Entry.Host}|{entry.Entry.Key}");
        return Task.CompletedTask;
    }

    public Task SaveAsync(ChunkId chunk, EventHour hour, SortedDictionary<int, MinuteCounts> minutes, CancellationToken cancellationToken)
    {
        BeforeWrite("counts");
        counts[$"{chunk.Host}|{hour.Key}|{chunk.Stream}|{chunk.RowKey}"] = minutes;
        return Task.CompletedTask;
    }

    Task<SortedDictionary<long, MinuteCounts>> ICountStore.ReadAsync(string host, EventHour first, EventHour last, CancellationToken cancellationToken)
    {
        var sums = new SortedDictionary<long, MinuteCounts>();
        for (var hour = first; hour <= last; hour += 1)
            foreach (var (minute, count) in counts.Where(row => row.Key.StartsWith($"{host}|{hour.Key}|", StringComparison.Ordinal)).SelectMany(row => row.Value))
            {
                var time = hour.Start + minute * 60_000;
                if (!sums.TryGetValue(time, out var sum)) sums.Add(time, sum = new MinuteCounts());
                sum.Add(count);
            }
        return Task.FromResult(sums);
    }

    Task IMatchStore.SaveAsync(ChunkId chunk, EventHour hour, IReadOnlyList<MatchGroup> matches, CancellationToken cancellationToken)
    {
        BeforeWrite("matches");
        Wrote($"matches {hour.Key}|{chunk.Host}|{chunk.RowKey}");
        this.matches[$"{hour.Key}|{chunk.Host}|{chunk.RowKey}"] = MatchCodec.Encode(matches);
        return Task.CompletedTask;
    }

    async IAsyncEnumerable<MatchGroup> IMatchStore.ReadAsync(string host, EventHour first, EventHour last, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        for (var hour = first; hour <= last; hour += 1)
            foreach (var row in matches.Where(row => row.Key.StartsWith($"{hour.Key}|{host}|", StringComparison.Ordinal)).ToList())
                foreach (var group in MatchCodec.Decode(row.Value)) yield return group;
    }

    public Task SaveAsync(HostStatus host, CancellationToken cancellationToken)
    {
        BeforeWrite("host");
        Wrote($"host {host.Host}");
        hosts[host.Host] = host with { LastHeartbeat = hosts.GetValueOrDefault(host.Host)?.LastHeartbeat };
        return Task.CompletedTask;
    }

    public Task BeatAsync(string host, DateTimeOffset at, CancellationToken cancellationToken)
    {
        BeforeWrite("heartbeat");
        Wrote($"host {host}");
        var known = hosts.GetValueOrDefault(host) ?? new HostStatus(host, null, null);
        if (known.LastHeartbeat is null || known.LastHeartbeat < at) hosts[host] = known with { LastHeartbeat = at };
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<DateTimeOffset>> ListSentAsync(string channel, CancellationToken cancellationToken) => Task.FromResult(limits.GetValueOrDefault(channel) ?? []);

    public Task SaveSentAsync(string channel, IReadOnlyList<DateTimeOffset> times, CancellationToken cancellationToken)
    {
        BeforeWrite("limits");
        limits[channel] = [.. times];
        return Task.CompletedTask;
    }

    public Task<SweepState?> FindSweepAsync(CancellationToken cancellationToken) => Task.FromResult(sweep);

    public Task SaveSweepAsync(SweepState sweep, CancellationToken cancellationToken)
    {
        BeforeWrite("sweep");
        this.sweep = sweep;
        return Task.CompletedTask;
    }

    public Task<WatchPeriod?> FindWatchAsync(CancellationToken cancellationToken) => Task.FromResult(watch);

    public Task SaveWatchAsync(WatchPeriod period, CancellationToken cancellationToken)
    {
        BeforeWrite("watch");
        watch = period;
        return Task.CompletedTask;
    }

    public Task<HostStatus?> FindAsync(string host, CancellationToken cancellationToken) => Task.FromResult(hosts.GetValueOrDefault(host));

    public Task<IReadOnlyList<HostStatus>> ListAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<HostStatus>>([.. hosts.Values]);

    public async IAsyncEnumerable<Alert> FindAsync(Fingerprint fingerprint, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        foreach (var alert in alerts.Values.Where(alert => alert.Fingerprint == fingerprint && alert.State != AlertState.Merged).OrderByDescending(alert => alert.Id, StringComparer.Ordinal).ToList())
            yield return alert;
    }

    public Task<Alert?> GetAsync(string alertId, CancellationToken cancellationToken) => Task.FromResult(alerts.GetValueOrDefault(alertId));

    public Task<IReadOnlyList<Alert>> ListOpenAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<Alert>>([.. alerts.Values.Where(alert => alert.IsPending)]);

    Task<IReadOnlyList<Alert>> IAlertStore.ListRecentAsync(int take, DateTimeOffset now, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<Alert>>([.. alerts.Values.Where(alert => alert.State != AlertState.Merged).OrderByDescending(alert => alert.OpenedAt).Take(take)]);

    public Task SaveAsync(Alert alert, CancellationToken cancellationToken)
    {
        BeforeWrite("alert");
        Wrote($"alert {alert.Id}");
        alerts[alert.Id] = alert;
        return Task.CompletedTask;
    }

    public Task AppendAsync(Report report, CancellationToken cancellationToken)
    {
        BeforeWrite("report");
        reports.TryAdd($"{report.Run}|{report.Host}", report);
        return Task.CompletedTask;
    }

    Task<IReadOnlyList<Report>> IReportStore.ListRecentAsync(int take, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var latest = reports.Values.OrderByDescending(report => report.Time).ThenBy(report => report.Host, StringComparer.Ordinal).ToLookup(report => report.Host == Report.AllHosts);
        var recent = latest[false].Take(take).ToList();
        return Task.FromResult<IReadOnlyList<Report>>([.. latest[true].Take(1).Where(quiet => recent is [] || quiet.Time > recent[0].Time), .. recent]);
    }

    public Task SaveAsync(Delivery delivery, CancellationToken cancellationToken)
    {
        BeforeWrite("outbox");
        pending[delivery.Id] = delivery;
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<Delivery>> ListPendingAsync(int max, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<Delivery>>([.. pending.Values.Take(max)]);

    public Task CompleteAsync(Delivery delivery, CancellationToken cancellationToken)
    {
        BeforeWrite("complete");
        pending.Remove(delivery.Id);
        Completed.Add(delivery);
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<Delivery>> ListOfAsync(string alertId, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<Delivery>>(
        [.. pending.Values.Concat(Completed).Where(delivery => delivery.AlertId == alertId || delivery.With?.Contains(alertId) == true).DistinctBy(delivery => delivery.Id).OrderBy(delivery => delivery.Id, StringComparer.Ordinal)]);

    public Task AcknowledgeAsync(Acknowledgement acknowledgement, CancellationToken cancellationToken)
    {
        acknowledgements[acknowledgement.AlertId] = acknowledgement;
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<Acknowledgement>> ListAcknowledgementsAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<Acknowledgement>>([.. acknowledgements.Values]);

    public Task ForgetAcknowledgementAsync(string alertId, CancellationToken cancellationToken)
    {
        acknowledgements.Remove(alertId);
        return Task.CompletedTask;
    }

    public Task SilenceAsync(Silence silence, CancellationToken cancellationToken)
    {
        silences[silence.Id] = silence;
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<Silence>> ListSilencesAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<Silence>>([.. silences.Values.OrderByDescending(silence => silence.Until).ThenBy(silence => silence.Id, StringComparer.Ordinal)]);

    public Task<bool> EndSilenceAsync(string id, CancellationToken cancellationToken) => Task.FromResult(silences.Remove(id));
}
