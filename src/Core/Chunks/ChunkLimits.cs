namespace LogMonitor.Core.Chunks;

/// <summary>The limits that keep memory bounded whatever is uploaded (invariant I5), each with what happens beyond it.</summary>
public static class ChunkLimits
{
    /// <summary>Raw bytes of a chunk, 128 MiB. A larger one (a decompression bomb, say) is quarantined, and never decompressed further.</summary>
    public const long MaxRawBytes = 128L << 20;

    /// <summary>Bytes of a line that are parsed and matched, 64 KiB. The rest of a longer line is skipped; the line counts as one, class unknown.</summary>
    public const int MaxParsedLineBytes = 64 << 10;

    /// <summary>Distinct event hours in a chunk, about 83 days. Lines of further hours are counted under the chunk's cut time.</summary>
    public const int MaxEventHours = 2_000;

    /// <summary>Groups of window rules in the event hours of a chunk, 50,000 together. With more, the half with the fewest matches is dropped; the report says how many matches.</summary>
    public const int MaxGroups = 50_000;

    /// <summary>Bytes of a line that are kept as a sample for notifications, 300.</summary>
    public const int MaxSampleBytes = 300;

    /// <summary>Sample lines kept for one rule and group in a minute of event time: an incident has some wherever it begins.</summary>
    public const int MaxSamplesPerMinute = 3;

    /// <summary>Sample lines kept for one rule and group in an hour of event time, of one chunk.</summary>
    public const int MaxSamplesPerGroup = 30;

    /// <summary>Groups of a rule in one chunk that keep sample lines; further groups are counted without.</summary>
    public const int MaxGroupsWithSamples = 200;
}
