using System.Diagnostics;
using System.Text.Json;
using LogMonitor.Core.Parsing;
using LogMonitor.Core.Scanning;
using LogMonitor.Core.Text;
using LogMonitor.Standalone.Rules;
using Microsoft.Win32.SafeHandles;

namespace LogMonitor.Standalone.Scan;

/// <summary>One <c>logmonitor scan</c>.</summary>
static class ScanRun
{
    const int BrokenPipe = 32; // EPIPE: who read our output has gone

    /// <summary>Scans to standard output.</summary>
    /// <returns>The exit code: 0; 1 where there are the alerts that were asked about; 2 where a file could not be read to its end.</returns>
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
        finally
        {
            // Where it is a file, the stream writes at places of its own; taking the handle moves the one that programs after us share.
            _ = output.SafeFileHandle;
        }
    }

    /// <inheritdoc cref="RunAsync(ScanRequest, CancellationToken)"/>
    public static async Task<int> RunAsync(
        ScanRequest request, Stream output, TextWriter messages, TimeProvider time, bool showProgress, CancellationToken cancellationToken)
    {
        var rules = request.AddedRules.Count > 0
            ? new RuleDirectories(request.AddedRules, "Name one with --add-rules DIR").LoadAsTheyRun()
            : new RuleDirectories(request.Rules, "Name one with --rules DIR").Load();
        foreach (var error in rules.Errors.Where(error => RuleDirectories.IsAsked(error.File))) await messages.WriteLineAsync($"logmonitor: rule skipped: {DisplayText.From(error.ToString())}");
        CheckFormat(request.Options, time);
        using var inputs = ScanInputs.Check(request.Files, time);

        var started = Stopwatch.GetTimestamp();
        var scanner = new Scanner(rules, request.Options);
        var progress = new ScanProgress();
        var broken = new List<string>();
        Task ScanAllAsync() => ScanFilesAsync(scanner, request, inputs, new OutputStream(output), progress, broken, cancellationToken);
        if (showProgress) await progress.ShowAsync(ScanAllAsync);
        else await ScanAllAsync();

        foreach (var error in broken) await messages.WriteLineAsync($"logmonitor: {error}");
        var report = scanner.ToReport() with { InputErrors = broken };
        var result = new OutputStream(output);
        if (request.Output == ScanOutput.Json) await WriteJsonAsync(report, result, cancellationToken);
        else if (request.Output == ScanOutput.Text) await result.WriteAsync(System.Text.Encoding.UTF8.GetBytes(ScanText.Of(report, Stopwatch.GetElapsedTime(started))), cancellationToken);
        return broken.Count > 0 ? 2 : report.Alerts.Any(alert => alert.Level >= request.FailOn) ? 1 : 0;
    }

    /// <param name="broken">Takes what is wrong with the files that can't be read to their ends: their lines up to there count, and the other files are read all the same.</param>
    static async Task ScanFilesAsync(
        Scanner scanner, ScanRequest request, ScanInputs inputs, Stream output, ScanProgress progress, List<string> broken, CancellationToken cancellationToken)
    {
        for (var i = 0; i < request.Files.Count; i++)
        {
            ScanInput? input = null;
            try
            {
                input = inputs.Open(i);
                progress.Current = input;
                await scanner.ScanAsync(
                    input.Content, request.Files.Count > 1 ? request.Files[i] : null, input.LastWrite, request.Output == ScanOutput.NdJson ? output : null, cancellationToken);
            }
            catch (UserErrorException e) when (request.Files.Count > 1)
            {
                broken.Add(e.Message); // gone since it was looked at first
            }
            catch (Exception e) when (input?.Explain(e) is { } explained)
            {
                broken.Add(explained.Message);
            }
            finally
            {
                progress.Current = null;
                input?.Dispose();
            }
        }
    }

    static void CheckFormat(ScanOptions options, TimeProvider time)
    {
        try
        {
            _ = new LineParser(new ParserOptions { Format = options.Format, Zone = options.Zone, ReferenceTime = time.GetUtcNow() });
        }
        catch (FormatException e)
        {
            throw new UserErrorException($"--format: {e.Message}");
        }
    }

    static async Task WriteJsonAsync(ScanReport report, Stream output, CancellationToken cancellationToken)
    {
        await output.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(report, ScanJson.Default.ScanReport), cancellationToken);
        await output.WriteAsync("\n"u8.ToArray(), cancellationToken);
    }
}
