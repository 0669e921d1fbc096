using LogMonitor.Core.Parsing;

namespace LogMonitor.Core.Chunks;

/// <summary>Lines of one minute of event time, of one chunk. Sums are taken on reading, so that no row is ever added to twice.</summary>
public sealed record MinuteCounts
{
    public long Access { get; set; }
    public long Error { get; set; }
    public long Unknown { get; set; }

    /// <summary>HTTP status → lines.</summary>
    public SortedDictionary<int, long> Statuses { get; init; } = [];

    /// <summary>Adds one line.</summary>
    public void Add(in LogLine line)
    {
        switch (line.Class)
        {
            case LineClass.Access: Access++; break;
            case LineClass.Error: Error++; break;
            default: Unknown++; break;
        }
        if (line.Status > 0) Statuses[line.Status] = Statuses.GetValueOrDefault(line.Status) + 1;
    }

    /// <summary>Adds another chunk's counts of the same minute.</summary>
    public void Add(MinuteCounts other)
    {
        Access += other.Access;
        Error += other.Error;
        Unknown += other.Unknown;
        foreach (var (status, lines) in other.Statuses) Statuses[status] = Statuses.GetValueOrDefault(status) + lines;
    }
}
