using LogMonitor.Core.Chunks;
using LogMonitor.Shipper.State;
using LogMonitor.Shipper.Upload;
using Microsoft.Extensions.Logging;

namespace LogMonitor.Shipper.Following;

/// <summary>Knows which files there are, and which life of which file each is: new, resumed, rotated, truncated or copied.</summary>
sealed class Follower(ShipperOptions options, IPositions positions, TimeProvider time, Random random, Troubles troubles, ILogger logger) : IDisposable
{
    readonly Dictionary<(ulong Device, ulong Inode), FollowedFile> files = [];
    readonly HashSet<string> everSeen = [];
    List<string> refused = [];
    // What follows a generation of what was rotated while nobody looked. Kept until it was looked for: the disk may be full just then.
    readonly List<(FileState State, long Since)> missed = [];
    List<Orphan>? orphans;
    bool isReconfigured;

    /// <summary>The open files, in a stable order.</summary>
    public IReadOnlyList<FollowedFile> Files => [.. files.Values];

    /// <summary>What was there, was not shipped and is no longer there, in bytes; each loss was reported.</summary>
    public long LostBytes { get; private set; }

    /// <summary>What deleted files that are not shipped yet take of the disk, in bytes.</summary>
    public long HeldBytes { get; private set; }

    /// <summary>Where something happens when there is something to do.</summary>
    public IEnumerable<string> Directories =>
        options.Files.Select(source => GlobPattern.BaseDirectory(source.Path)).Concat(files.Values.SelectMany(file => file.Directories)).Distinct();

    /// <summary>Looks at every followed path, and at the files that no path leads to any more.</summary>
    public void Look()
    {
        var seen = new HashSet<FollowedFile>();
        var before = refused;
        refused = [];
        foreach (var source in options.Files)
            foreach (var path in Resolve(source))
                if (LookAt(source, path, seen) is { } file)
                    seen.Add(file);
        // Some of it is gone meanwhile, and no pattern leads there any more.
        foreach (var path in before.Except(refused)) troubles.Clear(path);

        foreach (var file in files.Values.Where(file => !seen.Contains(file)).ToList())
        {
            if (isReconfigured && !file.IsDraining && LinuxFile.Stat(file.Path, out var there) == 0 && there.Identity == file.Stat.Identity)
            {
                LetGo(file);
                continue;
            }
            file.Observe(file.Content.Stat(), time.GetTimestamp());
            if (file.IsDraining) continue;
            logger.Rotated(file.Path);
            file.Drain(time.GetTimestamp());
        }
        isReconfigured = false;
        foreach (var file in files.Values.Where(file => file.IsOverwritten()).ToList())
            Restart(file);
        LimitHeld();
        AdoptOrphans();
    }

    /// <summary>Other paths from now on. Files that no entry names any more, though they are where they were, are let go at the next look; their positions are kept.</summary>
    public void Reconfigure(ShipperOptions changed)
    {
        options = changed;
        orphans = null;
        isReconfigured = true;
        // What was refused may be taken now.
        foreach (var file in files.Values) file.Backoff.Succeeded();
    }

    /// <summary>Gives a file its generation as soon as its first line is there. False while it is not.</summary>
    public bool Begin(FollowedFile file, bool closing)
    {
        if (file.State is not null) return true;
        Span<byte> bytes = stackalloc byte[Fingerprint.MaxLength];
        bytes = bytes[..file.Content.ReadAt(0, bytes)];
        var line = bytes.IndexOf((byte)'\n') + 1;
        if (line > 0) bytes = bytes[..line];
        else if (bytes.Length < Fingerprint.MaxLength && !(closing && bytes.Length > 0)) return false;

        var state = new FileState
        {
            Version = FileState.CurrentVersion,
            Pattern = file.Source.Path,
            Path = file.Path,
            Stream = file.Stream,
            Format = file.Source.Format,
            Identity = file.Stat.Identity,
            Generation = NewGeneration(file.Stat.Identity, bytes),
            Head = Fingerprint.Of(0, bytes),
            Offset = 0,
            Tail = Fingerprint.Of(0, []),
            Seen = file.Seen,
        };
        positions.Save(state);
        file.State = state;
        return true;
    }

    /// <summary>Makes it durable where the file is now and which entry names it: should it be rotated while no shipper runs, it is looked for there.</summary>
    public void Remember(FollowedFile file)
    {
        positions.Save(file.State!);
        file.IsMoved = false;
    }

    /// <summary>The content is not what was shipped: the same file begins a new life, and what it lost is looked for.</summary>
    public void Restart(FollowedFile file)
    {
        var old = file.State!;
        if ((Rotated.Find(old, IsFollowed, mayLack: false, positions.All) ?? Rotated.Find(old, IsFollowed, mayLack: true, positions.All)) is { } copy)
        {
            logger.TruncatedWithCopy(file.Path, copy.Path);
            Lost(file, Math.Max(copy.Stat.Size, old.Offset));
            // From now on the old generation lives in the copy, also after a restart of the shipper.
            old = old with { Pattern = file.Source.Path, Path = copy.Path, Identity = copy.Stat.Identity };
            positions.Save(old);
            var rest = Track(file.Source, copy.Path, old.Stream, copy.Content, copy.Stat);
            rest.State = old;
            rest.IsDraining = true;
        }
        else
        {
            positions.Save(old with { Done = true, Overwritten = true, Intent = null });
            if (!Lost(file, old.Offset)) logger.Truncated(file.Path);
        }
        file.Renew();
        // Known at once, it can be found again should it be rotated before it is due.
        Begin(file, closing: false);
    }

    /// <summary>Says what was seen of a truncated file, and neither was shipped nor can be. False where that is nothing.</summary>
    bool Lost(FollowedFile file, long end)
    {
        if (file.LargestSize <= end) return false;
        LostBytes += file.LargestSize - end;
        logger.Lost(file.Path, file.LargestSize - end);
        return true;
    }

    /// <summary>A rotated file is shipped to its end.</summary>
    public void Close(FollowedFile file)
    {
        if (file.State is { } state) positions.Save(state with { Done = true });
        Forget(file);
    }

    void LetGo(FollowedFile file)
    {
        logger.NoLongerFollowed(file.Path, file.Offset);
        everSeen.Remove(file.Path);
        Forget(file);
    }

    void Forget(FollowedFile file)
    {
        // Another file may be there by now, with a trouble of its own.
        if (!refused.Contains(file.Path)) troubles.Clear(file.Path);
        troubles.Clear(file.Uploading);
        files.Remove(Key(file.Stat.Identity));
        file.Dispose();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var file in files.Values) file.Dispose();
        files.Clear();
    }

    List<string> Resolve(FollowedPath source)
    {
        var paths = GlobPattern.Expand(source.Path);
        if (source.Exclude.Count > 0) paths.RemoveAll(path => Excludes(source, path));
        if (!GlobPattern.IsPattern(source.Path)) return paths;
        if (paths.Count == 0) troubles.Report(source.Path, $"No file matches {source.Path}. Files are followed as they appear; check the pattern, and that the shipper's user may list the directory.", isMinor: true);
        else if (paths.Count == GlobPattern.MaxFiles) troubles.Report(source.Path, $"{source.Path} matches {GlobPattern.MaxFiles} files or more: no more than that are followed. Name a narrower pattern.");
        else troubles.Clear(source.Path);
        return paths;
    }

    FollowedFile? LookAt(FollowedPath source, string path, HashSet<FollowedFile> seen)
    {
        var error = LinuxFile.Stat(path, out var stat);
        if (error != 0 || !stat.IsRegular)
        {
            // Between the two steps of a rotation there is no file; only one that stays away is worth a word.
            if (error == LinuxFile.NoSuchFile && everSeen.Remove(path)) return null;
            Refuse(path, error switch
            {
                0 => $"{path} is not a regular file: it is not followed. Name a file, or a pattern such as {Path.Join(path, "*.log")}.",
                LinuxFile.NoSuchFile or LinuxFile.NotADirectory => $"{path} is not there. It is followed as soon as it appears; check the path if it should exist.",
                LinuxFile.PermissionDenied => Denied(path),
                _ => $"{path} can't be looked at (error {error}). It is tried again.",
            }, isMinor: error is LinuxFile.NoSuchFile or LinuxFile.NotADirectory);
            return null;
        }
        if (files.TryGetValue(Key(stat.Identity), out var known))
        {
            if (seen.Contains(known)) return known; // A hard link, or a second pattern.
            known.FoundAt(source, path);
            known.IsDraining = false;
            known.Observe(stat, time.GetTimestamp());
            everSeen.Add(path);
            troubles.Clear(path);
            return known;
        }
        return Open(source, path);
    }

    FollowedFile? Open(FollowedPath source, string path)
    {
        try
        {
            var content = PlainContent.Open(path);
            var stat = content.Stat();
            var resumed = StateOf(content, stat);
            // Replaced meanwhile, or a copy that logrotate makes before it truncates the original; that it has made while no shipper ran, the orphan finds.
            if (files.ContainsKey(Key(stat.Identity)) || (resumed is null && (IsCopy(path, content, stat) || IsOrphans(path, content, stat))))
            {
                content.Dispose();
                return null;
            }
            var file = Track(source, path, null, content, stat);
            file.State = resumed is null ? null : resumed with { Pattern = source.Path, Path = path, Identity = stat.Identity, Done = false };
            file.IsMoved = file.State is { } state && state != resumed;
            everSeen.Add(path);
            troubles.Clear(path);
            logger.Following(path, file.State?.Stream ?? file.Stream, file.Offset);
            return file;
        }
        catch (UnauthorizedAccessException)
        {
            Refuse(path, Denied(path));
        }
        catch (IOException error)
        {
            Refuse(path, $"{path} can't be opened: {error.Message} It is tried again.");
        }
        return null;
    }

    void Refuse(string path, string why, bool isMinor = false)
    {
        refused.Add(path);
        troubles.Report(path, why, isMinor);
    }

    FollowedFile Track(FollowedPath source, string path, string? stream, LogContent content, FileStat stat)
    {
        var file = new FollowedFile(source, path, stream, content, stat, new Backoff(time, random), time.GetTimestamp());
        return files[Key(stat.Identity)] = file;
    }

    // The device's number may be another after a reboot; the time of birth then tells files with the same inode apart.
    FileState? StateOf(LogContent content, FileStat stat) => positions.All
        .Where(state => !state.Overwritten && state.Identity.Inode == stat.Identity.Inode
            && (state.Identity.Born == stat.Identity.Born || state.Identity.Born == 0 || stat.Identity.Born == 0)
            && files.Values.All(file => file.State?.Generation != state.Generation))
        .OrderBy(state => state.Done).ThenByDescending(state => state.Offset)
        .FirstOrDefault(state => state.IsIn(content, stat));

    // Rotated while the shipper was down, or given up because it held too much of the disk.
    void AdoptOrphans()
    {
        orphans ??= FindOrphans();
        foreach (var mayLack in (bool[])[false, true])
            foreach (var orphan in orphans.ToList())
                if (TryAdopt(orphan, mayLack) is { } since)
                {
                    orphans.Remove(orphan);
                    if (since > 0) missed.Add((orphan.State, since));
                }
        foreach (var orphan in orphans.ToList())
        {
            var state = orphan.State;
            // Otherwise its path can't be read yet: it may be there.
            if (LinuxFile.Stat(state.Path, out var stat) is not (0 or LinuxFile.NoSuchFile) || (stat != default && !IsFollowed(stat.Identity))) continue;
            Lose(state, orphan.Unshipped);
            orphans.Remove(orphan);
            if (state.Identity.Born != 0) missed.Add((state, state.Identity.Born));
        }
        // Not before each has found its own.
        while (missed is [var next, ..])
        {
            if (SourceOf(next.State) is { } source) AdoptMissed(source, next.State with { Path = LogOf(source, next.State.Path) }, next.Since);
            missed.Remove(next);
        }
    }

    /// <summary>When the file was written to last, in nanoseconds since 1970, that has a generation now; 0 where it is open already, and null where there is none.</summary>
    long? TryAdopt(Orphan orphan, bool mayLack)
    {
        var state = orphan.State;
        if (files.Values.Any(file => file.State?.Generation == state.Generation)) return 0;
        if (Rotated.Find(state, IsFollowed, mayLack, positions.All) is not { } found) return null;
        var file = Track(orphan.Source, found.Path, state.Stream, found.Content, found.Stat);
        file.State = state with { Pattern = orphan.Source.Path, Path = found.Path, Identity = found.Stat.Identity };
        file.IsDraining = true;
        logger.Rotated(state.Path);
        return found.Stat.Modified;
    }

    List<Orphan> FindOrphans()
    {
        var ours = positions.All.Where(state => SourceOf(state) is not null).ToList();
        // All shipped to its end, and the file that came next was still empty when the shipper stopped.
        foreach (var state in ours.GroupBy(state => LogOf(SourceOf(state)!, state.Path)).Where(path => path.All(state => state.Done)).Select(path => path.MaxBy(state => state.Identity.Born)!))
            if (state.Identity.Born != 0) missed.Add((state, state.Identity.Born));
        return [.. ours.Where(state => !state.Done).Select(state => new Orphan(SourceOf(state)!, state))];
    }

    // The entry that found it, unless that excludes it now; or another, which names it since the configuration was changed.
    FollowedPath? SourceOf(FileState state)
    {
        var log = Rotated.LogOf(state.Path);
        return options.Files.FirstOrDefault(source => source.Path == state.Pattern && !(Excludes(source, state.Path) && Excludes(source, log)))
            ?? options.Files.FirstOrDefault(source => Names(source, state.Path) || Names(source, log));
    }

    /// <summary>The log that a path is of: itself, or the one that it was rotated from.</summary>
    static string LogOf(FollowedPath source, string path) => !Names(source, path) && Rotated.LogOf(path) is var log && Names(source, log) ? log : path;

    static bool Names(FollowedPath source, string path) => (source.Path == path || (GlobPattern.IsPattern(source.Path) && GlobPattern.Matches(source.Path, path))) && !Excludes(source, path);

    static bool Excludes(FollowedPath source, string path) => source.Exclude.Any(pattern => GlobPattern.Matches(pattern, path));

    // With several rotations while the shipper was down, those in between were never seen under their own name.
    void AdoptMissed(FollowedPath source, FileState last, long since)
    {
        foreach (var (path, content, stat) in Rotated.FindLater(last, since, IsFollowed, positions.All))
        {
            // A copy of a file that is still whole: logrotate is about to truncate that.
            if (IsCopy(path, content, stat))
            {
                content.Dispose();
                continue;
            }
            var file = Track(source, path, last.Stream, content, stat);
            file.IsDraining = true;
            logger.Missed(path, last.Stream);
            // At once: after a crash it is an orphan as others are.
            Begin(file, closing: true);
        }
    }

    void Lose(FileState state, long? unshipped)
    {
        // The intent stays: should the file come back (mounted late, say), its put may have happened.
        positions.Save(state with { Done = true });
        if (unshipped is { } bytes)
        {
            LostBytes += bytes;
            logger.HeldTooLong(state.Path, bytes);
        }
        else
        {
            logger.Vanished(state.Path, state.Offset);
        }
    }

    // Deleted files keep their place on the disk while they are open.
    void LimitHeld()
    {
        var held = files.Values.Where(file => file is { IsDraining: true, Stat.IsDeleted: true }).OrderBy(file => file.Stat.Modified).ToList();
        HeldBytes = held.Sum(file => file.Stat.Size);
        foreach (var file in held.TakeWhile(_ => HeldBytes > options.MaxHeldBytes))
        {
            HeldBytes -= file.Stat.Size;
            Forget(file);
            // Compressed, it may still be there.
            if (file.State is { } state && file.Pending > 0) (orphans ??= []).Add(new Orphan(file.Source, state, file.Pending));
        }
    }

    // The same bytes of the same file give the same name, so that after a loss of the state readers can tell repeated ranges;
    // unless that life has been before, of a file that was truncated and begins as before.
    static GenerationId NewGenerationId(FileIdentity identity, ReadOnlySpan<byte> head, int epoch) =>
        GenerationId.Of([.. System.Text.Encoding.ASCII.GetBytes($"{identity.Device}:{identity.Inode}:{identity.Born}:{epoch}:"), .. head]);

    string NewGeneration(FileIdentity identity, ReadOnlySpan<byte> head)
    {
        for (var epoch = 0; ; epoch++)
        {
            var generation = NewGenerationId(identity, head, epoch).ToString();
            if (positions.All.All(state => state.Generation != generation)) return generation;
        }
    }

    bool IsCopy(string path, LogContent content, FileStat stat) => files.Values.Any(file => Rotated.IsCopyOf(file, path, content, stat));

    // Only at the first look, as long as nothing has been adopted.
    bool IsOrphans(string path, LogContent content, FileStat stat) => orphans is null && positions.All.Any(state =>
        !state.Done && Rotated.IsNamedLike(state.Path, path) && SourceOf(state) is not null && files.Values.All(file => file.State?.Generation != state.Generation)
        && Rotated.IsContinuedBy(state, path, content, stat));

    bool IsFollowed(FileIdentity identity) => files.ContainsKey(Key(identity));

    static string Denied(string path) =>
        $"{path} can't be read: permission denied. Add the shipper's user to the group that may read it (on Debian: adm), or allow it with setfacl -m u:USER:r. It is followed as soon as it can be read.";

    /// <summary>A generation whose file is to be found.</summary>
    /// <param name="Source">The entry that names it, or did when it was open.</param>
    /// <param name="Unshipped">What is known to be behind its offset, in bytes; null where that is not known.</param>
    sealed record Orphan(FollowedPath Source, FileState State, long? Unshipped = null);

    static (ulong, ulong) Key(FileIdentity identity) => (identity.Device, identity.Inode);
}
