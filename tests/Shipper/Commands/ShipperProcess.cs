using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace LogMonitor.Shipper.Tests.Commands;

/// <summary>The program, as a process of its own.</summary>
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

    public int Id => process.Id;

    public string Errors { get { lock (errors) return errors.ToString(); } }

    public string Output { get { lock (output) return output.ToString(); } }

    public static ShipperProcess Start(IReadOnlyDictionary<string, string?> environment, params string[] arguments)
    {
        // With the tests' frameworks: what those hold is not copied beside the program here.
        var tests = Path.Join(AppContext.BaseDirectory, "LogMonitor.Shipper.Tests");
        var start = new ProcessStartInfo(
            "dotnet",
            ["exec", "--runtimeconfig", $"{tests}.runtimeconfig.json", "--depsfile", $"{tests}.deps.json", Path.Join(AppContext.BaseDirectory, "logmonitor-shipper.dll"), .. arguments])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        return new ShipperProcess(Process.Start(start)!);
    }

    /// <summary>Runs to the end.</summary>
    public static async Task<(int ExitCode, string Output, string Errors)> RunAsync(IReadOnlyDictionary<string, string?> environment, params string[] arguments)
    {
        await using var shipper = Start(environment, arguments);
        var exitCode = await shipper.EndAsync();
        return (exitCode, shipper.Output, shipper.Errors);
    }

    public async Task SignalAsync(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    public async Task<int> EndAsync()
    {
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            process.Kill();
            await process.WaitForExitAsync();
        }
        process.Dispose();
    }

    static void Append(StringBuilder text, string? line)
    {
        if (line is null) return;
        lock (text) text.Append(line).Append('\n');
    }
}
