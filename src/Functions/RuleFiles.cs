using LogMonitor.Core.Detection;

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

    /// <summary>
    /// The name, relative to the directory, and the text of every <c>.yml</c> and <c>.yaml</c> file below a directory that exists, without the golden
    /// tests beside them (<c>.test.yml</c>).
    /// </summary>
    public static IEnumerable<(string File, string Yaml)> Read(string directory) =>
        Directory.EnumerateFiles(directory, "*.*", SearchOption.AllDirectories)
            .Where(file => file.EndsWith(".yml", StringComparison.OrdinalIgnoreCase) || file.EndsWith(".yaml", StringComparison.OrdinalIgnoreCase))
            .Where(file => !Path.GetFileNameWithoutExtension(file).EndsWith(".test", StringComparison.OrdinalIgnoreCase))
            .Select(file => (Path.GetRelativePath(directory, file), File.ReadAllText(file)));
}
