using System.Runtime.InteropServices;

namespace LogMonitor.Shipper.Tests.Oracle;

/// <summary>What .NET does not offer.</summary>
static class Native
{
    public static int Link(string from, string to) => LinkUtf8(System.Text.Encoding.UTF8.GetBytes($"{from}\0"), System.Text.Encoding.UTF8.GetBytes($"{to}\0"));

    [DllImport("libc", EntryPoint = "link")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    static extern int LinkUtf8(byte[] from, byte[] to);
}
