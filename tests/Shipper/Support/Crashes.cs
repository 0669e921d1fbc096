using LogMonitor.Core.Chunks;
using LogMonitor.Shipper.State;
using LogMonitor.Shipper.Upload;

namespace LogMonitor.Shipper.Tests.Support;

/// <summary>The process ends here, as by kill -9: nothing in the shipper catches it.</summary>
sealed class CrashException : Exception;

/// <summary>Counts the steps of all puts, and crashes at one of them.</summary>
sealed class CrashPlan
{
    int step;

    /// <summary>The step at which to crash, counted from now; null for none.</summary>
    public int? In { get; set => (field, step) = (value, 0); }

    public void Step()
    {
        if (In is { } at && step++ == at)
        {
            In = null;
            throw new CrashException();
        }
    }
}

sealed class CrashingSink(IChunkSink inner, CrashPlan plan) : IChunkSink
{
    public async Task<PutResult> PutAsync(ChunkId id, ChunkMetadata metadata, Stream compressed, CancellationToken cancellationToken)
    {
        plan.Step();
        var result = await inner.PutAsync(id, metadata, compressed, cancellationToken);
        plan.Step();
        return result;
    }

    public Task<PutResult> BeatAsync(string host, DateTimeOffset now, CancellationToken cancellationToken) => inner.BeatAsync(host, now, cancellationToken);
}

sealed class CrashingPositions(IPositions inner, CrashPlan plan, Func<FileState, Exception?> fault) : IPositions
{
    public IReadOnlyCollection<FileState> All => inner.All;

    public void Save(FileState state)
    {
        plan.Step();
        if (fault(state) is { } failure) throw failure;
        inner.Save(state);
        plan.Step();
    }
}
