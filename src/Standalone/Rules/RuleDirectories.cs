using LogMonitor.Core.Detection;
using LogMonitor.Core.Text;
using LogMonitor.Functions;

namespace LogMonitor.Standalone.Rules;

/// <summary>The directories that a command was told to take rules from; none for the rules beside the program.</summary>
sealed class RuleDirectories
{
    /// <summary>What stands before the names of LogMonitor's own files where others are loaded with them.</summary>
    const string OwnPrefix = "LogMonitor's ";

    static readonly string own = Path.Combine(AppContext.BaseDirectory, "rules");

    readonly IReadOnlyList<string> directories;
    readonly bool isOwn;

    /// <exception cref="UserErrorException">One does not exist.</exception>
    public RuleDirectories(IReadOnlyList<string> asked, string howToName)
    {
        isOwn = asked.Count == 0;
        directories = isOwn ? [own] : asked;
        foreach (var directory in directories)
            if (!Directory.Exists(directory)) throw new UserErrorException($"The rules' directory '{DisplayText.From(directory)}' {(File.Exists(directory) ? "is a file" : "does not exist")}. {howToName}, or leave it out for the rules that come with LogMonitor.");
    }

    /// <summary>Loads all rules of all directories.</summary>
    /// <exception cref="UserErrorException">A file can't be read.</exception>
    public RuleSet Load() => SigmaLoader.Load(ReadAll(RuleFiles.Read));

    /// <summary>
    /// Loads them as they will run. Overrides, and correlations that stand on LogMonitor's own rules, load only together with those: then LogMonitor's are there, too, and come
    /// last, so that of two with one id the user's counts.
    /// </summary>
    /// <exception cref="UserErrorException">A file can't be read.</exception>
    public RuleSet LoadAsTheyRun()
    {
        var alone = Load();
        if (isOwn || alone.Errors.Count == 0) return alone;
        return SigmaLoader.Load(ReadAll(RuleFiles.Read).Concat(RuleFiles.Read(own).Select(file => (OwnPrefix + file.File, file.Yaml))));
    }

    /// <summary>Whether a file is one of the directories', and not one of LogMonitor's beside them.</summary>
    public static bool IsAsked(string file) => !file.StartsWith(OwnPrefix, StringComparison.Ordinal);

    /// <summary>Their files with tests.</summary>
    /// <exception cref="UserErrorException">A file can't be read.</exception>
    public IReadOnlyList<(string File, string Yaml)> ReadTests() => ReadAll(RuleFiles.ReadTests);

    List<(string File, string Yaml)> ReadAll(Func<string, IEnumerable<(string File, string Yaml)>> read)
    {
        try
        {
            return [.. directories.SelectMany(directory => read(directory).Select(file => (directories.Count > 1 ? Path.Combine(directory, file.File) : file.File, file.Yaml)))
                .OrderBy(file => file.Item1, StringComparer.Ordinal)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException($"The rules can't be read: {DisplayText.From(e.Message)}");
        }
    }
}
