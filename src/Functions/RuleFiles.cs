using LogMonitor.Core.Detection;
using LogMonitor.Core.RuleTests;

namespace LogMonitor.Functions;

/// <summary>Reads the rules' directory.</summary>
public static class RuleFiles
{
    /// <summary>Loads every <c>.yml</c> and <c>.yaml</c> file below a directory. Rules with errors are skipped; the result lists them.</summary>
    /// <exception cref="InvalidOperationException">The directory is missing.</exception>
    public static RuleSet Load(string directory)
    {
        if (!Directory.Exists(directory))
            throw new InvalidOperationException($"The rules' directory '{Path.GetFullPath(directory)}' does not exist. Set Rules__Directory to where the rules are.");
        return SigmaLoader.Load(Read(directory));
    }

    /// <summary>The name, relative to the directory, and the text of every rule file below a directory that exists; without hidden and test files.</summary>
    public static IEnumerable<(string File, string Yaml)> Read(string directory) => Find(directory).Where(file => !RuleTestReader.IsTestFile(file.File)).Select(ReadText);

    /// <summary>The same of the files with rules' tests.</summary>
    public static IEnumerable<(string File, string Yaml)> ReadTests(string directory) => Find(directory).Where(file => RuleTestReader.IsTestFile(file.File)).Select(ReadText);

    static IEnumerable<(string File, string Path)> Find(string directory) =>
        Directory.EnumerateFiles(directory, "*", everyFile)
            .Where(path => path.EndsWith(".yml", StringComparison.OrdinalIgnoreCase) || path.EndsWith(".yaml", StringComparison.OrdinalIgnoreCase))
            .Select(path => (Path.GetRelativePath(directory, path), path))
            .Where(file => !file.Item1.Split(Path.DirectorySeparatorChar).Any(part => part.StartsWith('.')));

    static (string File, string Yaml) ReadText((string File, string Path) file) => (file.File, File.ReadAllText(file.Path));

    // Links that lead back would be followed for ever; deeper is no place for rules.
    static readonly EnumerationOptions everyFile = new() { RecurseSubdirectories = true, MaxRecursionDepth = 8, AttributesToSkip = 0, IgnoreInaccessible = false };
}
