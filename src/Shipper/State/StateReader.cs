using System.Text.Json;

namespace LogMonitor.Shipper.State;

/// <summary>Looks at positions without touching them, also while a shipper runs.</summary>
static class StateReader
{
    /// <summary>What is readable, with when it was saved.</summary>
    /// <exception cref="ShipperException">The directory can't be read.</exception>
    public static IReadOnlyList<(FileState State, DateTimeOffset Saved)> Read(string directory)
    {
        try
        {
            return Directory.Exists(directory) ? [.. Directory.EnumerateFiles(directory, "*.json").Select(TryRead).OfType<(FileState, DateTimeOffset)>()] : [];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ShipperException($"The state directory {directory} can't be read: {error.Message} Ask as root, or as the shipper's user.", error);
        }
    }

    static (FileState, DateTimeOffset)? ReadOne(string path)
    {
        var state = JsonSerializer.Deserialize(File.ReadAllBytes(path), StateJson.Default.FileState);
        return state is { IsSound: true } ? (state, File.GetLastWriteTimeUtc(path)) : null;
    }

    static (FileState, DateTimeOffset)? TryRead(string path)
    {
        try
        {
            return ReadOne(path);
        }
        catch (Exception error) when (error is JsonException or FileNotFoundException)
        {
            // Damaged or of a later version: the shipper says so at its start. Or deleted a moment ago.
            return null;
        }
    }
}
