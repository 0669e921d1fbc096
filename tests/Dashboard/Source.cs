using System.Reflection;

namespace LogMonitor.Dashboard.Tests;

/// <summary>Where the page's source was when the tests were built.</summary>
static class Source
{
    public static string PathOf(string file) => Path.Combine(
        typeof(Source).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "DashboardSource").Value!, file);
}
