using System.Globalization;
using System.Security.Cryptography;
using LogMonitor.Core.Alerting;
using LogMonitor.Core.Chunks;
using LogMonitor.Core.Detection;
using LogMonitor.Core.Text;

namespace LogMonitor.Core.Pipeline;

/// <summary>What one evaluation found for one host, in the chunks that no report held before. Sums over reports are totals.</summary>
public sealed record Report
{
    /// <summary>The <see cref="Host"/> of a report that says that nothing was new.</summary>
    public const string AllHosts = "*";

    /// <summary>The evaluation's id; see <see cref="RunId"/>.</summary>
    public required string Run { get; init; }
    public required DateTimeOffset Time { get; init; }
    public required string Host { get; init; }

    /// <summary>Chunks ingested.</summary>
    public int Chunks { get; init; }

    /// <summary>Blobs that could not be; see <see cref="Problems"/>.</summary>
    public int Quarantined { get; init; }
    public long Lines { get; init; }
    public long Access { get; init; }
    public long Error { get; init; }
    public long Unknown { get; init; }

    /// <summary>HTTP status → lines.</summary>
    public SortedDictionary<int, long> Statuses { get; init; } = [];
    public DateTimeOffset? FirstEvent { get; init; }
    public DateTimeOffset? LastEvent { get; init; }

    /// <summary>The window rules that had matches.</summary>
    public IReadOnlyList<RuleOutcome> Rules { get; init; } = [];

    /// <summary>Quarantined blobs with the reason, at most <see cref="MaxProblems"/>; and what was left out beyond a limit.</summary>
    public IReadOnlyList<string> Problems { get; init; } = [];

    /// <summary>The first lines that did not parse.</summary>
    public IReadOnlyList<UnknownSample> UnknownSamples { get; init; } = [];

    /// <summary>10.</summary>
    public const int MaxProblems = 10;

    /// <summary>The report in one sentence.</summary>
    public string Summary => Host == AllHosts
        ? "Nothing new."
        : $"{Host}: {Wording.Counted(Lines, "line")} ({Access} access, {Error} error, {Unknown} unknown) in {Wording.Counted(Chunks, "chunk")}"
          + (Quarantined > 0 ? $", {Quarantined} quarantined" : "")
          + string.Concat(Rules.Select(rule => $"; {rule.Title}: {Wording.Counted(rule.Matches, "match")}, at most {rule.Peak} in a window ({rule.Threshold}): {rule.Decision}"))
          + ".";

    /// <summary>
    /// A new run's id: its time, UTC, and four random hex digits. The time alone would not do: clocks step back, and a report that
    /// met another's key would be taken for the same and dropped.
    /// </summary>
    public static string RunId(DateTimeOffset time) =>
        time.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture) + "-" + RandomNumberGenerator.GetHexString(4, lowercase: true);

    /// <summary>The time of a run's id.</summary>
    public static DateTimeOffset TimeOf(string run) =>
        new(DateTime.ParseExact(run.AsSpan(0, TimeFormat.Length), TimeFormat, CultureInfo.InvariantCulture), TimeSpan.Zero);

    const string TimeFormat = "yyyyMMddHHmmssfff";
}

/// <summary>What a window rule came to, over all its groups on a host.</summary>
/// <param name="Rule">Its id.</param>
/// <param name="Title">For people.</param>
/// <param name="Level">How bad it is.</param>
/// <param name="Threshold">Its condition in words.</param>
/// <param name="Matches">Matching lines in the new chunks.</param>
/// <param name="Peak">The most matches in one window of one group.</param>
/// <param name="Decision">The furthest-reaching decision over its groups.</param>
public sealed record RuleOutcome(string Rule, string Title, Level Level, string Threshold, long Matches, long Peak, RuleDecision Decision);
