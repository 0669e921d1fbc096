using System.IO.Compression;

namespace LogMonitor.Tests.Support;

/// <summary>
/// The headless Chromium that the npm package @sparticuz/chromium carries (Linux x64), for Playwright's
/// <c>ExecutablePath</c>. LOGMONITOR_CHROMIUM names another browser, for machines that this one does not run on.
/// </summary>
/// <remarks>
/// It is unpacked here and not by the package's own script, which wants Node 22 and writes straight to /tmp/chromium, where a
/// second test process would start a half-written browser.
/// </remarks>
public static class Chromium
{
    static readonly Lazy<Task<string>> Unpacked = new(UnpackAsync);

    /// <summary>What a browser needs to run as root in a container, without a GPU.</summary>
    public static IReadOnlyList<string> Arguments { get; } = ["--no-sandbox", "--no-zygote", "--disable-gpu", "--font-render-hinting=none"];

    /// <summary>The path of the browser, unpacked on the first call (about 4 s, 200 MB below node_modules).</summary>
    /// <exception cref="FileNotFoundException">The npm packages of tests/Support are not installed.</exception>
    public static Task<string> ExecutablePathAsync() =>
        Environment.GetEnvironmentVariable("LOGMONITOR_CHROMIUM") is { Length: > 0 } path ? Task.FromResult(path) : Unpacked.Value;

    static async Task<string> UnpackAsync()
    {
        var modules = Path.Combine(SupportFolder(), "npm", "node_modules");
        var packed = Path.Combine(modules, "@sparticuz", "chromium", "bin", "chromium.br");
        if (!File.Exists(packed))
            throw new FileNotFoundException("No Chromium for the browser tests: `dotnet build tests/Support` installs it from npm.", packed);

        // Beside the packages, so that `npm ci` removes it along with the version it came from.
        var browser = Path.Combine(Directory.CreateDirectory(Path.Combine(modules, ".chromium")).FullName, "chromium");
        if (File.Exists(browser)) return browser;

        var part = $"{browser}.{Guid.NewGuid():N}";
        await using (var source = new BrotliStream(File.OpenRead(packed), CompressionMode.Decompress))
        await using (var target = File.Create(part))
            await source.CopyToAsync(target);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(part, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        // Test processes unpack side by side; whichever renames last wins, and a browser already running keeps its file.
        File.Move(part, browser, overwrite: true);
        return browser;
    }

    static string SupportFolder()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "LogMonitor.sln"))) return Path.Combine(folder.FullName, "tests", "Support");
        throw new DirectoryNotFoundException($"No LogMonitor.sln above {AppContext.BaseDirectory}: run the tests from a clone.");
    }
}
