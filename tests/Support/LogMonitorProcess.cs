using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace LogMonitor.Tests.Support;

/// <summary>The real program, as a child process: what it prints, where it listens, how it ends.</summary>
public sealed partial class LogMonitorProcess : IAsyncDisposable
{
    /// <summary>The program that was built with the tests, for those that start it otherwise.</summary>
    public static string Program { get; } = Path.GetFullPath(typeof(LogMonitorProcess).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "LogMonitorProgram").Value!);

    readonly Process process;
    readonly StringBuilder output = new();

    LogMonitorProcess(Process process)
    {
        this.process = process;
        process.OutputDataReceived += (_, e) => Add(e.Data);
        process.ErrorDataReceived += (_, e) => Add(e.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Its process id.</summary>
    public int Id => process.Id;

    /// <summary>What it has printed so far, on standard output and standard error.</summary>
    public string Output
    {
        get { lock (output) return output.ToString(); }
    }

    /// <summary>Starts it with arguments of one's own.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="environment">Variables to set; null takes one away.</param>
    /// <param name="workingDirectory">Where it starts; where the test runs unless given.</param>
    public static LogMonitorProcess Start(
        IEnumerable<string> arguments, IReadOnlyDictionary<string, string?>? environment = null, string? workingDirectory = null)
    {
        // A test run in the background of a shell ignores Ctrl-C, and its children would inherit that.
        var start = new ProcessStartInfo("env", ["--default-signal=INT", Program, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = workingDirectory ?? "",
        };
        // The tests' own Azurite, so that none waits for npm; and nothing of the machine's own settings.
        start.Environment["LOGMONITOR_AZURITE_MODULES"] = Path.Combine(NodePackages.Folder, "node_modules");
        start.Environment.Remove("LogStorage");
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>())
            if (value is null) start.Environment.Remove(name);
            else start.Environment[name] = value;
        return new(Process.Start(start) ?? throw new InvalidOperationException($"{Program} did not start."));
    }

    /// <summary>Waits until it is up, and returns a client of its dashboard.</summary>
    public async Task<HttpClient> ConnectAsync() => new() { BaseAddress = await AddressAsync() };

    /// <summary>Waits until it says where it listens. Fails with what it printed when it ends instead.</summary>
    public async Task<Uri> AddressAsync()
    {
        var found = await Poll.UntilAsync("logmonitor is up, or has ended", () => Task.FromResult(
            Up().Match(Output) is { Success: true } match ? match : process.HasExited ? Match.Empty : null), TimeSpan.FromMinutes(1));
        return found.Success ? new Uri(found.Groups[1].Value) : throw new InvalidOperationException($"logmonitor ended before it was up:\n{Output}");
    }

    /// <summary>Waits for its end and returns the exit code.</summary>
    public async Task<int> ExitAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"logmonitor has not ended within a minute. It printed:\n{Output}");
        }
        return process.ExitCode;
    }

    /// <summary>Ctrl-C.</summary>
    public async Task InterruptAsync()
    {
        using var kill = Process.Start("kill", ["-INT", Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }

    /// <summary>Ends it without a chance to clean up. Its children are left to themselves: that is what is tested.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    /// <summary>Whether any process has this text in its command line, such as an Azurite on a folder.</summary>
    public static bool AnyProcessNames(string text) => Directory.EnumerateDirectories("/proc")
        .Where(directory => Path.GetFileName(directory).All(char.IsAsciiDigit))
        .Any(directory => CommandLine(directory).Contains(text, StringComparison.Ordinal));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited) await KillAsync();
        process.Dispose();
    }

    static string CommandLine(string processDirectory)
    {
        try
        {
            return File.ReadAllText(Path.Combine(processDirectory, "cmdline"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return ""; // ended meanwhile, or another user's
        }
    }

    void Add(string? line)
    {
        if (line is not null) lock (output) output.Append(line).Append('\n');
    }

    [GeneratedRegex(@"LogMonitor is up\.  Dashboard: (http://\S+)\n")]
    private static partial Regex Up();
}

/// <summary>Reading JSON without the program's own types: the API as a script sees it.</summary>
public static class HttpJson
{
    /// <summary>The answer to a GET, which must succeed.</summary>
    public static async Task<JsonElement> GetJsonAsync(this HttpClient client, string path, CancellationToken cancellationToken) =>
        await client.GetFromJsonAsync<JsonElement>(path, cancellationToken);
}
