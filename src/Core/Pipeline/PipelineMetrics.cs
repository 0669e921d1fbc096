using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace LogMonitor.Core.Pipeline;

/// <summary>
/// What the pipeline measures of itself; whoever runs it decides where that goes. Attributes have few values, none of them from a log.
/// Names and units follow the semantic conventions of OpenTelemetry (opentelemetry.io/docs/specs/semconv/general/metrics).
/// </summary>
public static class PipelineMetrics
{
    /// <summary>The name of the meter.</summary>
    public const string MeterName = "LogMonitor";

    static readonly Meter meter = new(MeterName);

    static readonly Counter<long> lines = meter.CreateCounter<long>("logmonitor.lines", "{line}", "Lines ingested, by class: access, error or unknown.");
    static readonly Counter<long> chunks = meter.CreateCounter<long>("logmonitor.chunks", "{chunk}", "Uploads dealt with, by outcome: ingested or quarantined; missed is whether a sweep had to find them.");
    static readonly Histogram<double> lag = meter.CreateHistogram<double>("logmonitor.ingest.lag", "s", "From the upload of a chunk until its lines are counted.");
    static readonly Histogram<double> evaluation = meter.CreateHistogram<double>("logmonitor.evaluation.duration", "s", "How long an evaluation takes.");
    static readonly Counter<long> decisions = meter.CreateCounter<long>("logmonitor.alert.decisions", "{decision}", "Decisions about alerts, by reason, and whether people are told.");
    static readonly Counter<long> deliveries = meter.CreateCounter<long>("logmonitor.deliveries", "{attempt}", "Attempts to deliver a message, by channel and outcome: sent, retry or dropped.");

    internal static void Ingested(LedgerEntry entry)
    {
        var summary = entry.Summary;
        foreach (var (kind, count) in (ReadOnlySpan<(string, long)>)[("access", summary.Access), ("error", summary.Error), ("unknown", summary.Unknown)])
            if (count > 0) lines.Add(count, new KeyValuePair<string, object?>("class", kind));
        Dealt("ingested", entry);
        if (entry.UploadedAt is { } at && entry.IngestedAt >= at) lag.Record((entry.IngestedAt - at).TotalSeconds);
    }

    internal static void Quarantined(LedgerEntry entry) => Dealt("quarantined", entry);

    internal static void Evaluated(TimeSpan took) => evaluation.Record(took.TotalSeconds);

    internal static void Decided(string reason, bool tells) => decisions.Add(1, new("reason", reason), new("notified", tells));

    internal static void Attempted(string channel, string outcome) => deliveries.Add(1, new("channel", channel), new("outcome", outcome));

    static void Dealt(string outcome, LedgerEntry entry) => chunks.Add(1, new TagList { { "outcome", outcome }, { "missed", entry.IsMissed } });
}
