using Microsoft.Extensions.Logging;

namespace LogMonitor.Core.Pipeline;

/// <summary>
/// One evaluation: takes what was ingested since the last, finds incidents, writes a report row per host, then looks after all
/// open alerts and sends what is to be sent.
/// </summary>
/// <remarks>
/// It may crash anywhere. The inbox is cleared last, and everything before is written under keys that a second attempt writes
/// again; entries that a crashed run has claimed are taken up under that run's id, so each chunk is in exactly one report.
/// </remarks>
public sealed partial class Evaluator(
    IChunkLedger ledger, HostEvaluator hosts, IReportStore reports, HostWatch watch, AlertKeeper alerts, DeliverySender deliveries,
    TimeProvider time, ILogger<Evaluator> logger)
{
    /// <summary>Ledger entries taken at once: bounds memory. What is beyond is taken in a second go, at once.</summary>
    const int MaxEntries = 500;

    /// <summary>Evaluates until the inbox is empty.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        try
        {
            await EvaluateInboxAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (ConcurrentRunException e)
        {
            LogConcurrentRun(e.Message);
            return;
        }
        await watch.RunAsync(cancellationToken).ConfigureAwait(false);
        await NotifyAsync(cancellationToken).ConfigureAwait(false);
        PipelineMetrics.Evaluated(time.GetElapsedTime(began));
    }

    async Task NotifyAsync(CancellationToken cancellationToken)
    {
        await alerts.KeepAsync(cancellationToken).ConfigureAwait(false);
        await deliveries.SendDueAsync(cancellationToken).ConfigureAwait(false);
    }

    async Task EvaluateInboxAsync(CancellationToken cancellationToken)
    {
        var isQuiet = true;
        var failed = new HashSet<string>(StringComparer.Ordinal);
        while (true)
        {
            List<InboxEntry> inbox = [.. (await ledger.ReadInboxAsync(MaxEntries, cancellationToken).ConfigureAwait(false)).Where(entry => !failed.Contains(entry.Entry.Host))];
            if (inbox.Count == 0) break;
            isQuiet = false;
            var run = inbox[0].Run ?? Report.RunId(time.GetUtcNow());
            var claimed = inbox[0].Run is null
                ? await ledger.ClaimAsync(inbox, run, cancellationToken).ConfigureAwait(false)
                : [.. inbox.Where(entry => entry.Run == run)];

            List<InboxEntry> reported = [];
            foreach (var host in claimed.GroupBy(entry => entry.Entry.Host, StringComparer.Ordinal))
                if (await TryReportAsync(run, host.Key, [.. host.Select(entry => entry.Entry)], cancellationToken).ConfigureAwait(false)) reported.AddRange(host);
                else failed.Add(host.Key);
            await ledger.ClearAsync(reported, cancellationToken).ConfigureAwait(false);
            // Nobody waits for the end of a backlog to hear of what was found in it.
            await NotifyAsync(cancellationToken).ConfigureAwait(false);
        }
        if (isQuiet)
        {
            var run = Report.RunId(time.GetUtcNow());
            await reports.AppendAsync(new Report { Run = run, Time = Report.TimeOf(run), Host = Report.AllHosts }, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Evaluates one host; false when that failed: its chunks stay claimed, and the next evaluation tries again.</summary>
    async Task<bool> TryReportAsync(string run, string host, IReadOnlyList<LedgerEntry> entries, CancellationToken cancellationToken)
    {
        try
        {
            await reports.AppendAsync(await hosts.EvaluateAsync(run, host, entries, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
            return true;
        }
#pragma warning disable CA1031 // one host's trouble must not silence the others
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            LogHostFailed(host, e.Message, e);
            return false;
        }
    }

    [LoggerMessage(LogLevel.Error, "The evaluation of {Host} failed: {Problem} Its new chunks wait for the next evaluation; the other hosts go on")]
    partial void LogHostFailed(string host, string problem, Exception exception);

    [LoggerMessage(LogLevel.Warning, "Another evaluation is running ({Problem}); this one stops. Check that only one host runs the timer functions")]
    partial void LogConcurrentRun(string problem);
}
