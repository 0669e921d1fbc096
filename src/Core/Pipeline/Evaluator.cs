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
    IChunkLedger ledger, HostEvaluator hosts, IReportStore reports, AlertKeeper alerts, DeliverySender deliveries,
    TimeProvider time, ILogger<Evaluator> logger)
{
    /// <summary>Ledger entries taken at once: bounds memory. What is beyond is taken in a second go, at once.</summary>
    const int MaxEntries = 500;

    /// <summary>Evaluates until the inbox is empty.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await EvaluateInboxAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (ConcurrentRunException e)
        {
            LogConcurrentRun(e.Message);
            return;
        }
        await NotifyAsync(cancellationToken).ConfigureAwait(false);
    }

    async Task NotifyAsync(CancellationToken cancellationToken)
    {
        await alerts.KeepAsync(cancellationToken).ConfigureAwait(false);
        await deliveries.SendDueAsync(cancellationToken).ConfigureAwait(false);
    }

    async Task EvaluateInboxAsync(CancellationToken cancellationToken)
    {
        var isQuiet = true;
        while (await ledger.ReadInboxAsync(MaxEntries, cancellationToken).ConfigureAwait(false) is { Count: > 0 } inbox)
        {
            isQuiet = false;
            var run = inbox[0].Run ?? Report.RunId(time.GetUtcNow());
            var claimed = inbox[0].Run is null
                ? await ledger.ClaimAsync(inbox, run, cancellationToken).ConfigureAwait(false)
                : [.. inbox.Where(entry => entry.Run == run)];
            foreach (var host in claimed.Select(entry => entry.Entry).GroupBy(entry => entry.Host, StringComparer.Ordinal))
                await reports.AppendAsync(await hosts.EvaluateAsync(run, host.Key, [.. host], cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
            await ledger.ClearAsync(claimed, cancellationToken).ConfigureAwait(false);
            // Nobody waits for the end of a backlog to hear of what was found in it.
            await NotifyAsync(cancellationToken).ConfigureAwait(false);
        }
        if (isQuiet)
        {
            var run = Report.RunId(time.GetUtcNow());
            await reports.AppendAsync(new Report { Run = run, Time = Report.TimeOf(run), Host = Report.AllHosts }, cancellationToken).ConfigureAwait(false);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Another evaluation is running ({Problem}); this one stops. Check that only one host runs the timer functions")]
    partial void LogConcurrentRun(string problem);
}
