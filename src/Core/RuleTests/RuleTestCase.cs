using LogMonitor.Core.Detection;

namespace LogMonitor.Core.RuleTests;

/// <summary>A case of a test file that stands beside a rule file: a name, a log, and what the file's rules must make of it.</summary>
public sealed record RuleTestCase
{
    /// <summary>The test file.</summary>
    public required string File { get; init; }

    /// <summary>The line of the file at which it begins, from 1.</summary>
    public required long Line { get; init; }

    /// <summary>What it is about.</summary>
    public required string Name { get; init; }

    /// <summary>The log.</summary>
    public required byte[] Log { get; init; }

    /// <summary>The log's format; <c>auto</c> unless given.</summary>
    public string Format { get; init; } = "auto";

    /// <summary>The zone of times that name none; UTC unless given.</summary>
    public TimeZoneInfo Zone { get; init; } = TimeZoneInfo.Utc;

    /// <summary>When the log was last written, which tells the year where its format leaves it out; the end of 2026 unless given.</summary>
    public DateTimeOffset Reference { get; init; } = EndOf2026;

    /// <summary>Rule about lines → how many lines it matches.</summary>
    public IReadOnlyList<(RuleId Rule, long Lines)> Lines { get; init; } = [];

    /// <summary>Exactly these alerts come of the rule file.</summary>
    public required IReadOnlyList<ExpectedAlert> Alerts { get; init; }

    internal static readonly DateTimeOffset EndOf2026 = new(2026, 12, 31, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The rule file: the test file's name without <c>.test</c>.</summary>
    public string RuleFile => RuleTestReader.RuleFileOf(File);
}

/// <summary>An alert that is expected; what is null is not compared.</summary>
/// <param name="Rule">Whose.</param>
/// <param name="Group">Fields of the group that must have these values; others may have any.</param>
/// <param name="Count">Matches.</param>
/// <param name="First">Event time of the first match.</param>
/// <param name="Last">Event time of the last match that reached the threshold.</param>
public sealed record ExpectedAlert(RuleId Rule, IReadOnlyDictionary<string, string> Group, long? Count, DateTimeOffset? First, DateTimeOffset? Last);
