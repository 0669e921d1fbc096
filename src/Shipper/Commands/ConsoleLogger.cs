using Microsoft.Extensions.Logging;

namespace LogMonitor.Shipper.Commands;

/// <summary>One line per message on standard error; the journal adds the time.</summary>
sealed class ConsoleLogger(TextWriter output, LogLevel minimum) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= minimum;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel)) return;
        var message = Core.Text.DisplayText.From(formatter(state, exception), maxLength: 4_000);
        output.WriteLine(logLevel switch
        {
            LogLevel.Warning => $"warning: {message}",
            >= LogLevel.Error => $"error: {message}",
            _ => message.ToString(),
        });
    }
}
