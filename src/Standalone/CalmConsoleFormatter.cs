using System.Globalization;
using LogMonitor.Core.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace LogMonitor.Standalone;

/// <summary>One line for each event: the time, and what happened. Log content in it can't move the cursor or colour the terminal.</summary>
sealed class CalmConsoleFormatter() : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "calm";

    const int MaxLength = 2_000;

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var label = logEntry.LogLevel switch
        {
            LogLevel.Warning => "warning: ",
            LogLevel.Error or LogLevel.Critical => "error: ",
            _ => "",
        };
        var message = DisplayText.From(logEntry.Formatter(logEntry.State, logEntry.Exception), MaxLength);
        textWriter.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{DateTime.Now:HH:mm:ss}  {label}{message}"));
    }
}
