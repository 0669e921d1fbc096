using LogMonitor.Core.Chunks;
using LogMonitor.Shipper.Cutting;
using LogMonitor.Shipper.State;
using LogMonitor.Shipper.Upload;

namespace LogMonitor.Shipper.Following;

/// <summary>An open log file, and how far it is shipped.</summary>
/// <param name="stream">The stream, where it is not named after the path: of a rotated file.</param>
sealed class FollowedFile(FollowedPath source, string path, string? stream, LogContent content, FileStat stat, Backoff backoff, long now) : IDisposable
{
    // Something wrote to the file: what was shipped, and what was seen, must be compared again.
    bool isUnverified = true;
    Fingerprint seen = SeenOf(content, stat.Size);

    /// <summary>The last bytes of it that were seen.</summary>
    public Fingerprint Seen => content.CanChange ? seen : State?.Seen ?? seen;

    /// <summary>The entry of the options that found it.</summary>
    public FollowedPath Source { get; private set; } = source;

    public string Path { get; private set; } = path;

    /// <summary>Its directory, and that of the file which a link leads to.</summary>
    public IReadOnlyList<string> Directories { get; } = DirectoriesOf(path);

    /// <summary>The stream that a new generation gets.</summary>
    public string Stream => stream ?? Source.Stream ?? StreamNames.Of(Path);

    public LogContent Content => content;

    public FileStat Stat { get; private set; } = stat;

    /// <summary>Its generation; null until the first line is there.</summary>
    public FileState? State { get; set; }

    /// <summary>What is saved of its position names another path or entry.</summary>
    public bool IsMoved { get; set; }

    /// <summary>The subject of the trouble with its upload: it comes and goes separately from the file's own (not there, not readable).</summary>
    public string Uploading { get; } = $"uploading {stat.Identity.Device}:{stat.Identity.Inode}";

    public Backoff Backoff => backoff;

    /// <summary>Whether a server may still write to it: one that has not reopened its log does, when a long request ends.</summary>
    public bool CanGrow => content.CanChange && !Stat.IsDeleted;

    /// <summary>No followed path leads to it any more.</summary>
    public bool IsDraining { get; set; }

    /// <summary>It was rotated: from now on it is watched until it has been quiet for long enough.</summary>
    public void Drain(long timestamp) => (IsDraining, ChangedAt) = (true, timestamp);

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

    /// <summary>A followed path leads to it, perhaps another than before.</summary>
    public void FoundAt(FollowedPath entry, string at)
    {
        (Source, Path) = (entry, at);
        if (State is not { } state || (state.Path == at && state.Pattern == entry.Path)) return;
        State = state with { Pattern = entry.Path, Path = at };
        IsMoved = true;
    }

    /// <summary>Takes note of a look at it.</summary>
    public void Observe(FileStat now, long timestamp)
    {
        if (now.Size != Stat.Size || now.Modified != Stat.Modified)
        {
            ChangedAt = timestamp;
            isUnverified = true;
        }
        Stat = now;
        // A file that has shrunk is a new one, or soon will be; see Follower.Restart.
        LargestSize = Math.Max(LargestSize, now.Size);
    }

    /// <summary>The same file begins again as a new generation.</summary>
    public void Renew()
    {
        State = null;
        IsMoved = false;
        // Not as the last look saw it: that may have been before the truncation.
        Stat = content.Stat();
        LargestSize = Stat.Size;
        seen = SeenOf(content, Stat.Size);
        UnfinishedAt = -1;
        WaitingSince = null;
        isUnverified = true;
    }

    /// <summary>Whether everything before the offset is as it was shipped, and what was seen is as it was seen, as far as the fingerprints tell, and the file has only grown.</summary>
    public bool IsUnchanged() =>
        !content.CanChange || State is not { } state
        || (content.Stat().Size >= Math.Max(LargestSize, IntendedChunk?.End ?? state.Offset) && state.Head.Matches(content) && state.Tail.Matches(content) && Seen.Matches(content));

    /// <summary>Whether something wrote to it since the last call, and what was shipped is not there any more.</summary>
    public bool IsOverwritten()
    {
        if (!isUnverified) return false;
        isUnverified = false;
        if (!IsUnchanged()) return true;
        seen = SeenOf(content, Stat.Size);
        return false;
    }

    // What can't change needs no comparison, and would be unpacked for it.
    static Fingerprint SeenOf(LogContent content, long size) => content.CanChange ? Fingerprint.Before(content, size) : Fingerprint.Of(0, []);

    static List<string> DirectoriesOf(string path)
    {
        List<string> directories = [System.IO.Path.GetDirectoryName(path)!];
        try
        {
            if (File.ResolveLinkTarget(path, returnFinalTarget: true) is { } target) directories.Add(System.IO.Path.GetDirectoryName(target.FullName)!);
        }
        catch (IOException)
        {
            // Gone meanwhile.
        }
        return directories;
    }

    public void Dispose() => content.Dispose();
}
