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
        Directory.EnumerateFiles(directory, "*", everyFile)
            .Where(path => path.EndsWith(".yml", StringComparison.OrdinalIgnoreCase) || path.EndsWith(".yaml", StringComparison.OrdinalIgnoreCase))
            .Select(path => (Path.GetRelativePath(directory, path), path))
            .Where(file => !file.Item1.Split(Path.DirectorySeparatorChar).Any(part => part.StartsWith('.')))
            .OrderBy(file => file.Item1, StringComparer.Ordinal);

    static (string File, string Yaml) ReadText((string File, string Path) file) => (file.File, File.ReadAllText(file.Path));

    // Links that lead back would be followed for ever; deeper is no place for rules.
    static readonly EnumerationOptions everyFile = new() { RecurseSubdirectories = true, MaxRecursionDepth = 8, AttributesToSkip = 0, IgnoreInaccessible = false };
}
