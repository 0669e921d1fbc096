using Microsoft.Extensions.Logging;

namespace LogMonitor.Shipper;

/// <summary>What is wrong now. It is said once, until it changes, and once for all files that have it.</summary>
sealed class Troubles(ILogger logger)
{
    readonly Dictionary<string, string> bySubject = [];

    public int Count => bySubject.Count;

    public void Report(string subject, string message)
    {
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
