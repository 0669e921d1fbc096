using System.Reflection;
using System.Runtime.InteropServices;

namespace LogMonitor.Shipper;

/// <summary>Which build this is.</summary>
static class ProductVersion
{
    /// <summary>Such as <c>0.1.0+COMMIT</c>.</summary>
    public static string Text { get; } =
        typeof(ProductVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    public static string Platform => RuntimeInformation.RuntimeIdentifier;
}
