using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace LogMonitor.Shipper.State;

/// <summary>What is remembered of every generation. A state is in force once <see cref="Save"/> has returned, whatever happens to the machine then.</summary>
interface IPositions
{
    IReadOnlyCollection<FileState> All { get; }

    /// <exception cref="IOException">Nothing was saved (disk full, say): what was saved before holds.</exception>
    /// <exception cref="UnauthorizedAccessException">As above.</exception>
    void Save(FileState state);
}

/// <summary>Positions in a directory: one JSON file per generation, replaced as a whole.</summary>
sealed class Positions : IPositions
{
    /// <summary>The state of a file that has not been seen for so long is deleted.</summary>
    static readonly TimeSpan Retention = TimeSpan.FromDays(30);

    readonly Dictionary<string, FileState> states = [];
    readonly string directory;
    readonly TimeProvider time;
    readonly ILogger logger;
    long prunedAt;

    /// <exception cref="ShipperException">The state can't be read, or is a later version's.</exception>
    public Positions(string directory, TimeProvider time, ILogger logger)
    {
        (this.directory, this.time, this.logger) = (directory, time, logger);
        foreach (var path in Directory.EnumerateFiles(directory, "*.json").ToList())
        {
            if (Read(path) is { } state) states[state.Generation] = state;
            else SetAside(path);
        }
        Prune();
    }

    public IReadOnlyCollection<FileState> All => states.Values;

    // Blocking: the order of write, fsync, rename and fsync is the point, and takes a millisecond.
    public void Save(FileState state)
    {
        // Each rotation leaves one, and a shipper may run for years.
        if (time.GetElapsedTime(prunedAt) >= TimeSpan.FromDays(1)) Prune();
        var path = PathOf(state);
        var temporary = $"{path}.tmp";
        using (var file = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0))
        {
            file.Write(JsonSerializer.SerializeToUtf8Bytes(state, StateJson.Default.FileState));
            file.Flush(flushToDisk: true);
        }
        File.Move(temporary, path, overwrite: true);
        Following.LinuxFile.SyncDirectory(directory);
        states[state.Generation] = state;
    }

    string PathOf(FileState state) => Path.Join(directory, $"{state.Generation}.json");

    void Prune()
    {
        prunedAt = time.GetTimestamp();
        var oldest = time.GetUtcNow().UtcDateTime - Retention;
        foreach (var state in states.Values.Where(state => state.Done && File.GetLastWriteTimeUtc(PathOf(state)) < oldest).ToList())
        {
            File.Delete(PathOf(state));
            states.Remove(state.Generation);
        }
    }

    static FileState? Read(string path)
    {
        try
        {
            var json = File.ReadAllBytes(path);
            var version = JsonSerializer.Deserialize(json, StateVersionJson.Default.StateVersion)?.Version;
            if (version > FileState.CurrentVersion)
                throw new ShipperException($"The position file {path} was written by a later version ({version}; this one knows {FileState.CurrentVersion}). Install that version again, or name another state directory to ship everything again.");
            var state = JsonSerializer.Deserialize(json, StateJson.Default.FileState);
            return state is { IsSound: true } && Path.GetFileNameWithoutExtension(path) == state.Generation ? state : null;
        }
        catch (JsonException)
        {
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ShipperException($"The position file {path} can't be read: {error.Message} Give the shipper's user the right to read and write it.", error);
        }
    }

    void SetAside(string path)
    {
        var aside = $"{path}.corrupt-{time.GetUtcNow().ToUnixTimeMilliseconds()}";
        File.Move(path, aside, overwrite: true);
        logger.PositionFileIsCorrupt(path, aside);
    }
}
