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

    /// <summary>The alerts of a fingerprint; without merged ones.</summary>
    /// <param name="fingerprint">Whose.</param>
    /// <param name="moves">Whether late matches can move alerts, so that they don't lie in the order in which they were opened.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<IReadOnlyList<Alert>> FindAsync(Fingerprint fingerprint, bool moves, CancellationToken cancellationToken)
    {
        if (!byFingerprint.TryGetValue(fingerprint, out var known))
        {
            known = [];
            var oldest = DateTimeOffset.FromUnixTimeMilliseconds((moves ? earliest + -Alert.MaxHours : earliest).Start);
            await foreach (var alert in store.FindAsync(fingerprint, cancellationToken).ConfigureAwait(false))
            {
                // The latest come first, and incidents don't overlap: behind the first that is too old all are.
                if (alert.Last + alert.Quiet < oldest) break;
                known.Add(alert.Id, alert);
            }
            byFingerprint.Add(fingerprint, known);
        }
        return [.. known.Values.Where(alert => alert.State != AlertState.Merged)];
    }

    public void Set(IEnumerable<Alert> alerts)
    {
        foreach (var alert in alerts) byFingerprint[alert.Fingerprint][alert.Id] = changed[alert.Id] = alert;
    }
}
