using LogMonitor.Core.Chunks;
using LogMonitor.Core.Pipeline;
using LogMonitor.Core.Text;

namespace LogMonitor.Functions.Api;

/// <summary>The dashboard's questions to the stores.</summary>
public sealed class DashboardQueries(IReportStore reports, ICountStore counts, IHostStore hosts, TimeProvider time)
{
    /// <summary>Hosts asked at the same time: each is a few small requests.</summary>
    const int HostsAtOnce = 16;

    /// <summary>The latest reports, newest first.</summary>
    public async Task<IReadOnlyList<ReportView>> ReportsAsync(int take, CancellationToken cancellationToken) =>
        [.. (await reports.ListRecentAsync(take, time.GetUtcNow(), cancellationToken).ConfigureAwait(false)).Select(ToView)];

    /// <summary>Counts of the minutes before a time (the latest event's unless given), of one host or all.</summary>
    public async Task<CountsView> CountsAsync(int minutes, DateTimeOffset? until, string? host, CancellationToken cancellationToken)
    {
        var known = await hosts.ListAsync(cancellationToken).ConfigureAwait(false);
        if (!string.IsNullOrEmpty(host)) known = [.. known.Where(status => status.Host == host)];

        var end = EndOfMinute(until ?? known.Max(status => status.LastEvent) ?? time.GetUtcNow());
        var start = end.AddMinutes(-minutes);
        var sums = new SortedDictionary<long, MinuteCounts>();
        var relevant = known.Where(status => status.LastEvent >= start);
        await Parallel.ForEachAsync(relevant, new ParallelOptions { MaxDegreeOfParallelism = HostsAtOnce, CancellationToken = cancellationToken }, async (status, token) =>
        {
            var found = await counts.ReadAsync(status.Host, EventHour.Of(start), EventHour.Of(end.AddMilliseconds(-1)), token).ConfigureAwait(false);
            lock (sums)
                foreach (var (minute, count) in found)
                {
                    if (!sums.TryGetValue(minute, out var sum)) sums.Add(minute, sum = new MinuteCounts());
                    sum.Add(count);
                }
        }).ConfigureAwait(false);

        return new CountsView(start, end.AddMinutes(-1), [.. sums
            .Select(entry => (Time: DateTimeOffset.FromUnixTimeMilliseconds(entry.Key), Counts: entry.Value))
            .Where(minute => minute.Time >= start && minute.Time < end)
            .Select(minute => new MinuteView(minute.Time, minute.Counts.Access, minute.Counts.Error, minute.Counts.Unknown, minute.Counts.Statuses))]);
    }

    /// <summary>Every host.</summary>
    public async Task<IReadOnlyList<HostView>> HostsAsync(CancellationToken cancellationToken) =>
        [.. (await hosts.ListAsync(cancellationToken).ConfigureAwait(false)).Select(host => new HostView(host.Host, host.LastIngest, host.LastEvent, host.LastHeartbeat))];

    static DateTimeOffset EndOfMinute(DateTimeOffset time) => new(time.UtcTicks - time.UtcTicks % TimeSpan.TicksPerMinute + TimeSpan.TicksPerMinute, TimeSpan.Zero);

    static ReportView ToView(Report report) => new(
        report.Time, report.Host, report.Chunks, report.Quarantined, report.Lines, report.Access, report.Error, report.Unknown,
        report.FirstEvent, report.LastEvent, report.Statuses,
        [.. report.Rules.Select(rule => new RuleView(rule.Rule, rule.Title, Lower(rule.Level), rule.Threshold, rule.Matches, rule.Peak, rule.Decision.ToString()))],
        [.. report.Problems.Select(problem => DisplayText.From(problem))], [.. report.UnknownSamples.Select(sample => new UnknownView(sample.Line, sample.Reason.ToString(), DisplayText.From(sample.Text)))], report.Summary);

    static string Lower<T>(T value) where T : struct, Enum => value.ToString().ToLowerInvariant();
}
