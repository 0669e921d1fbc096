using Microsoft.Extensions.Logging;

namespace LogMonitor.Shipper;

/// <summary>What is wrong now. It is said once, until it changes, and once for all files that have it.</summary>
sealed class Troubles(ILogger logger)
{
    readonly Dictionary<string, string> bySubject = [];
    readonly HashSet<string> minor = [];

    public int Count => bySubject.Count;

    /// <summary>Each once, in the order of their texts. What is minor (a file that is not there yet) is said, but nothing to be alarmed about.</summary>
    public IReadOnlyList<(string Message, bool IsMinor)> All =>
        [.. bySubject.Select(trouble => (Message: trouble.Value, IsMinor: minor.Contains(trouble.Key))).Distinct().OrderBy(trouble => trouble.Message, StringComparer.Ordinal)];

    public string? Of(string subject) => bySubject.GetValueOrDefault(subject);

    /// <summary>What was wrong may not be asked about again: what still is comes back with the next look.</summary>
    public void Forget() => bySubject.Clear();

    public void Report(string subject, string message, bool isMinor = false)
    {
        if (isMinor) minor.Add(subject);
        else minor.Remove(subject);
        if (bySubject.TryGetValue(subject, out var known) && known == message) return;
        var isNew = !bySubject.ContainsValue(message);
        bySubject[subject] = message;
        if (isNew) logger.Trouble(message);
    }

    public void Clear(string subject)
    {
        if (bySubject.Remove(subject, out var message) && !bySubject.ContainsValue(message)) logger.Resolved(message);
    }
}
