using LogMonitor.Core.Chunks;
using LogMonitor.Core.Parsing;
using LogMonitor.Core.Text;

namespace LogMonitor.Core.Detection;

/// <summary>
/// Takes a chunk's lines one by one and adds up what is stored about them: class totals, counts per minute of event time, and
/// the matches of rules per event hour. A line without event time counts at that of the line before it, or at the cut time.
/// </summary>
public sealed class ChunkCounter : IMatchSink
{
    /// <summary>How far event times may lie behind the cut time: time zones and wrong clocks. What claims to be from later, or from before 1970, has no usable time.</summary>
    static readonly TimeSpan maxAhead = TimeSpan.FromDays(2);

    readonly RuleSet rules;
    readonly EventHour cutHour;
    readonly long latest;
    readonly SortedDictionary<EventHour, HourOfChunk> hours = [];
    readonly int maxGroups;
    readonly int[] sampledGroups;
    readonly long[] ruleHits;
    readonly SortedDictionary<int, long> statuses = [];
    readonly List<UnknownSample> unknownSamples = [];
    readonly LineMatcher matcher;
    MatchKeys keys;
    int groups;
    long access, error, unknown, droppedMatches;
    long time, first = long.MaxValue, last = long.MinValue;
    HourOfChunk current;

    /// <param name="rules">What to match each line against.</param>
    /// <param name="cutTime">When the chunk was cut: the time of lines before the first that has one.</param>
    /// <param name="maxGroups">The groups kept; see <see cref="ChunkLimits.MaxGroups"/>.</param>
    public ChunkCounter(RuleSet rules, DateTimeOffset cutTime, int maxGroups = ChunkLimits.MaxGroups)
    {
        this.maxGroups = maxGroups;
        this.rules = rules;
        matcher = new LineMatcher(rules);
        keys = new MatchKeys(rules);
        sampledGroups = new int[rules.Windows.Count];
        ruleHits = new long[rules.Events.Count];
        time = cutTime.ToUnixTimeMilliseconds();
        cutHour = EventHour.Of(cutTime);
        latest = time + (long)maxAhead.TotalMilliseconds;
        current = new HourOfChunk();
        MoveTo(time);
    }

    /// <summary>Lines so far.</summary>
    public long Lines => access + error + unknown;

    /// <summary>The event hours that lines fell into, with their counts and matches.</summary>
    public IEnumerable<KeyValuePair<EventHour, HourOfChunk>> Hours => hours.Where(hour => !hour.Value.IsEmpty);

    /// <summary>The totals.</summary>
    public ChunkSummary Summary => new()
    {
        Lines = Lines,
        Access = access,
        Error = error,
        Unknown = unknown,
        Statuses = statuses,
        Rules = new(rules.Events.Zip(ruleHits).Where(hits => hits.Second > 0).ToDictionary(hits => hits.First.Id.Value, hits => hits.Second), StringComparer.Ordinal),
        FirstEvent = first <= last ? DateTimeOffset.FromUnixTimeMilliseconds(first) : null,
        LastEvent = first <= last ? DateTimeOffset.FromUnixTimeMilliseconds(last) : null,
        MatchHours = [.. hours.Where(hour => hour.Value.Matches.Count > 0).Select(hour => hour.Key)],
        DroppedMatches = droppedMatches,
        UnknownSamples = unknownSamples,
    };

    /// <summary>Counts and matches one line.</summary>
    public void Add(in LogLine line)
    {
        if (line.Time >= 0 && line.Time <= latest)
        {
            if (line.Time != time) MoveTo(line.Time);
            first = Math.Min(first, line.Time);
            last = Math.Max(last, line.Time);
        }
        switch (line.Class)
        {
            case LineClass.Access: access++; break;
            case LineClass.Error: error++; break;
            default: unknown++; break;
        }
        if (line.Status > 0) statuses[line.Status] = statuses.GetValueOrDefault(line.Status) + 1;
        if (line.Class == LineClass.Unknown && unknownSamples.Count < ChunkSummary.MaxUnknownSamples)
            unknownSamples.Add(new UnknownSample(Lines, line.Reason, DisplayText.From(line.Raw, ChunkLimits.MaxSampleBytes).ToString()));
        current.Minute(time).Add(line);
        matcher.Match(line, this);
    }

    void IMatchSink.OnEvent(int rule) => ruleHits[rule]++;

    void IMatchSink.OnMatch(int window, int rule, in LogLine line)
    {
        if (!rules.Values.TryGet(window, rule, line, out var value)) return;
        var key = keys[keys.Find(window, rule, line)];
        if (!current.Matches.TryGetValue(key, out var matches))
        {
            if (++groups > maxGroups) DropSmallGroups();
            current.Matches.Add(key, matches = new MatchGroup(key, rules.ShapeOf(window)));
            sampledGroups[window]++;
        }
        matches.Add(time, value: value);
        if (matches.WantsSample(time) && sampledGroups[window] <= ChunkLimits.MaxGroupsWithSamples)
            matches.Add(new MatchSample(time, Lines, DisplayText.From(line.Raw, ChunkLimits.MaxSampleBytes).ToString()));
    }

    // Ordered to the last, so that a chunk that is ingested twice gives the same.
    void DropSmallGroups()
    {
        var smallest = hours.SelectMany(hour => hour.Value.Matches.Values.Select(group => (Hour: hour, Group: group)))
            .OrderBy(found => found.Group.Count).ThenBy(found => found.Hour.Key)
            .ThenBy(found => found.Group.Key.Rule.Value, StringComparer.Ordinal).ThenBy(found => string.Join('\0', found.Group.Key.Group), StringComparer.Ordinal)
            .Take(groups - maxGroups / 2).ToList();
        foreach (var (hour, group) in smallest)
        {
            hour.Value.Matches.Remove(group.Key);
            droppedMatches += group.Count;
        }
        groups -= smallest.Count;
        // It knows all groups that ever came; those that are kept are found again by their next line.
        keys = new MatchKeys(rules);
    }

    void MoveTo(long newTime)
    {
        var hour = EventHour.Of(newTime);
        if (!hours.TryGetValue(hour, out var found))
        {
            // Beyond the limit, everything goes to the cut time's hour: counted, only not at its own time.
            if (hours.Count >= ChunkLimits.MaxEventHours && hour != cutHour)
            {
                current = hours[cutHour];
                time = cutHour.Start;
                return;
            }
            hours.Add(hour, found = new HourOfChunk());
        }
        current = found;
        time = newTime;
    }
}

/// <summary>What one chunk has in one event hour.</summary>
public sealed class HourOfChunk
{
    readonly MinuteCounts?[] minutes = new MinuteCounts?[60];

    internal Dictionary<MatchKey, MatchGroup> Matches { get; } = [];

    /// <summary>Whether no line fell into it.</summary>
    public bool IsEmpty => Array.TrueForAll(minutes, minute => minute is null);

    /// <summary>Minute of the hour (0 to 59) → counts; only those with lines.</summary>
    public SortedDictionary<int, MinuteCounts> Minutes
    {
        get
        {
            var counted = new SortedDictionary<int, MinuteCounts>();
            for (var i = 0; i < minutes.Length; i++) if (minutes[i] is { } counts) counted.Add(i, counts);
            return counted;
        }
    }

    /// <summary>The matches of window rules, in the order of rule and group, so that they always pack to the same bytes.</summary>
    public IReadOnlyList<MatchGroup> MatchGroups =>
        [.. Matches.Values.OrderBy(group => group.Key.Rule.Value, StringComparer.Ordinal).ThenBy(group => string.Join('\0', group.Key.Group), StringComparer.Ordinal)];

    internal MinuteCounts Minute(long unixMilliseconds)
    {
        var minute = (int)((unixMilliseconds - EventHour.Of(unixMilliseconds).Start) / 60_000);
        return minutes[minute] ??= new MinuteCounts();
    }
}
