using System.Diagnostics;
using System.Text;
using LogMonitor.Tests.Support;

namespace LogMonitor.Standalone.Tests.Scan.Support;

/// <summary>What <c>logmonitor scan</c> left.</summary>
/// <param name="ExitCode">128 and the signal's number where one ended it.</param>
/// <param name="Output">Standard output.</param>
/// <param name="Errors">Standard error.</param>
sealed record ScanResult(int ExitCode, string Output, string Errors);

/// <summary>The real program's <c>scan</c>, with standard output and standard error apart.</summary>
static class ScanProcess
{
    static readonly TimeSpan limit = TimeSpan.FromMinutes(1);

    /// <summary>Runs it to its end.</summary>
    public static async Task<ScanResult> RunAsync(string[] arguments, byte[]? input = null, string? workingDirectory = null)
    {
        using var process = Start([LogMonitorProcess.Program, "scan", .. arguments], workingDirectory);
        return await EndAsync(process, input);
    }

    /// <summary>Runs another command of the program.</summary>
    public static async Task<ScanResult> CommandAsync(params string[] arguments)
    {
        using var process = Start([LogMonitorProcess.Program, .. arguments], workingDirectory: null);
        return await EndAsync(process, input: null);
    }

    /// <summary>Runs a line of shell in which <c>$LOGMONITOR</c> is the program.</summary>
    public static async Task<ScanResult> ShellAsync(string command, string workingDirectory)
    {
        using var process = Start(["bash", "-c", command], workingDirectory);
        return await EndAsync(process, input: null);
    }

    /// <summary>Starts it, waiting for standard input.</summary>
    public static Process StartWaiting(params string[] arguments) => Start([LogMonitorProcess.Program, "scan", .. arguments], workingDirectory: null);

    /// <summary>Waits for its end.</summary>
    /// <param name="process">A process that was started here.</param>
    /// <param name="input">What it gets before standard input ends.</param>
    public static async Task<ScanResult> EndAsync(Process process, byte[]? input)
    {
        using var late = new CancellationTokenSource(limit);
        var output = ReadAsync(process.StandardOutput.BaseStream);
        var errors = ReadAsync(process.StandardError.BaseStream);
        if (input is not null) await process.StandardInput.BaseStream.WriteAsync(input, late.Token);
        process.StandardInput.Close();
        try
        {
            await process.WaitForExitAsync(late.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw new TimeoutException($"scan has not ended within {limit}.");
        }
        return new ScanResult(process.ExitCode, await output, await errors);
    }

    // A test run in the background of a shell ignores Ctrl-C, and its children would inherit that.
    static Process Start(string[] command, string? workingDirectory)
    {
        var start = new ProcessStartInfo("env", ["--default-signal=INT", .. command])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = workingDirectory ?? "",
        };
        start.Environment["LOGMONITOR"] = LogMonitorProcess.Program;
        return Process.Start(start) ?? throw new InvalidOperationException($"{command[0]} did not start.");
    }

    static async Task<string> ReadAsync(Stream stream)
    {
        using var all = new MemoryStream();
        await stream.CopyToAsync(all);
        // Strict: what is not UTF-8 fails the test.
        return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(all.ToArray());
    }
}
