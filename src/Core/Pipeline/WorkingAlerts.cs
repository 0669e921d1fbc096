using LogMonitor.Core.Alerting;
using LogMonitor.Core.Chunks;

namespace LogMonitor.Core.Pipeline;

/// <summary>The alerts that an evaluation works on: each fingerprint read once, changes kept until the end.</summary>
sealed class WorkingAlerts(IAlertStore store, EventHour earliest)
{
    readonly Dictionary<Fingerprint, Dictionary<string, Alert>> byFingerprint = [];
    readonly Dictionary<string, Alert> changed = [];

    /// <summary>What is to be saved.</summary>
    public IEnumerable<Alert> Changed => changed.Values;

    /// <summary>The alerts whose incidents touch a stretch of event time; without merged ones.</summary>
    public async Task<IReadOnlyList<Alert>> WithinAsync(Fingerprint fingerprint, long first, long last, CancellationToken cancellationToken)
    {
        if (!byFingerprint.TryGetValue(fingerprint, out var known))
        {
            known = [];
            await foreach (var alert in store.FindAsync(fingerprint, cancellationToken).ConfigureAwait(false))
            {
                // The latest come first, and incidents don't overlap: behind the first that is too old all are.
                if (alert.Last + alert.Quiet < DateTimeOffset.FromUnixTimeMilliseconds(earliest.Start)) break;
                known.Add(alert.Id, alert);
            }
            byFingerprint.Add(fingerprint, known);
        }
        return [.. known.Values.Where(alert => alert.State != AlertState.Merged && alert.Interval.First <= last && alert.Interval.Last >= first)];
    }

    public void Set(IEnumerable<Alert> alerts)
    {
        foreach (var alert in alerts) byFingerprint[alert.Fingerprint][alert.Id] = changed[alert.Id] = alert;
    }
}
