using LogMonitor.Core.Alerting;
using LogMonitor.Core.Chunks;

namespace LogMonitor.Core.Pipeline;

/// <summary>The alerts that an evaluation works on: each fingerprint read once, changes kept until the end.</summary>
sealed class WorkingAlerts(IAlertStore store, EventHour earliest)
{
    /// <summary>Requests at a time: a flood from thousands of clients brings as many alerts.</summary>
    const int RequestsAtOnce = 16;

    readonly Dictionary<Fingerprint, Dictionary<string, Alert>> byFingerprint = [];
    readonly Dictionary<string, Alert> changed = [];

    /// <summary>Reads the alerts of fingerprints.</summary>
    /// <param name="fingerprints">Whose.</param>
    /// <param name="moves">Whether late matches can move alerts, so that they don't lie in the order in which they were opened.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task ReadAsync(IEnumerable<Fingerprint> fingerprints, bool moves, CancellationToken cancellationToken)
    {
        var oldest = DateTimeOffset.FromUnixTimeMilliseconds((moves ? earliest + -Alert.MaxHours : earliest).Start);
        foreach (var some in fingerprints.Where(fingerprint => !byFingerprint.ContainsKey(fingerprint)).Distinct().Chunk(RequestsAtOnce))
        {
            var found = await Task.WhenAll(some.Select(fingerprint => ReadAsync(fingerprint, oldest, cancellationToken))).ConfigureAwait(false);
            foreach (var (fingerprint, known) in some.Zip(found)) byFingerprint.Add(fingerprint, known);
        }
    }

    /// <summary>The alerts of a fingerprint that was read; without merged ones.</summary>
    public IReadOnlyList<Alert> Of(Fingerprint fingerprint) => [.. byFingerprint[fingerprint].Values.Where(alert => alert.State != AlertState.Merged)];

    /// <summary>Changes alerts of fingerprints that were read.</summary>
    public void Set(IEnumerable<Alert> alerts)
    {
        foreach (var alert in alerts) byFingerprint[alert.Fingerprint][alert.Id] = changed[alert.Id] = alert;
    }

    /// <summary>Writes what was changed, and returns it.</summary>
    public async Task<IReadOnlyCollection<Alert>> SaveAsync(CancellationToken cancellationToken)
    {
        foreach (var some in changed.Values.Chunk(RequestsAtOnce))
            await Task.WhenAll(some.Select(alert => store.SaveAsync(alert, cancellationToken))).ConfigureAwait(false);
        return changed.Values;
    }

    async Task<Dictionary<string, Alert>> ReadAsync(Fingerprint fingerprint, DateTimeOffset oldest, CancellationToken cancellationToken)
    {
        Dictionary<string, Alert> known = [];
        await foreach (var alert in store.FindAsync(fingerprint, cancellationToken).ConfigureAwait(false))
        {
            // The latest come first, and incidents don't overlap: behind the first that is too old all are.
            if (alert.Last + alert.Quiet < oldest) break;
            known.Add(alert.Id, alert);
        }
        return known;
    }
}
