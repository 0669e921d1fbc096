using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LogMonitor.Functions.Health;

/// <summary>Says once, at the start, which settings keep a part of LogMonitor from working: where nobody can sign in, the log is where it is found.</summary>
sealed partial class SettingsWarning(IConfiguration configuration, Schedules schedules, ILogger<SettingsWarning> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var problem in new SettingsHealth(configuration, schedules).FindProblems()) Warn(logger, problem);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(LogLevel.Error, "{Problem}")]
    static partial void Warn(ILogger logger, string problem);
}
