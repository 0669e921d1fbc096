using System.Diagnostics;
using System.Text.Json;
using LogMonitor.Core.Detection;
using LogMonitor.Core.Scanning;
using LogMonitor.Core.Text;
using LogMonitor.Functions;
using Microsoft.Win32.SafeHandles;

namespace LogMonitor.Standalone.Scan;

/// <summary>One <c>logmonitor scan</c>.</summary>
static class ScanRun
{
    const int BrokenPipe = 32; // EPIPE: who read our output has gone

    /// <summary>Scans to standard output.</summary>
    /// <returns>The exit code: 0, or 1 where there are the alerts that were asked about.</returns>
    /// <exception cref="UserErrorException">An argument or a file is wrong; the message says which.</exception>
    public static async Task<int> RunAsync(ScanRequest request, CancellationToken cancellationToken)
    {
        await using var output = new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        try
        {
            return await RunAsync(request, output, Console.Error, TimeProvider.System, ScanProgress.IsWanted(request), cancellationToken);
        }
        catch (OutputException e) when (e.InnerException!.HResult == BrokenPipe)
        {
            return 0;
        }
        catch (OutputException e)
        {
            throw new UserErrorException($"The result can't be written to standard output: {e.InnerException!.Message}");
        }
    }

    /// <inheritdoc cref="RunAsync(ScanRequest, CancellationToken)"/>
    public static async Task<int> RunAsync(
        ScanRequest request, Stream output, TextWriter messages, TimeProvider time, bool showProgress, CancellationToken cancellationToken)
    {
        var rules = LoadRules(request.Rules);
        foreach (var error in rules.Errors) await messages.WriteLineAsync($"logmonitor: rule skipped: {DisplayText.From(error.ToString())}");
        // A name that is wrong is found before an hour has gone into the others.
        foreach (var file in request.Files.Where(file => file != ScanInput.Standard)) ScanInput.Open(file, time).Dispose();

        var started = Stopwatch.GetTimestamp();
        var scanner = new Scanner(rules, request.Options);
        var progress = new ScanProgress();
        Task ScanAllAsync() => ScanFilesAsync(scanner, request, new OutputStream(output), progress, time, cancellationToken);
        if (showProgress) await progress.ShowAsync(ScanAllAsync);
        else await ScanAllAsync();

        var report = scanner.ToReport();
        var result = new OutputStream(output);
        if (request.Output == ScanOutput.Json) await WriteJsonAsync(report, result, cancellationToken);
        else if (request.Output == ScanOutput.Text) await result.WriteAsync(System.Text.Encoding.UTF8.GetBytes(ScanText.Of(report, Stopwatch.GetElapsedTime(started))), cancellationToken);
        return report.Alerts.Any(alert => alert.Level >= request.FailOn) ? 1 : 0;
    }

    static async Task ScanFilesAsync(Scanner scanner, ScanRequest request, Stream output, ScanProgress progress, TimeProvider time, CancellationToken cancellationToken)
    {
        foreach (var file in request.Files)
        {
            using var input = ScanInput.Open(file, time);
            progress.Current = input;
            try
            {
                await scanner.ScanAsync(input.Content, request.Files.Count > 1 ? file : null, input.LastWrite, request.Output == ScanOutput.NdJson ? output : null, cancellationToken);
            }
            catch (FormatException e)
            {
                throw new UserErrorException($"--format: {e.Message}");
            }
            catch (Exception e) when (input.Explain(e) is not null)
            {
                throw input.Explain(e)!;
            }
            progress.Current = null;
        }
    }

    static async Task WriteJsonAsync(ScanReport report, Stream output, CancellationToken cancellationToken)
    {
        await output.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(report, ScanJson.Default.ScanReport), cancellationToken);
        await output.WriteAsync("\n"u8.ToArray(), cancellationToken);
    }

    static RuleSet LoadRules(IReadOnlyList<string> asked)
    {
        IReadOnlyList<string> directories = asked.Count > 0 ? asked : [Path.Combine(AppContext.BaseDirectory, "rules")];
        foreach (var directory in directories)
            if (!Directory.Exists(directory)) throw new UserErrorException($"The rules' directory '{directory}' does not exist. Name one with --rules DIR, or leave it out for the rules that come with LogMonitor.");
        try
        {
            return SigmaLoader.Load(directories.SelectMany(directory => RuleFiles.Read(directory)
                .Select(file => (directories.Count > 1 ? Path.Combine(directory, file.File) : file.File, file.Yaml))));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException($"The rules can't be read: {e.Message}");
        }
    }
}
