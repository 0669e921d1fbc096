using System.Globalization;
using LogMonitor.Core.Chunks;
using LogMonitor.Shipper.Following;
using LogMonitor.Shipper.Upload;

namespace LogMonitor.Shipper.Health;

/// <summary>What the shipper does, for those who watch it. The shipper writes it, between its steps; anybody reads it.</summary>
sealed class Vitals(TimeProvider time)
{
    /// <summary>A pass and a put may each take a minute; whoever takes five is stuck.</summary>
    public static readonly TimeSpan StuckAfter = TimeSpan.FromMinutes(5);

    readonly Lock gate = new();
    readonly DateTimeOffset startedAt = time.GetUtcNow();
    readonly Dictionary<FollowedFile, Lag> lags = [];
    readonly Dictionary<FaultKind, long> failures = [];
    ShipperStatus current = new() { Version = ProductVersion.Text, Host = "", At = time.GetUtcNow(), Running = true, ProcessId = Environment.ProcessId };
    List<(FileStatus File, long? Since)> files = [];
    IReadOnlyList<string> troubles = [];
    string? reloadProblem;
    long progressAt = time.GetTimestamp();
    long lookedAt = time.GetTimestamp() - (2 * time.TimestampFrequency);

    /// <summary>Called after each pass and each put: the shipper is not stuck.</summary>
    public Action Progressed { get; set; } = () => { };

    public string Host { get; set; } = "";

    public void Put(ChunkId id, ChunkMetadata metadata, long compressed, PutResult result)
    {
        lock (gate)
        {
            if (result.IsDone)
                current = current with
                {
                    Chunks = current.Chunks + 1,
                    Lines = current.Lines + metadata.Lines,
                    Bytes = current.Bytes + id.Length,
                    UploadedBytes = current.UploadedBytes + (result.Outcome == PutOutcome.Stored ? compressed : 0),
                    AlreadyStored = current.AlreadyStored + (result.Outcome == PutOutcome.Exists ? 1 : 0),
                    LastUploadAt = time.GetUtcNow(),
                };
            else
            {
                failures[result.Kind] = failures.GetValueOrDefault(result.Kind) + 1;
                current = current with { LastError = new(time.GetUtcNow(), result.Why) };
            }
        }
        Progress();
    }

    public void Beat(PutResult result)
    {
        lock (gate)
        {
            if (result.IsDone)
            {
                current = current with { LastHeartbeatAt = time.GetUtcNow() };
            }
            else
            {
                failures[result.Kind] = failures.GetValueOrDefault(result.Kind) + 1;
                current = current with { LastError = new(time.GetUtcNow(), result.Why) };
            }
        }
        Progress();
    }

    /// <summary>After a pass over all files. Looked at once a second at most: passes may follow each other without a pause.</summary>
    public void Passed(Engine engine)
    {
        if (time.GetElapsedTime(lookedAt) >= TimeSpan.FromMilliseconds(900)) Look(engine);
        Progress();
    }

    /// <summary>What a reload came to; null when the configuration is in force.</summary>
    public void Reloaded(string? problem)
    {
        lock (gate)
        {
            reloadProblem = problem;
            if (problem is not null) current = current with { RefusedReloads = current.RefusedReloads + 1 };
        }
    }

    /// <summary>In a line.</summary>
    public string Summary
    {
        get
        {
            lock (gate)
            {
                var first = reloadProblem ?? (troubles is [var trouble, ..] ? trouble : null);
                var count = troubles.Count + (reloadProblem is null ? 0 : 1);
                return first is null ? $"Following {Core.Text.Wording.Counted(files.Count, "file")}." : count > 1 ? $"{first} (and {count - 1} more)" : first;
            }
        }
    }

    public ShipperStatus Status()
    {
        lock (gate)
        {
            var stuck = time.GetElapsedTime(progressAt) is var idle && idle > StuckAfter ? string.Create(CultureInfo.InvariantCulture, $"The shipper has done nothing for {idle.TotalSeconds:0} s: it is stuck, in a read from a file system perhaps. Restart it.") : null;
            return current with
            {
                Host = Host,
                StartedAt = startedAt,
                At = time.GetUtcNow(),
                Troubles = [.. new[] { reloadProblem, stuck }.OfType<string>(), .. troubles],
                Failures = new Dictionary<FaultKind, long>(failures),
                Files = [.. files.Select(entry => entry.Since is { } since ? entry.File with { LagSeconds = Math.Round(time.GetElapsedTime(since).TotalSeconds, 1) } : entry.File)],
            };
        }
    }

    void Look(Engine engine)
    {
        var now = lookedAt = time.GetTimestamp();
        var open = engine.Files;
        foreach (var closed in lags.Keys.Except(open).ToList()) lags.Remove(closed);
        var seen = open.Select(file => (File: Describe(engine, file), SinceOf(file, now))).ToList();
        var all = engine.Troubles.All;
        lock (gate)
        {
            files = seen;
            troubles = [.. all.Where(trouble => !trouble.IsMinor).Select(trouble => trouble.Message)];
            current = current with
            {
                Notes = [.. all.Where(trouble => trouble.IsMinor).Select(trouble => trouble.Message)],
                HeldBytes = engine.Summary.HeldBytes,
                LostBytes = engine.Summary.LostBytes,
            };
        }
    }

    long? SinceOf(FollowedFile file, long now)
    {
        if (file.Pending <= 0 && !lags.ContainsKey(file)) return null;
        if (!lags.TryGetValue(file, out var lag)) lags[file] = lag = new Lag();
        // An unfinished last line waits for its writer, and not for the shipper.
        lag.Observe(file.Offset, file.UnfinishedAt == file.Stat.Size && file.IntendedChunk is null ? file.Offset : file.Stat.Size, now);
        if (file.Pending <= 0) lags.Remove(file);
        return lag.Since;
    }

    static FileStatus Describe(Engine engine, FollowedFile file) => new()
    {
        Path = file.Path,
        Stream = file.State?.Stream ?? file.Stream,
        Generation = file.State?.Generation,
        Offset = file.Offset,
        Size = file.Stat.Size,
        LagBytes = Math.Max(0, file.Pending),
        Rotated = file.IsDraining,
        Deleted = file.IsDraining && file.Stat.IsDeleted,
        Error = engine.TroubleOf(file),
    };

    void Progress()
    {
        lock (gate) progressAt = time.GetTimestamp();
        Progressed();
    }
}
