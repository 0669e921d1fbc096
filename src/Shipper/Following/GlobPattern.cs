using System.IO.Enumeration;

namespace LogMonitor.Shipper.Following;

/// <summary>A path, or a pattern with <c>*</c>, <c>?</c> and <c>**</c>, resolved anew at each look.</summary>
static class GlobPattern
{
    /// <summary>Files of one pattern beyond these are not followed: a pattern that matches a million files is a mistake.</summary>
    public const int MaxFiles = 10_000;

    static readonly string[] Compressed = [".gz", ".bz2", ".xz", ".zst", ".lz4", ".zip"];

    public static bool IsPattern(string path) => path.AsSpan().IndexOfAny('*', '?') >= 0;

    /// <summary>The directory in which the first file can appear that a path or pattern means.</summary>
    public static string BaseDirectory(string fullPath)
    {
        var directory = Path.GetDirectoryName(fullPath);
        while (directory is not null && IsPattern(directory)) directory = Path.GetDirectoryName(directory);
        return directory ?? "/";
    }

    public static bool IsCompressed(ReadOnlySpan<char> path)
    {
        foreach (var suffix in Compressed)
            if (path.EndsWith(suffix, StringComparison.OrdinalIgnoreCase)) return true;
        return false;
    }

    /// <summary>The paths that match, in order, so that a file is found under the same name each time. Directories that can't be read have no files.</summary>
    public static List<string> Expand(string fullPath)
    {
        if (!IsPattern(fullPath)) return [fullPath];
        var found = Expand("/", fullPath.Split('/', StringSplitOptions.RemoveEmptyEntries)).Distinct().Take(MaxFiles).ToList();
        found.Sort(StringComparer.Ordinal);
        return found;
    }

    /// <summary>Whether a path matches; a pattern without <c>/</c> is about the name alone.</summary>
    public static bool Matches(string pattern, string path) => pattern.Contains('/', StringComparison.Ordinal)
        ? Matches(pattern.Split('/', StringSplitOptions.RemoveEmptyEntries), path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        : FileSystemName.MatchesSimpleExpression(pattern, Path.GetFileName(path.AsSpan()), ignoreCase: false);

    static bool Matches(ReadOnlySpan<string> pattern, ReadOnlySpan<string> path)
    {
        if (pattern is ["**"] or []) return path.IsEmpty == (pattern.Length == 0);
        if (pattern is ["**", .. var behind]) return Matches(behind, path) || (!path.IsEmpty && Matches(pattern, path[1..]));
        return !path.IsEmpty && FileSystemName.MatchesSimpleExpression(pattern[0], path[0], ignoreCase: false) && Matches(pattern[1..], path[1..]);
    }

    static IEnumerable<string> Expand(string directory, ArraySegment<string> segments)
    {
        var (segment, rest) = (segments[0], segments[1..]);
        if (segment == "**")
        {
            var below = Directories(directory).SelectMany(child => Expand(child, segments));
            return rest.Count == 0 ? Files(directory, "*").Concat(below) : Expand(directory, rest).Concat(below);
        }
        if (rest.Count == 0) return Files(directory, segment);
        if (!IsPattern(segment)) return Expand(Path.Join(directory, segment), rest);
        return Directories(directory, segment).SelectMany(child => Expand(child, rest));
    }

    static IEnumerable<string> Files(string directory, string name)
    {
        if (IsPattern(name)) return Entries(directory, name, directories: false).Where(path => !IsCompressed(path));
        var path = Path.Join(directory, name);
        return File.Exists(path) ? [path] : [];
    }

    static IEnumerable<string> Directories(string directory, string name = "*") => Entries(directory, name, directories: true);

    // A symbolic link to a directory is not descended into: it may lead back.
    static IEnumerable<string> Entries(string directory, string name, bool directories)
    {
        if (!Directory.Exists(directory)) return Enumerable.Empty<string>();
        var options = new EnumerationOptions { IgnoreInaccessible = true, AttributesToSkip = 0 };
        return new FileSystemEnumerable<string>(directory, (ref FileSystemEntry entry) => entry.ToFullPath(), options)
        {
            ShouldIncludePredicate = (ref FileSystemEntry entry) =>
                (directories ? entry.IsDirectory && (entry.Attributes & FileAttributes.ReparsePoint) == 0 : !entry.IsDirectory)
                && (entry.FileName[0] != '.' || name[0] == '.')
                && FileSystemName.MatchesSimpleExpression(name, entry.FileName, ignoreCase: false),
        };
    }
}
