using System.Security.Cryptography;
using System.Text.RegularExpressions;
using LogMonitor.Core.Chunks;
using LogMonitor.Shipper.Cutting;
using LogMonitor.Shipper.State;

namespace LogMonitor.Shipper.Following;

/// <summary>Finds where the content of a file went when it was renamed while nobody looked, or copied and truncated.</summary>
static partial class Rotated
{
    /// <summary>What of a compressed file can be read again without unpacking it anew: a chunk, and what follows its last line end.</summary>
    const int KeptUnpacked = 8 << 20;

    /// <summary>An intent of up to this many bytes is compared as a whole with a candidate; a longer one (one giant line) by its ends.</summary>
    const long MaxComparedBytes = 8 << 20;

    /// <summary>
    /// The file beside it, named like it, that has the bytes shipped so far and perhaps more; the same inode before copies, the newest copy before others,
    /// and what gzip made of one last.
    /// </summary>
    /// <param name="isTaken">Files that are followed already.</param>
    /// <param name="mayLack">Whether a copy will do that lacks what was written after it was made. Others go first: it might be the whole of something that begins alike.</param>
    /// <param name="known">All that is known of any file: of logs that begin alike (with a header of several lines, say), one that is shipped further is not another's rest.</param>
    public static (string Path, LogContent Content, FileStat Stat)? Find(FileState state, Func<FileIdentity, bool> isTaken, bool mayLack, IEnumerable<FileState> known)
    {
        foreach (var (path, _) in Candidates(state, isTaken))
        {
            if (Open(path, state.Head, state.Tail, state.Offset) is not { } content) continue;
            var stat = content.Stat();
            if (Continues(state, content, stat, mayLack) && !known.Any(other => other.Offset > state.Offset && IsSameLog(other.Path, state.Path) && other.IsIn(content, stat)))
                return (path, content, stat);
            content.Dispose();
        }
        return null;
    }

    /// <summary>Whether a new file is only a copy of a followed one, made a moment ago (or still being made) before that is truncated.</summary>
    public static bool IsCopyOf(FollowedFile original, string path, LogContent content, FileStat stat)
    {
        if (!IsNamedLike(original.Path, path) || stat.Size == 0) return false;
        var size = original.Content.Stat().Size;
        // It has just been truncated: at the next look this is its continuation. Or the copy is of what was written since.
        if (original.State is { } state && !original.IsUnchanged() && Continues(state, content, stat, mayLack: true)) return true;
        return stat.Size <= size
            && Fingerprint.Before(content, Math.Min(stat.Size, Fingerprint.MaxLength)).Matches(original.Content)
            && Fingerprint.Before(content, stat.Size).Matches(original.Content);
    }

    /// <summary>
    /// Rotated files of a log that were written to since a time and that no position is known of: the log was rotated several times while
    /// no shipper ran. The earliest first.
    /// </summary>
    /// <param name="last">The last generation of the log that is known.</param>
    /// <param name="since">Nanoseconds since 1970.</param>
    /// <param name="known">All that is known of any file.</param>
    public static IEnumerable<(string Path, LogContent Content, FileStat Stat)> FindLater(
        FileState last, long since, Func<FileIdentity, bool> isTaken, IEnumerable<FileState> known)
    {
        List<FileState> shipped = [.. known];
        foreach (var (path, _) in Candidates(last, isTaken).Where(file => file.Stat.Modified >= since && IsRotationOf(last.Path, file.Path)).OrderBy(file => file.Stat.Modified))
        {
            if (Open(path, Fingerprint.Of(0, []), Fingerprint.Of(0, []), 0) is not { } content) continue;
            var stat = content.Stat();
            if (stat.Size > 0 && !shipped.Exists(state => IsOf(state, content, stat)) && !IsBeginningOf(last, content, stat)) yield return (path, content, stat);
            else content.Dispose();
        }
    }

    static bool IsOf(FileState state, LogContent content, FileStat stat) =>
        (state.Offset > 0 || state.Identity.Inode == stat.Identity.Inode) && state.IsIn(content, stat);

    /// <summary>Whether a file would be found for a generation whose own is gone.</summary>
    public static bool IsContinuedBy(FileState state, string path, LogContent content, FileStat stat) => IsNamedLike(state.Path, path) && Continues(state, content, stat, mayLack: false);

    // A copy that was made of it a while before it was truncated, and shipped to behind the copy's end meanwhile.
    static bool IsBeginningOf(FileState state, LogContent content, FileStat stat)
    {
        if (stat.Size >= state.Offset) return false;
        if (stat.Size >= state.Head.Length) return state.Head.Matches(content);
        Span<byte> bytes = stackalloc byte[Fingerprint.MaxLength];
        return bytes[..content.ReadAt(0, bytes[..(int)stat.Size])].IndexOf((byte)'\n') < 0;
    }

    static List<(string Path, FileStat Stat)> Candidates(FileState state, Func<FileIdentity, bool> isTaken)
    {
        var (directory, log) = (Path.GetDirectoryName(state.Path)!, LogOf(state.Path));
        if (!Directory.Exists(directory)) return [];
        return [.. Directory.EnumerateFiles(directory)
            .Where(path => IsSameLog(state.Path, path))
            .Select(path => (Path: path, Error: LinuxFile.Stat(path, out var stat), Stat: stat))
            .Where(file => file.Error == 0 && file.Stat.IsRegular && !isTaken(file.Stat.Identity))
            // While no more than the first line is known, what was written for the last time before this one was made is an older one that begins alike.
            .Where(file => state.Seen.Start + state.Seen.Length > state.Head.Length || state.Identity.Born == 0 || file.Stat.Identity.Inode == state.Identity.Inode || file.Stat.Modified >= state.Identity.Born)
            // Of the names of one file, one that says which log it is of.
            .OrderByDescending(file => file.Stat.Identity.Inode == state.Identity.Inode).ThenByDescending(file => file.Path == log || IsRotationOf(log, file.Path)).ThenBy(file => GlobPattern.IsCompressed(file.Path)).ThenByDescending(file => file.Stat.Modified)
            .Select(file => (file.Path, file.Stat))];
    }

    static bool Continues(FileState state, LogContent content, FileStat stat, bool mayLack)
    {
        if (!state.IsIn(content, stat) && !(mayLack && state.MayBeCutIn(content, stat))) return false;
        if (state.Intent is not { } intent || !ChunkId.TryParse(intent.Chunk, out var id, out _)) return true;
        if (stat.Size < id.End) return false;
        if (id.Length > MaxComparedBytes) return true;
        var bytes = new byte[id.Length];
        if (content.ReadAt(id.Start, bytes) != bytes.Length) return false;
        if (intent.Redaction is { } redaction) new Redactor(redaction).Redact(bytes);
        return Convert.ToHexStringLower(SHA256.HashData(bytes)) == id.Hash;
    }

    // access.log → access.log.1, access.log-20261122, and access-20261122.log; and each of them with .gz. What other compressors make is not read.
    // Of spans: with thousands of files, each new one is compared with all.
    public static bool IsNamedLike(ReadOnlySpan<char> original, ReadOnlySpan<char> path)
    {
        var stem = Path.GetFileNameWithoutExtension(GlobPattern.IsCompressed(original) ? Path.GetFileNameWithoutExtension(original) : Path.GetFileName(original));
        return Path.GetFileName(path).StartsWith(stem, StringComparison.Ordinal) && Path.GetDirectoryName(path).SequenceEqual(Path.GetDirectoryName(original))
            && !path.SequenceEqual(original) && (!GlobPattern.IsCompressed(path) || IsGzip(path));
    }

    static bool IsSameLog(string original, string path) => path == original || IsNamedLike(original, path);

    static bool IsGzip(ReadOnlySpan<char> path) => path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase);

    // As logrotate, cronolog and the like name them; a number of one or two digits before the extension may be another log's.
    static bool IsRotationOf(string original, string path)
    {
        var (name, stem, extension) = (Path.GetFileName(original), Path.GetFileNameWithoutExtension(original), Path.GetExtension(original));
        var rotated = IsGzip(path) ? Path.GetFileNameWithoutExtension(path) : Path.GetFileName(path);
        return (rotated.StartsWith(name, StringComparison.Ordinal) && Number().IsMatch(rotated[name.Length..]))
            || (extension.Length > 0 && rotated.StartsWith(stem, StringComparison.Ordinal) && rotated.EndsWith(extension, StringComparison.Ordinal)
                && rotated.Length > stem.Length + extension.Length && Date().IsMatch(rotated[stem.Length..^extension.Length]));
    }

    /// <summary>The path of the log that a file is a rotation of, by its name; the path itself where it is none.</summary>
    public static string LogOf(string path) =>
        Suffix().Replace(IsGzip(path) ? path[..^3] : path, match => match.Groups["extension"].Value);

    [GeneratedRegex(@"(?<=[^/])[._-][0-9][0-9T:_.-]*\z|(?<=[^/])[._-][0-9][0-9T:_.-]{5,}(?<extension>\.[^/.]*[^/.0-9][^/.]*)\z", RegexOptions.CultureInvariant)]
    private static partial Regex Suffix();

    [GeneratedRegex(@"\A[._-][0-9][0-9T:_.-]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Number();

    [GeneratedRegex(@"\A[._-][0-9][0-9T:_.-]{5,}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Date();

    static LogContent? Open(string path, Fingerprint head, Fingerprint tail, long offset)
    {
        try
        {
            return IsGzip(path) ? CompressedContent.OpenContinuation(path, head, tail, offset, KeptUnpacked) : PlainContent.Open(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
