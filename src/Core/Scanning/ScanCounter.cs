using LogMonitor.Core.Alerting;
using LogMonitor.Core.Chunks;
using LogMonitor.Core.Detection;
using LogMonitor.Core.Parsing;
using LogMonitor.Core.Text;

namespace LogMonitor.Core.Scanning;

/// <summary>Counts and matches the lines of a scan. In steady state it allocates nothing for a line.</summary>
sealed class ScanCounter(RuleSet rules, ScanOptions options) : IMatchSink
{
    /// <summary>The end of the year 9999: as for a chunk, what claims to be from later has no usable time.</summary>
    public const long MaxTime = 253_402_300_799_999;

    const int Statuses = 1_000;

    readonly LineMatcher matcher = new(rules);
    readonly MatchTimelines timelines = new(rules, new AlertOptions());
    readonly TopCounter clients = new(), paths = new(), userAgents = new();
    readonly long[] classes = new long[Enum.GetValues<LineClass>().Length];
    readonly long[] statuses = new long[Statuses];
    readonly long[] ruleHits = new long[rules.Events.Count];
    readonly int[] matched = new int[rules.Events.Count];
    readonly List<FormatCount> formats = [];
    readonly List<ScanUnknown> unknownSamples = [];
    readonly long since = options.Since?.ToUnixTimeMilliseconds() ?? long.MinValue;
    readonly long until = options.Until?.ToUnixTimeMilliseconds() ?? long.MaxValue;
    long first = long.MaxValue, last = long.MinValue, skipped;
    long time;
    FormatCount? currentFormat;
    int matchedCount;
    bool isTimeKnown;

    /// <summary>The rules that the line before matched: indexes into <see cref="RuleSet.Events"/>.</summary>
    public ReadOnlySpan<int> Matched => matched.AsSpan(0, matchedCount);

    /// <summary>Begins another file.</summary>
    /// <param name="referenceTime">The time of lines before the first that has one.</param>
    public void Begin(DateTimeOffset referenceTime)
    {
        time = referenceTime.ToUnixTimeMilliseconds();
        isTimeKnown = false;
    }

    /// <summary>Counts and matches one line; false where it lies outside the times asked for.</summary>
    /// <param name="line">The line.</param>
    /// <param name="input">The file, where several are scanned.</param>
    /// <param name="number">The line's number in it.</param>
    public bool Add(in LogLine line, string? input, long number)
    {
        if (line.Time is >= 0 and <= MaxTime)
        {
            time = line.Time;
            isTimeKnown = true;
        }
        if (!IsAskedFor())
        {
            skipped++;
            return false;
        }
        if (isTimeKnown)
        {
            first = Math.Min(first, time);
            last = Math.Max(last, time);
        }
        classes[(int)line.Class]++;
        if (line.Class == LineClass.Unknown) AddUnknown(line, input, number);
        else CountFormat(line.Format);
        if (line.Status is > 0 and < Statuses) statuses[line.Status]++;
        clients.Add(line.Client);
        paths.Add(line.Path);
        userAgents.Add(line.UserAgent);
        matchedCount = 0;
        matcher.Match(line, this);
        return true;
    }

    void IMatchSink.OnEvent(int rule)
    {
        ruleHits[rule]++;
        matched[matchedCount++] = rule;
    }

    void IMatchSink.OnMatch(int window, int rule, in LogLine line) => timelines.Add(window, rule, line, time);

    /// <summary>What was found.</summary>
    /// <param name="bytes">Bytes read.</param>
    public ScanReport ToReport(long bytes)
    {
        var alerts = timelines.FindAlerts();
        return new ScanReport
        {
            Lines = classes.Sum(),
            SkippedLines = skipped,
            Bytes = bytes,
            Classes = new ScanClasses(classes[(int)LineClass.Access], classes[(int)LineClass.Error], classes[(int)LineClass.Unknown]),
            Formats = new(formats.ToDictionary(format => format.Name, format => format.Lines), StringComparer.Ordinal),
            Statuses = new(Enumerable.Range(0, Statuses).Where(status => statuses[status] > 0).ToDictionary(status => status, status => statuses[status])),
            First = first <= last ? ScanReport.Time(first) : null,
            Last = first <= last ? ScanReport.Time(last) : null,
            Clients = Values(clients),
            Paths = Values(paths),
            UserAgents = Values(userAgents),
            Rules = [.. rules.Events.Zip(ruleHits, (rule, hits) => new ScanRule(rule.Id.Value, rule.Title, rule.Level, hits))
                .Where(rule => rule.Lines > 0).OrderByDescending(rule => rule.Lines).ThenBy(rule => rule.Rule, StringComparer.Ordinal)],
            Alerts = alerts,
            Dropped = timelines is { DroppedGroups: 0, DroppedMatches: 0 } ? null : new ScanDropped(timelines.DroppedGroups, timelines.DroppedMatches),
            UnknownSamples = unknownSamples,
            RuleErrors = [.. rules.Errors.Select(error => error.ToString())],
            InputErrors = [],
        };
    }

    // A line without a time goes with the one before it; where the time is not known at all, nobody can have asked for it.
    bool IsAskedFor() => isTimeKnown ? time >= since && time < until : since == long.MinValue && until == long.MaxValue;

    void CountFormat(string format)
    {
        // Nearly always that of the line before.
        if (currentFormat?.Name != format) currentFormat = FindFormat(format);
        currentFormat!.Lines++;
    }

    // Apart, since a method with a lambda that captures its parameter allocates at each call.
    FormatCount FindFormat(string format)
    {
        if (formats.Find(known => known.Name == format) is { } found) return found;
        formats.Add(new FormatCount(format));
        return formats[^1];
    }

    void AddUnknown(in LogLine line, string? input, long number)
    {
        if (unknownSamples.Count == ChunkSummary.MaxUnknownSamples) return;
        unknownSamples.Add(new ScanUnknown(number, ScanLineWriter.NameOf(line.Reason), DisplayText.From(line.Raw, ChunkLimits.MaxSampleBytes).ToString(), input));
    }

    static ScanValues Values(TopCounter counter) => new(
        counter.Error,
        [.. counter.Top(ScanLimits.TopValues).Select(counted => new ScanValue(System.Text.Encoding.UTF8.GetString(counted.Value), counted.Count))],
        counter.Error == 0 ? counter.Distinct : null);

    sealed class FormatCount(string name)
    {
        public string Name => name;
        public long Lines { get; set; }
    }
}
