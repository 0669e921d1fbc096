namespace LogMonitor.Core.Retention;

/// <summary>A place whose contents expire: a table, a container.</summary>
public interface IExpiring
{
    /// <summary>As users know it.</summary>
    string Name { get; }

    /// <summary>
    /// Deletes what is old, in small steps, and holds no more than a step in memory. May be left after any step, and done again: what was deleted is gone, and what is
    /// written meanwhile is never deleted.
    /// </summary>
    /// <param name="cutoffs">What is old.</param>
    /// <param name="from">Where to go on: the <see cref="ExpiryStep.At"/> of an earlier run's last step; null for the beginning.</param>
    /// <param name="cancellationToken">Ends it.</param>
    IAsyncEnumerable<ExpiryStep> ExpireAsync(Cutoffs cutoffs, string? from, CancellationToken cancellationToken);
}

/// <summary>A step of expiry.</summary>
/// <param name="Deleted">Rows, or blobs; 0 where only looking took time.</param>
/// <param name="At">Where the next run goes on when this was the last step; null where it begins anew: what is deleted is not in its way.</param>
public readonly record struct ExpiryStep(int Deleted, string? At = null);

/// <summary>Where a run of expiry has stopped.</summary>
/// <param name="Place">The <see cref="IExpiring.Name"/>.</param>
/// <param name="At">See <see cref="ExpiryStep.At"/>.</param>
public sealed record ExpiryPosition(string Place, string? At);

/// <summary>Remembers where expiry has stopped.</summary>
public interface IExpiryPositions
{
    /// <summary>Where the last run stopped; null when it came to the end.</summary>
    Task<ExpiryPosition?> FindAsync(CancellationToken cancellationToken);

    /// <summary>Writes it; null when a run came to the end.</summary>
    Task SaveAsync(ExpiryPosition? position, CancellationToken cancellationToken);
}
