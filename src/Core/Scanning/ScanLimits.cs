namespace LogMonitor.Core.Scanning;

/// <summary>The limits that keep a scan's memory bounded however long the files (invariant I5), each with what happens beyond it. See also <see cref="TopCounter"/>.</summary>
static class ScanLimits
{
    /// <summary>Groups of window rules, 10,000. With more, the half with the fewest matches is dropped; the report says how many.</summary>
    public const int MaxGroups = 10_000;

    /// <summary>Instants of matches that are kept to find windows in, 150,000 (2.4 MB). With more, first the groups with the fewest matches are dropped, then the earliest instants; the report says how many.</summary>
    public const int MaxPoints = 150_000;

    /// <summary>Values shown in each list of the most frequent ones.</summary>
    public const int TopValues = 10;

    /// <summary>Bytes read at once, 256 KiB: as much as stays in a processor's cache until it is parsed.</summary>
    public const int BufferBytes = 256 << 10;
}
