using System.IO.Enumeration;
using LogMonitor.Core.RuleTests;

namespace LogMonitor.Functions;

/// <summary>Finds and reads the rule files of a directory.</summary>
public static class RuleFiles
{
    /// <summary>The name, relative to the directory, and the text of every rule file below a directory that exists; without hidden and test files.</summary>
    public static IEnumerable<(string File, string Yaml)> Read(string directory) => Find(directory).Where(file => !RuleTestReader.IsTestFile(file.File)).Select(ReadText);

    /// <summary>The same of the files with rules' tests.</summary>
    public static IEnumerable<(string File, string Yaml)> ReadTests(string directory) => Find(directory).Where(file => RuleTestReader.IsTestFile(file.File)).Select(ReadText);

    internal static IEnumerable<(string File, string Path)> Find(string directory) =>
        new FileSystemEnumerable<(string File, string Path)>(directory, (ref FileSystemEntry entry) => ("", entry.ToFullPath()), everyFile)
        {
            ShouldIncludePredicate = (ref FileSystemEntry entry) => !entry.IsDirectory && entry.FileName[0] != '.'
                && (entry.FileName.EndsWith(".yml", StringComparison.OrdinalIgnoreCase) || entry.FileName.EndsWith(".yaml", StringComparison.OrdinalIgnoreCase)),
            // A linked directory is not descended into: it may lead back. Linked files are read, as a mounted Kubernetes ConfigMap has them.
            ShouldRecursePredicate = (ref FileSystemEntry entry) => entry.FileName[0] != '.' && (entry.Attributes & FileAttributes.ReparsePoint) == 0,
        }
            .Select(file => (Path.GetRelativePath(directory, file.Path), file.Path))
            // An empty file has no rules, and a pipe, which is never read to its end, has no length.
            .Where(file => Target(file.Path) is not { Exists: true, Length: 0 })
            .OrderBy(file => file.Item1, StringComparer.Ordinal);

    /// <summary>The file that a path leads to.</summary>
    internal static FileInfo Target(string path) => File.ResolveLinkTarget(path, returnFinalTarget: true) as FileInfo ?? new FileInfo(path);

    static (string File, string Yaml) ReadText((string File, string Path) file) => (file.File, ReadText(file.Path));

    /// <summary>What a file has, or its beginning where it is longer than a rule file can be: the loader says so then.</summary>
    internal static string ReadText(string path)
    {
        const int enough = (1 << 20) + 1;
        using var reader = new StreamReader(path);
        var text = new char[Math.Min(enough, Target(path).Length + 1)];
        return new string(text, 0, reader.ReadBlock(text));
    }

    // Deeper is no place for rules.
    static readonly EnumerationOptions everyFile = new() { RecurseSubdirectories = true, MaxRecursionDepth = 8, AttributesToSkip = 0, IgnoreInaccessible = false };
}
