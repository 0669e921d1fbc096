using Microsoft.Extensions.Logging;

namespace LogMonitor.Core.Retention;

/// <summary>Deletes what is older than it is kept, one place after the other. What it does not get to in its time, the next run begins with.</summary>
/// <remarks>It may stop or crash anywhere, and run beside anything: nothing that it deletes is needed by what runs (see <see cref="RetentionOptions"/>).</remarks>
public sealed partial class Expirer(IEnumerable<IExpiring> places, IExpiryPositions positions, RetentionOptions options, TimeProvider time, ILogger<Expirer> logger)
{
    /// <summary>Half of what a function may take (host.json): the last step ends well before that.</summary>
    static readonly TimeSpan limit = TimeSpan.FromMinutes(5);

    readonly List<IExpiring> places = [.. places];

    /// <summary>Goes through all places, once at most.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var (began, cutoffs) = (time.GetTimestamp(), options.At(time.GetUtcNow()));
        var left = await positions.FindAsync(cancellationToken).ConfigureAwait(false);
        var first = Math.Max(0, places.FindIndex(place => place.Name == left?.Place));
        for (var number = 0; number < places.Count; number++)
        {
            var place = places[(first + number) % places.Count];
            var stopped = await ExpireAsync(place, cutoffs, place.Name == left?.Place && number == 0 ? left.At : null, began, cancellationToken).ConfigureAwait(false);
            if (stopped is null) continue;
            await positions.SaveAsync(stopped, cancellationToken).ConfigureAwait(false);
            LogStopped(place.Name);
            return;
        }
        if (left is not null) await positions.SaveAsync(null, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Expires one place; where it has stopped when the time was up.</summary>
    async Task<ExpiryPosition?> ExpireAsync(IExpiring place, Cutoffs cutoffs, string? from, long began, CancellationToken cancellationToken)
    {
        var deleted = 0L;
        try
        {
            await foreach (var step in place.ExpireAsync(cutoffs, from, cancellationToken).ConfigureAwait(false))
            {
                deleted += step.Deleted;
                if (time.GetElapsedTime(began) >= limit) return new ExpiryPosition(place.Name, step.At);
            }
            return null;
        }
#pragma warning disable CA1031 // one table's trouble must not keep the others from being cleared, each night anew
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            LogFailed(place.Name, e.Message, e);
            return null;
        }
        finally
        {
            if (deleted > 0) LogExpired(deleted, place.Name);
        }
    }

    [LoggerMessage(LogLevel.Information, "Deleted {Count} of {Place} that were older than they are kept")]
    partial void LogExpired(long count, string place);

    [LoggerMessage(LogLevel.Information, "The time of this run was up at {Place}; the next goes on there")]
    partial void LogStopped(string place);

    [LoggerMessage(LogLevel.Error, "What is old in {Place} could not be deleted: {Problem} It stays, and the next run tries again")]
    partial void LogFailed(string place, string problem, Exception exception);
}
