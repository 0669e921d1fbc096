using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace LogMonitor.Shipper.Tests.Support;

/// <summary>The real program, as a child process.</summary>
sealed class ShipperProcess : IAsyncDisposable
{
    readonly Process process;
    readonly StringBuilder errors = new();
    readonly StringBuilder output = new();

    ShipperProcess(Process process)
    {
        this.process = process;
        process.ErrorDataReceived += (_, line) => Append(errors, line.Data);
        process.OutputDataReceived += (_, line) => Append(output, line.Data);
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
    }

    /// <summary>How dotnet starts it: with the tests' frameworks, since what those hold is not copied beside the program here.</summary>
    public static IReadOnlyList<string> ProgramArguments { get; } =
    [
        "exec", "--runtimeconfig", Path.Join(AppContext.BaseDirectory, "LogMonitor.Shipper.Tests.runtimeconfig.json"),
        "--depsfile", Path.Join(AppContext.BaseDirectory, "LogMonitor.Shipper.Tests.deps.json"), Path.Join(AppContext.BaseDirectory, "logmonitor-shipper.dll"),
    ];

    public int Id => process.Id;

    public bool HasEnded => process.HasExited;

    /// <summary>What it has written to standard error so far.</summary>
    public string Errors { get { lock (errors) return errors.ToString(); } }

    /// <summary>What it has written to standard output so far.</summary>
    public string Output { get { lock (output) return output.ToString(); } }

    /// <param name="environment">Set beside what the tests have; null takes a variable away. Secrets stand here: arguments are for all to see.</param>
    /// <param name="arguments">The command line.</param>
    public static ShipperProcess Start(IReadOnlyDictionary<string, string?> environment, params string[] arguments) => Start(environment, "dotnet", [.. ProgramArguments, .. arguments]);

    /// <summary>Starts one that files' permissions hold for, also where the tests run as root.</summary>
    public static ShipperProcess StartUnprivileged(IReadOnlyDictionary<string, string?> environment, params string[] arguments) => Environment.IsPrivilegedProcess
        ? Start(environment, "setpriv", ["--bounding-set=-dac_override,-dac_read_search", "dotnet", .. ProgramArguments, .. arguments])
        : Start(environment, arguments);

    static ShipperProcess Start(IReadOnlyDictionary<string, string?> environment, string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            // Quick to start, since it is started often.
            Environment = { ["DOTNET_TieredPGO"] = "0", ["DOTNET_TC_QuickJitForLoops"] = "1" },
        };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        return new(Process.Start(start)!);
    }

    /// <summary>Runs to the end.</summary>
    public static async Task<(int ExitCode, string Output, string Errors)> RunAsync(IReadOnlyDictionary<string, string?> environment, params string[] arguments)
    {
        await using var shipper = Start(environment, arguments);
        var exitCode = await shipper.EndAsync();
        return (exitCode, shipper.Output, shipper.Errors);
    }

    /// <param name="name">As kill(1) has it: <c>TERM</c>, <c>HUP</c>, <c>KILL</c>.</param>
    public async Task SignalAsync(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(CancellationToken.None);
    }

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync(CancellationToken.None);
    }

    /// <summary>SIGTERM, as systemd stops it; returns the exit code.</summary>
    public async Task<int> StopAsync()
    {
        await SignalAsync("TERM");
        return await EndAsync();
    }

    /// <summary>Waits for its end, and for the last that it wrote; returns the exit code.</summary>
    public async Task<int> EndAsync()
    {
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited) await KillAsync();
        process.Dispose();
    }

    static void Append(StringBuilder text, string? line)
    {
        if (line is null) return;
        lock (text) text.Append(line).Append('\n');
    }
}
