namespace LogMonitor.Tests.Support;

/// <summary>The clone that the tests were built in.</summary>
public static class Repository
{
    /// <summary>Its top folder, as an absolute path.</summary>
    public static string Root { get; } = Path.GetFullPath(Path.Combine(NodePackages.Folder, "..", "..", ".."));

    /// <summary>A file or folder in it.</summary>
    public static string PathOf(string name) => Path.Combine(Root, name);
}
