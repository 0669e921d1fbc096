using System.Security.Cryptography;
using LogMonitor.Core.Chunks;
using LogMonitor.Shipper.State;
using Microsoft.Win32.SafeHandles;

namespace LogMonitor.Shipper.Following;

/// <summary>Finds where the content of a file went when it was renamed while nobody looked, or copied and truncated.</summary>
static class Rotated
{
    /// <summary>An intent of up to this many bytes is compared as a whole with a candidate; a longer one (one giant line) by its ends.</summary>
    const long MaxComparedBytes = 8 << 20;

    /// <summary>The file beside it, named like it, that has the bytes shipped so far and perhaps more; the same inode before copies, the newest copy before others.</summary>
    /// <param name="isTaken">Files that are followed already.</param>
    public static (string Path, SafeFileHandle Handle, FileStat Stat)? Find(FileState state, Func<FileIdentity, bool> isTaken)
    {
        foreach (var (path, _) in Candidates(state, isTaken))
        {
            if (Open(path) is not { } handle) continue;
            var stat = LinuxFile.Stat(handle);
            if (Continues(state, handle, stat)) return (path, handle, stat);
            handle.Dispose();
        }
        return null;
    }

    /// <summary>Whether a new file is only a copy of a followed one, made a moment ago (or still being made) before that is truncated.</summary>
    public static bool IsCopyOf(FollowedFile original, string path, SafeFileHandle handle, FileStat stat)
    {
        if (!IsNamedLike(original.Path, path) || stat.Size == 0) return false;
        var size = LinuxFile.Stat(original.Handle).Size;
        if (size < original.Offset) return true; // It has just been truncated: at the next look this is its continuation.
        return stat.Size <= size
            && Fingerprint.Before(handle, Math.Min(stat.Size, Fingerprint.MaxLength)).Matches(original.Handle)
            && Fingerprint.Before(handle, stat.Size).Matches(original.Handle);
    }

    static List<(string Path, FileStat Stat)> Candidates(FileState state, Func<FileIdentity, bool> isTaken)
    {
        var directory = Path.GetDirectoryName(state.Path)!;
        if (!Directory.Exists(directory)) return [];
        return [.. Directory.EnumerateFiles(directory)
            .Where(path => path == state.Path || IsNamedLike(state.Path, path))
            .Select(path => (Path: path, Error: LinuxFile.Stat(path, out var stat), Stat: stat))
            .Where(file => file.Error == 0 && file.Stat.IsRegular && !isTaken(file.Stat.Identity))
            .OrderByDescending(file => file.Stat.Identity.Inode == state.Identity.Inode).ThenByDescending(file => file.Stat.Modified)
            .Select(file => (file.Path, file.Stat))];
    }

    static bool Continues(FileState state, SafeFileHandle handle, FileStat stat)
    {
        if (stat.Size < state.Offset || !state.Head.Matches(handle) || !state.Tail.Matches(handle)) return false;
        if (state.Intent is not { } intent || !ChunkId.TryParse(intent.Chunk, out var id, out _)) return true;
        if (stat.Size < id.End) return false;
        if (id.Length > MaxComparedBytes) return true;
        var bytes = new byte[id.Length];
        return handle.ReadAt(id.Start, bytes) == bytes.Length && Convert.ToHexStringLower(SHA256.HashData(bytes)) == id.Hash;
    }

    // access.log → access.log.1, access.log-20261122, and access-20261122.log; compressed ones can't be continued.
    static bool IsNamedLike(string original, string path)
    {
        var stem = Path.GetFileNameWithoutExtension(original);
        return path != original && Path.GetDirectoryName(path) == Path.GetDirectoryName(original)
            && Path.GetFileName(path).StartsWith(stem, StringComparison.Ordinal) && !GlobPattern.IsCompressed(path);
    }

    static SafeFileHandle? Open(string path)
    {
        try { return File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete); }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException) { return null; }
    }
}
