using System.Reflection;

namespace LogMonitor.Tests.Support;

/// <summary>Where the pinned npm packages and our scripts for them are.</summary>
public static class NodePackages
{
    /// <summary>tests/Support/npm, as an absolute path.</summary>
    public static string Folder { get; } = typeof(NodePackages).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "NodePackages").Value!;
}
