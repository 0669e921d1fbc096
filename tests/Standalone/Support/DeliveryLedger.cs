using System.Collections.Concurrent;
using LogMonitor.Core.Pipeline;

namespace LogMonitor.Standalone.Tests.Support;

/// <summary>A ledger that tells which hosts' chunks were delivered, and fails for some of them. It remembers none.</summary>
sealed class DeliveryLedger : IChunkLedger
{
    /// <summary>Host → deliveries that still fail.</summary>
    public ConcurrentDictionary<string, int> Failures { get; } = new();

    /// <summary>The host of each delivery, failed or not, in order.</summary>
    public ConcurrentQueue<string> Delivered { get; } = new();

    /// <summary>The ingestor's first question about each chunk.</summary>
    public Task<LedgerEntry?> FindAsync(string host, string key, CancellationToken cancellationToken)
    {
        Delivered.Enqueue(host);
        if (Failures.TryGetValue(host, out var left) && left > 0)
        {
            Failures[host] = left - 1;
            throw new IOException("the table is away");
        }
        return Task.FromResult<LedgerEntry?>(null);
    }

    public Task<bool> CommitAsync(LedgerEntry entry, CancellationToken cancellationToken) => Task.FromResult(true);

    public Task MarkArchivedAsync(LedgerEntry entry, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<IReadOnlyList<InboxEntry>> ReadInboxAsync(int max, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<InboxEntry>>([]);

    public Task<IReadOnlyList<InboxEntry>> ClaimAsync(IReadOnlyList<InboxEntry> entries, string run, CancellationToken cancellationToken) => Task.FromResult(entries);

    public Task<SweepState?> FindSweepAsync(CancellationToken cancellationToken) => Task.FromResult<SweepState?>(null);

    public Task SaveSweepAsync(SweepState sweep, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task ClearAsync(IReadOnlyList<InboxEntry> entries, CancellationToken cancellationToken) => Task.CompletedTask;
}
