using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LogMonitor.Notifications;

/// <summary>Says once, at the start, that alerts will reach nobody.</summary>
sealed partial class MissingChannelWarning(ILogger<MissingChannelWarning> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        Warn(logger);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(LogLevel.Warning, "No mail channel is configured: alerts are stored and shown on the dashboard, and nobody is told. "
        + "Set SendGrid:ApiKey, Smtp:Host or Mail:Folder.")]
    static partial void Warn(ILogger logger);
}
