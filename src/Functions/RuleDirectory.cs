using System.Globalization;
using LogMonitor.Core.Pipeline;
using LogMonitor.Core.RuleTests;

namespace LogMonitor.Functions;

/// <summary>A directory with rules, and those below it. It is looked at again and again, not watched: that works on shared and mounted directories, too.</summary>
/// <param name="directory">Where it is.</param>
/// <param name="prefix">What stands before its files' names in errors.</param>
public sealed class RuleDirectory(string directory, string prefix) : IRuleSource
{
    /// <inheritdoc/>
    public string Prefix => prefix;

    /// <summary>10 seconds.</summary>
    public TimeSpan Interval => TimeSpan.FromSeconds(10);

    /// <summary>A directory of the user's, which must be there at the start.</summary>
    /// <exception cref="InvalidOperationException">It is not; the message says what to do.</exception>
    public static RuleDirectory OfUser(string directory) => Directory.Exists(directory)
        ? new RuleDirectory(directory, Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory)) + Path.DirectorySeparatorChar)
        : throw new InvalidOperationException($"The rules' directory '{Path.GetFullPath(directory)}' does not exist. Set Rules__Directory to where your rules are.");

    /// <inheritdoc/>
    public Task<IReadOnlyList<RuleFile>> ListAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<RuleFile>>(
    [
        .. RuleFiles.Find(directory).Where(file => !RuleTestReader.IsTestFile(file.Name))
            .Select(file => new RuleFile(file.Name, file.Problem is null ? VersionOf(RuleFiles.Target(file.Path)) : "", file.Problem)),
    ]);

    /// <inheritdoc/>
    public Task<string> ReadAsync(RuleFile file, CancellationToken cancellationToken) => Task.FromResult(RuleFiles.ReadText(Path.Combine(directory, file.Name)));

    static string VersionOf(FileInfo file) => string.Create(CultureInfo.InvariantCulture, $"{file.Length} {file.LastWriteTimeUtc.Ticks}");
}
