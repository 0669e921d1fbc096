namespace LogMonitor.Shipper.Health;

/// <summary>
/// Since when the oldest byte of a file that is not stored is known to be there. A few marks (at this time the file had this size)
/// are enough: where there are too many, two become one with the earlier time, so that a lag is never shown shorter than it is.
/// </summary>
sealed class Lag
{
    const int MaxMarks = 32;

    readonly List<(long Size, long Timestamp)> marks = [];

    /// <param name="offset">Everything before it is stored.</param>
    /// <param name="size">What can be stored.</param>
    public void Observe(long offset, long size, long timestamp)
    {
        // Truncated: what the marks counted is gone.
        if (marks is [.., var last] && last.Size > size) marks.Clear();
        marks.RemoveAll(mark => mark.Size <= offset);
        var known = marks is [.., var newest] ? newest.Size : offset;
        if (size <= known) return;
        marks.Add((size, timestamp));
        if (marks.Count <= MaxMarks) return;
        for (var i = 0; i + 1 < marks.Count; i++)
        {
            marks[i] = (marks[i + 1].Size, marks[i].Timestamp);
            marks.RemoveAt(i + 1);
        }
    }

    /// <summary>A timestamp of the first look that found it; null when everything is stored.</summary>
    public long? Since => marks is [var oldest, ..] ? oldest.Timestamp : null;
}
