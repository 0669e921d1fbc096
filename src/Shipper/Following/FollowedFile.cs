using LogMonitor.Core.Chunks;
using LogMonitor.Shipper.Cutting;
using LogMonitor.Shipper.State;
using LogMonitor.Shipper.Upload;
using Microsoft.Win32.SafeHandles;

namespace LogMonitor.Shipper.Following;

/// <summary>An open file. Its descriptor is held, so that it can be read to its end when it has been renamed or deleted.</summary>
sealed class FollowedFile(FollowedPath source, string path, SafeFileHandle handle, FileStat stat, Backoff backoff, long now) : IDisposable
{
    // Something wrote to the file: what was shipped must be compared again.
    bool isUnverified = true;

    /// <summary>The entry of the options that found it.</summary>
    public FollowedPath Source { get; set; } = source;

    public string Path { get; set; } = path;

    /// <summary>The stream that a new generation gets.</summary>
    public string Stream => Source.Stream ?? StreamNames.Of(Path);

    public SafeFileHandle Handle => handle;

    public FileStat Stat { get; private set; } = stat;

    /// <summary>Its generation; null until the first line is there.</summary>
    public FileState? State { get; set; }

    public Backoff Backoff => backoff;

    /// <summary>No followed path leads to it any more.</summary>
    public bool IsDraining { get; set; }

    /// <summary>A timestamp of the last look that found it changed.</summary>
    public long ChangedAt { get; private set; } = now;

    /// <summary>Since when bytes wait to be cut.</summary>
    public FlushClock.Waiting? WaitingSince { get; set; }

    /// <summary>The size at which no line was complete: not read again until it changes.</summary>
    public long UnfinishedAt { get; set; } = -1;

    public long Offset => State?.Offset ?? 0;

    public long Pending => Stat.Size - Offset;

    public ChunkId? IntendedChunk => State?.Intent is { } intent && ChunkId.TryParse(intent.Chunk, out var id, out _) ? id : null;

    /// <summary>The largest size of this generation that was seen: what a truncation took away.</summary>
    public long LargestSize { get; private set; } = stat.Size;

    /// <summary>Takes note of a look at it.</summary>
    public void Observe(FileStat seen, long timestamp)
    {
        if (seen.Size != Stat.Size || seen.Modified != Stat.Modified)
        {
            ChangedAt = timestamp;
            isUnverified = true;
        }
        Stat = seen;
        // A file that has shrunk is a new one, or soon will be; see Follower.Restart.
        LargestSize = Math.Max(LargestSize, seen.Size);
    }

    /// <summary>The same file begins again as a new generation.</summary>
    public void Renew()
    {
        State = null;
        LargestSize = Stat.Size;
        UnfinishedAt = -1;
        WaitingSince = null;
        isUnverified = true;
    }

    /// <summary>Whether everything before the offset is as it was shipped, as far as the fingerprints tell, and the file has only grown.</summary>
    public bool IsUnchanged() =>
        State is not { } state
        || (LinuxFile.Stat(handle).Size >= Math.Max(LargestSize, IntendedChunk?.End ?? state.Offset) && state.Head.Matches(handle) && state.Tail.Matches(handle));

    /// <summary>Whether something wrote to it since the last call, and what was shipped is not there any more.</summary>
    public bool IsOverwritten()
    {
        if (!isUnverified) return false;
        isUnverified = false;
        return !IsUnchanged();
    }

    public void Dispose() => handle.Dispose();
}
