using Microsoft.Extensions.Configuration;
using NCrontab;

namespace LogMonitor.Functions;

/// <summary>When the timer functions run. A schedule that is none keeps its function from running, and nothing else.</summary>
public sealed class Schedules
{
    public const string Evaluate = "EvaluateSchedule", Reconcile = "ReconcileSchedule", Archive = "ArchiveSchedule", Expire = "ExpireSchedule";

    const string Form = "six fields (second, minute, hour, day, month, day of week), such as '*/15 * * * * *'";

    readonly Dictionary<string, CrontabSchedule> schedules = new(StringComparer.Ordinal);

    readonly Dictionary<string, string> problems = new(StringComparer.Ordinal);

    Schedules() { }

    /// <summary>The settings that hold them.</summary>
    public static IReadOnlyList<string> Settings { get; } = [Evaluate, Reconcile, Archive, Expire];

    /// <summary>By setting, why its function never runs.</summary>
    public IReadOnlyDictionary<string, string> Problems => problems;

    /// <exception cref="InvalidOperationException">A schedule is missing.</exception>
    public static Schedules Read(IConfiguration configuration)
    {
        var read = new Schedules();
        foreach (var setting in Settings)
        {
            var text = configuration[setting] ?? throw new InvalidOperationException($"The setting '{setting}' is missing: a schedule of {Form}.");
            if (CrontabSchedule.TryParse(text, new CrontabSchedule.ParseOptions { IncludingSeconds = true }) is { } schedule) read.schedules[setting] = schedule;
            else read.problems[setting] = $"The setting '{setting}' is '{text}', which is not a schedule: expected {Form}.";
        }
        return read;
    }

    /// <summary>The schedule that a setting holds; null where it holds none.</summary>
    public CrontabSchedule? Find(string setting) => schedules.GetValueOrDefault(setting);
}
