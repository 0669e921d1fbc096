namespace LogMonitor.Core.Scanning;

/// <summary>What to scan and how.</summary>
public sealed record ScanOptions
{
    /// <summary>A format's name, a format string, or <c>auto</c>.</summary>
    public string Format { get; init; } = "auto";

    /// <summary>The zone of times that name none.</summary>
    public TimeZoneInfo Zone { get; init; } = TimeZoneInfo.Utc;

    /// <summary>Lines before are skipped; null for none.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Lines at this time and later are skipped; null for none.</summary>
    public DateTimeOffset? Until { get; init; }
}
