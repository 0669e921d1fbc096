using System.IO.Enumeration;
using System.Runtime.InteropServices;
using LogMonitor.Core.Detection;
using LogMonitor.Core.RuleTests;

namespace LogMonitor.Functions;

/// <summary>Finds and reads the rule files of a directory.</summary>
public static class RuleFiles
{
    /// <summary>The name, relative to the directory, and the text of every rule file below a directory that exists; without hidden and test files.</summary>
    public static IEnumerable<(string File, string Yaml)> Read(string directory) => Find(directory).Where(file => !RuleTestReader.IsTestFile(file.Name) && file.Problem is null).Select(ReadText);

    /// <summary>The same of the files with rules' tests.</summary>
    public static IEnumerable<(string File, string Yaml)> ReadTests(string directory) => Find(directory).Where(file => RuleTestReader.IsTestFile(file.Name) && file.Problem is null).Select(ReadText);

    /// <summary>What is named like a rule file, or like one with tests, and can't be read as a file: a pipe, a link to nothing.</summary>
    public static IEnumerable<RuleError> FindUnreadable(string directory) => Find(directory).Where(file => file.Problem is not null).Select(file => RuleError.OfFile(file.Name, file.Problem!));

    internal static IEnumerable<FoundFile> Find(string directory) =>
        new FileSystemEnumerable<string>(directory, (ref FileSystemEntry entry) => entry.ToFullPath(), everyFile)
        {
            ShouldIncludePredicate = (ref FileSystemEntry entry) => !entry.IsDirectory && entry.FileName[0] != '.'
                && (entry.FileName.EndsWith(".yml", StringComparison.OrdinalIgnoreCase) || entry.FileName.EndsWith(".yaml", StringComparison.OrdinalIgnoreCase)),
            // A linked directory is not descended into: it may lead back. Linked files are read, as a mounted Kubernetes ConfigMap has them.
            ShouldRecursePredicate = (ref FileSystemEntry entry) => entry.FileName[0] != '.' && (entry.Attributes & FileAttributes.ReparsePoint) == 0,
        }
            .Select(path => new FoundFile(Path.GetRelativePath(directory, path), path, FileKind.FindProblem(path)))
            .OrderBy(file => file.Name, StringComparer.Ordinal);

    /// <summary>The file that a path leads to.</summary>
    internal static FileInfo Target(string path) => File.ResolveLinkTarget(path, returnFinalTarget: true) as FileInfo ?? new FileInfo(path);

    static (string File, string Yaml) ReadText(FoundFile file) => (file.Name, ReadText(file.Path));

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

/// <summary>What is named like a rule file.</summary>
/// <param name="Name">Relative to the directory.</param>
/// <param name="Path">Where it is.</param>
/// <param name="Problem">Why it can't be read; null where it can.</param>
readonly record struct FoundFile(string Name, string Path, string? Problem);

/// <summary>Whether a path leads to a file. .NET does not tell one from a pipe, which is never read to its end.</summary>
/// <remarks>statx(2), since its layout is the same on every architecture.</remarks>
static class FileKind
{
    const int CurrentDirectory = -100, TypeOnly = 1, ModeOffset = 28, StatxLength = 256;
    const int RegularFile = 0x8000, TypeMask = 0xf000;
    const int NoSuchFile = 2, TooManyLinks = 40;

    /// <summary>Why it can't be read as a file; null where it can, or where trying will tell.</summary>
    public static string? FindProblem(string path)
    {
        if (!OperatingSystem.IsLinux()) return null;
        var stat = new byte[StatxLength];
        if (Statx(CurrentDirectory, path, 0, TypeOnly, stat) != 0)
            return Marshal.GetLastPInvokeError() switch
            {
                NoSuchFile => "this is a link to nothing",
                TooManyLinks => "this is a link that leads back to itself",
                _ => null,
            };
        return (BitConverter.ToUInt16(stat, ModeOffset) & TypeMask) == RegularFile ? null : "this is not a file, but a pipe, a socket or a device";
    }

    [DllImport("libc", EntryPoint = "statx", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    static extern int Statx(int directory, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint mask, [Out] byte[] stat);
}
