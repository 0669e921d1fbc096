using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace LogMonitor.Shipper.Tests.Support;

/// <summary>The real program, as a child process.</summary>
sealed class ShipperProcess : IDisposable
{
    readonly Process process;
    readonly StringBuilder said = new();

    ShipperProcess(Process process)
    {
        this.process = process;
        process.ErrorDataReceived += (_, data) => { lock (said) said.AppendLine(data.Data); };
        process.BeginErrorReadLine();
    }

    /// <summary>How dotnet starts it: with the tests' frameworks, since what those hold is not copied beside the program here.</summary>
    public static IReadOnlyList<string> ProgramArguments { get; } =
    [
        "exec", "--runtimeconfig", Path.Join(AppContext.BaseDirectory, "LogMonitor.Shipper.Tests.runtimeconfig.json"),
        "--depsfile", Path.Join(AppContext.BaseDirectory, "LogMonitor.Shipper.Tests.deps.json"), Path.Join(AppContext.BaseDirectory, "logmonitor-shipper.dll"),
    ];

    /// <summary>What it has written to standard error.</summary>
    public string Said { get { lock (said) return said.ToString(); } }

    public bool HasEnded => process.HasExited;

    /// <param name="containerUrl">In the environment, as for a real one: arguments are for all to see.</param>
    public static ShipperProcess Start(string containerUrl, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [.. ProgramArguments, .. arguments])
        {
            RedirectStandardError = true,
            // Quick to start, since it is started often.
            Environment = { ["LOGMONITOR_CONTAINER_URL"] = containerUrl, ["DOTNET_TieredPGO"] = "0", ["DOTNET_TC_QuickJitForLoops"] = "1" },
        };
        return new(Process.Start(start)!);
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
        using (var kill = Process.Start("kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)]))
            await kill.WaitForExitAsync(CancellationToken.None);
        await process.WaitForExitAsync(CancellationToken.None);
        return process.ExitCode;
    }

    public void Dispose()
    {
        if (!process.HasExited) process.Kill();
        process.Dispose();
    }
}
