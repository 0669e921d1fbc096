using LogMonitor.Core.Parsing;

namespace LogMonitor.Core.Chunks;

/// <summary>What ingesting a chunk found, in a few numbers. Part of the ledger; <c>Lines = Access + Error + Unknown</c> (invariant I4).</summary>
public sealed record ChunkSummary
{
    public long Lines { get; init; }
    public long Access { get; init; }
    public long Error { get; init; }
    public long Unknown { get; init; }

    /// <summary>The format that its lines have, or the last of them where they have several: <c>combined</c>, say. The configured one where no line fits any.</summary>
    public string Format { get; init; } = "auto";

    /// <summary>HTTP status → lines.</summary>
    public SortedDictionary<int, long> Statuses { get; init; } = [];

    /// <summary>Event rule id → matching lines.</summary>
    public SortedDictionary<string, long> Rules { get; init; } = new(StringComparer.Ordinal);

    /// <summary>The earliest event time; null where no line has one.</summary>
    public DateTimeOffset? FirstEvent { get; init; }

    /// <summary>The latest event time; null where no line has one.</summary>
    public DateTimeOffset? LastEvent { get; init; }

    /// <summary>The event hours in which window rules matched: what the evaluator must look at.</summary>
    public IReadOnlyList<EventHour> MatchHours { get; init; } = [];

    /// <summary>Matches of window rules that were dropped, with the smallest groups; see <see cref="ChunkLimits.MaxGroups"/>.</summary>
    public long DroppedMatches { get; init; }

    /// <summary>The first lines that no format fits, at most <see cref="MaxUnknownSamples"/>: shown in the report with why.</summary>
    public IReadOnlyList<UnknownSample> UnknownSamples { get; init; } = [];

    /// <summary>3.</summary>
    public const int MaxUnknownSamples = 3;
}

/// <summary>A line that did not parse, in its display form.</summary>
/// <param name="Line">Its number in the chunk, from 1.</param>
/// <param name="Reason">Why it did not parse.</param>
/// <param name="Text">Its beginning, as a <see cref="Text.DisplayText"/> gives it.</param>
public sealed record UnknownSample(long Line, UnknownReason Reason, string Text);

/// <summary>One hour of event time, UTC: hours since 1970-01-01T00:00Z. Partitions counts and matches.</summary>
public readonly record struct EventHour(long Value) : IComparable<EventHour>
{
    const long MillisecondsPerHour = 3_600_000;

    /// <summary>The hour that holds a time given in milliseconds since 1970.</summary>
    public static EventHour Of(long unixMilliseconds) => new(Math.DivRem(unixMilliseconds, MillisecondsPerHour) is var (hour, rest) && rest < 0 ? hour - 1 : hour);

    /// <inheritdoc cref="Of(long)"/>
    public static EventHour Of(DateTimeOffset time) => Of(time.ToUnixTimeMilliseconds());

    /// <summary>Its first millisecond since 1970.</summary>
    public long Start => Value * MillisecondsPerHour;

    /// <summary>As part of a table key: <c>2026110123</c>.</summary>
    public string Key => DateTimeOffset.FromUnixTimeMilliseconds(Start).ToString("yyyyMMddHH", System.Globalization.CultureInfo.InvariantCulture);

    public int CompareTo(EventHour other) => Value.CompareTo(other.Value);

    public static bool operator <(EventHour left, EventHour right) => left.Value < right.Value;
    public static bool operator >(EventHour left, EventHour right) => left.Value > right.Value;
    public static bool operator <=(EventHour left, EventHour right) => left.Value <= right.Value;
    public static bool operator >=(EventHour left, EventHour right) => left.Value >= right.Value;
    public static EventHour operator +(EventHour hour, long hours) => new(hour.Value + hours);
}
