using LogMonitor.Core.Alerting;
using LogMonitor.Core.Alerting.Plans;
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

    /// <exception cref="UserErrorException">One does not exist.</exception>
    public RuleDirectories(IReadOnlyList<string> asked, string howToName)
    {
        directories = asked.Count == 0 ? [own] : asked;
        foreach (var directory in directories)
            if (!Directory.Exists(directory)) throw new UserErrorException($"The rules' directory '{DisplayText.From(directory)}' {(File.Exists(directory) ? "is a file" : "does not exist")}. {howToName}, or leave it out for the rules that come with LogMonitor.");
    }

    /// <summary>Loads all rules of all directories; of those with one id or name, that of the directory that was named first counts.</summary>
    /// <exception cref="UserErrorException">A file can't be read.</exception>
    public RuleSet Load() => SigmaLoader.Load(ReadFiles(), ReadAll(Unreadable));

    /// <summary>
    /// Loads them as they will run: together with LogMonitor's own, which overrides, filters and correlations may be about, and which come last, so that of two
    /// rules with one id the user's counts.
    /// </summary>
    /// <exception cref="UserErrorException">A file can't be read.</exception>
    public RuleSet LoadAsTheyRun() => directories.Any(IsOwn)
        ? Load()
        : SigmaLoader.Load(ReadFiles().Concat(RuleFiles.Read(own).Select(file => (OwnPrefix + file.File, file.Yaml))), ReadAll(Unreadable));

    /// <summary>Whether a file is one of the directories', and not one of LogMonitor's beside them.</summary>
    public static bool IsAsked(string file) => !file.StartsWith(OwnPrefix, StringComparison.Ordinal);

    /// <summary>How many of their files have rules, filters, placeholders or overrides, and not only comments.</summary>
    /// <exception cref="UserErrorException">A file can't be read.</exception>
    public int CountFiles() => ReadFiles().Count(file => file.Yaml.Split('\n').Any(line => line.Trim() is { Length: > 0 } text && text[0] != '#' && text != "---"));

    /// <summary>What is wrong with their <c>alerts.yml</c>, and what the first of those has; null where there is none.</summary>
    /// <exception cref="UserErrorException">A file can't be read.</exception>
    public (AlertPlan? Plan, IReadOnlyList<RuleError> Errors) ReadPlan()
    {
        var read = ReadAll(directory => RuleFiles.Read(directory).Where(IsPlan).Select(file => AlertPlanReader.Read(NameOf(directory, file.File), file.Yaml, new AlertOptions())));
        return (read.FirstOrDefault().Plan, [.. read.SelectMany(plan => plan.Errors)]);
    }

    static bool IsPlan((string File, string Yaml) file) => file.File == AlertPlan.FileName;

    List<(string File, string Yaml)> ReadFiles() => ReadAll(directory => RuleFiles.Read(directory).Where(file => !IsPlan(file)).Select(file => (NameOf(directory, file.File), file.Yaml)));

    /// <summary>Their files with tests.</summary>
    /// <exception cref="UserErrorException">A file can't be read.</exception>
    public IReadOnlyList<(string File, string Yaml)> ReadTests() => ReadAll(directory => RuleFiles.ReadTests(directory).Select(file => (NameOf(directory, file.File), file.Yaml)));

    IEnumerable<RuleError> Unreadable(string directory) => RuleFiles.FindUnreadable(directory).Select(error => error with { File = NameOf(directory, error.File) });

    string NameOf(string directory, string file) => directories.Count > 1 ? Path.Combine(directory, file) : file;

    static bool IsOwn(string directory) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory)) == own;

    List<T> ReadAll<T>(Func<string, IEnumerable<T>> read)
    {
        try
        {
            return [.. directories.SelectMany(read)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException($"The rules can't be read: {DisplayText.From(e.Message)}");
        }
    }
}
