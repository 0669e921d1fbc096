using System.Runtime.InteropServices;
using LogMonitor.Core.Text;
using Spectre.Console;

namespace LogMonitor.Standalone.Scan;

/// <summary>The progress bar: on a terminal, on standard error, so that the result stays clean.</summary>
sealed class ScanProgress
{
    const string ShowCursor = "\r\e[K\e[?25h";

    static readonly TimeSpan interval = TimeSpan.FromMilliseconds(200);

    ScanInput? current;

    /// <summary>What is being read.</summary>
    public ScanInput? Current { set => Volatile.Write(ref current, value); }

    /// <summary>Whether somebody sees it, and the result doesn't run through it: not where an object for each line goes to the same terminal.</summary>
    public static bool IsWanted(ScanRequest request) =>
        !Console.IsErrorRedirected && (request.Output != ScanOutput.NdJson || Console.IsOutputRedirected)
        && !(request.Files.Contains(ScanInput.Standard) && !Console.IsInputRedirected);

    /// <summary>Shows it while something is done.</summary>
    public async Task ShowAsync(Func<Task> work)
    {
        // The bar hides the cursor; a signal would end the program and leave it so. The signal then does what it always does.
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, _ => Console.Error.Write(ShowCursor));
        using var termination = PosixSignalRegistration.Create(PosixSignal.SIGTERM, _ => Console.Error.Write(ShowCursor));
        // Said here, since by itself it takes standard output for the terminal, and leaves lines behind where that goes to a file.
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Interactive = InteractionSupport.Yes, Out = new AnsiConsoleOutput(Console.Error) });
        await console.Progress().AutoClear(true).Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(async context =>
            {
                // The work does not yield: it has a thread of its own.
                var working = Task.Run(work);
                ProgressTask? bar = null;
                ScanInput? shown = null;
                while (await Task.WhenAny(working, Task.Delay(interval)) != working)
                {
                    if (Volatile.Read(ref current) is not { } input) continue;
                    if (input != shown)
                    {
                        bar?.StopTask();
                        bar = context.AddTask(Markup.Escape(DisplayText.From(input.Name, 60).ToString()));
                        bar.IsIndeterminate = input.Length == 0;
                        shown = input;
                    }
                    if (input.Length > 0) bar!.MaxValue(input.Length).Value = input.Position;
                }
                await working;
            });
    }
}
