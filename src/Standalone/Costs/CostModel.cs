using LogMonitor.Core.Retention;

namespace LogMonitor.Standalone.Costs;

/// <summary>What is to be watched, and how.</summary>
/// <param name="Hosts">1 or more.</param>
/// <param name="GigabytesPerDay">Raw lines of all hosts together.</param>
/// <param name="Flush">The shippers' <c>chunks.interval</c>.</param>
/// <param name="Streams">Logs of each host that are written to all day.</param>
/// <param name="Evaluate">The time between two evaluations (<c>EvaluateSchedule</c>).</param>
/// <param name="RetentionDays">How long archives are kept.</param>
/// <param name="InstanceMegabytes">Memory of a Flex Consumption instance: 512, 2048 or 4096.</param>
sealed record Load(int Hosts, decimal GigabytesPerDay, TimeSpan Flush, int Streams, TimeSpan Evaluate, int RetentionDays, int InstanceMegabytes);

/// <summary>A line of the bill.</summary>
/// <param name="What">For people.</param>
/// <param name="Amount">How much of it in a month, in words.</param>
/// <param name="Dollars">What it costs in a month.</param>
sealed record CostItem(string What, string Amount, decimal Dollars);

/// <summary>What LogMonitor costs in a month of 30 days, by <see cref="Prices"/> and the assumptions that stand here. Without SendGrid, Application Insights and what leaves the region.</summary>
static class CostModel
{
    public const int Days = 30;

    const decimal Gigabyte = 1_000_000_000m, SecondsPerDay = 86_400m;

    /// <summary>Raw bytes at which a chunk is cut without waiting.</summary>
    const decimal ChunkBytes = 4 << 20;

    /// <summary>Of an access log's line, in bytes.</summary>
    public const decimal LineBytes = 200;

    /// <summary>Raw bytes for each byte that gzip makes of them: access logs have 10 to 20.</summary>
    public const decimal Compression = 10;

    /// <summary>Raw bytes that an instance of 512 MB reads and matches in a second, and what each chunk takes besides.</summary>
    public const decimal BytesPerSecond = 5_000_000m, SecondsPerChunk = 0.05m;

    /// <summary>Of a chunk: asked about by ingest, by the sweep and the archiver, counts, matches, ledger, claim, report, archived.</summary>
    public const decimal TableOperationsPerChunk = 9;

    /// <summary>Of an evaluation that finds nothing: sixteen shards of the inbox, hosts, open alerts, the outbox, a report.</summary>
    public const decimal TableOperationsPerEvaluation = 24;

    /// <summary>Bytes of rows for each chunk: in the ledger and of matches, which are kept for 90 days; of counts and reports, for 400.</summary>
    public const decimal LedgerBytesPerChunk = 1_500, CountBytesPerChunk = 1_500;

    /// <summary>Compressed bytes that an archive puts into a block.</summary>
    const decimal BlockBytes = 4 << 20;

    static readonly RetentionOptions retention = new();

    /// <summary>Chunks in a day: one for each log and cut, unless it has fewer lines; or more where it has many bytes.</summary>
    public static decimal ChunksPerDay(Load load)
    {
        var streams = (decimal)load.Hosts * load.Streams;
        var bytes = load.GigabytesPerDay * Gigabyte / streams;
        return streams * Math.Max(Math.Min(SecondsPerDay / Seconds(load.Flush), bytes / LineBytes), bytes / ChunkBytes);
    }

    public static IReadOnlyList<CostItem> Of(Load load)
    {
        var chunks = ChunksPerDay(load) * Days;
        var evaluations = SecondsPerDay / Seconds(load.Evaluate) * Days;
        var archives = (decimal)load.Hosts * load.Streams * Days;
        var stored = load.GigabytesPerDay / Compression;
        var (seconds, runs) = (ActiveSeconds(load, evaluations), chunks + evaluations + (96 * Days) + (2 * Days));
        var memory = load.InstanceMegabytes / 1024m;
        var operations = (chunks * TableOperationsPerChunk) + (evaluations * TableOperationsPerEvaluation);
        var rows = ChunksPerDay(load) * ((retention.Chunks.Days * LedgerBytesPerChunk) + (retention.Counts.Days * CountBytesPerChunk)) / Gigabyte;
        var blocks = archives + (stored * Days * Gigabyte / BlockBytes);
        return
        [
            // A put by the shipper; the chunk is read by ingest and by the archiver, which puts as many into a block as it takes. An archive is hot until it is proven: its blocks, their list and its index
            // are written; its index, its list and all that is new are read; its tier is set.
            Item("Uploads and archiving", $"{chunks:N0} chunks",
                ((chunks * (Prices.HotWrites + (2 * Prices.HotReads))) + (blocks * Prices.HotWrites) + (archives * ((2 * Prices.HotWrites) + (3 * Prices.HotReads) + Prices.CoolWrites))) / 10_000),
            Item("Events", $"{chunks:N0}", Beyond(chunks, Prices.FreeEvents) * Prices.Events / 1_000_000),
            Item("Functions, time", $"{seconds:N0} s of {load.InstanceMegabytes} MB", Beyond(seconds * memory, Prices.FreeGigabyteSeconds) * Prices.GigabyteSecond),
            Item("Functions, runs", $"{runs:N0}", Beyond(runs, Prices.FreeRuns) * Prices.Runs / 1_000_000),
            Item("Tables", $"{operations:N0} operations, {rows:N1} GB kept", (operations * Prices.TableOperations / 10_000) + (rows * Prices.TableGigabyteMonth)),
            // Two days until they are archived.
            Item("Archive", $"{stored * load.RetentionDays:N1} GB for {load.RetentionDays} days", (stored * 2 * Prices.HotGigabyteMonth) + (stored * load.RetentionDays * Prices.CoolGigabyteMonth)),
        ];
    }

    /// <summary>The same lines in Log Analytics, without what is kept for longer than its plans include, and without Sentinel.</summary>
    public static IReadOnlyList<CostItem> OfLogAnalytics(Load load)
    {
        var gigabytes = load.GigabytesPerDay * Days;
        return
        [
            Item("Analytics: all queries and alerts", $"{gigabytes:N0} GB", Beyond(gigabytes, Prices.FreeAnalyticsGigabytes) * Prices.Analytics),
            Item("Basic: simple queries, which cost extra", $"{gigabytes:N0} GB", gigabytes * Prices.Basic),
            Item("Auxiliary: slow queries, which cost extra; no alerts", $"{gigabytes:N0} GB", gigabytes * Prices.Auxiliary),
        ];
    }

    /// <summary>
    /// Billed is the time in which an instance is active, a second at least: chunks that come together are read together. With cuts at the same second
    /// everywhere there is one such time for each cut; it can't be more than all the time of as many instances as it takes.
    /// </summary>
    static decimal ActiveSeconds(Load load, decimal evaluations)
    {
        var cuts = SecondsPerDay / Seconds(load.Flush) * Days;
        var work = (ChunksPerDay(load) * Days * SecondsPerChunk) + (load.GigabytesPerDay * Days * Gigabyte / (BytesPerSecond * load.InstanceMegabytes / 512));
        var (ingesting, evaluating) = (Math.Max(cuts, work), evaluations);
        // Both at the same time are billed once, at most: below a full instance the rest falls between.
        return Math.Max(Math.Min(ingesting + evaluating, SecondsPerDay * Days), work);
    }

    static CostItem Item(string what, FormattableString amount, decimal dollars) => new(what, FormattableString.Invariant(amount), Math.Round(dollars, 2));

    static decimal Beyond(decimal amount, decimal free) => Math.Max(0, amount - free);

    static decimal Seconds(TimeSpan span) => (decimal)span.TotalSeconds;
}
