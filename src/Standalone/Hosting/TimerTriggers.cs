using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using NCrontab;

namespace LogMonitor.Standalone.Hosting;

/// <summary>Runs each timer function on its schedule, one run at a time. A run that throws is logged; the next one comes.</summary>
sealed partial class TimerTriggers(IServiceProvider services, IConfiguration configuration, TimeProvider time, ILogger<TimerTriggers> logger) : BackgroundService
{
    /// <exception cref="InvalidOperationException">A schedule is missing or malformed.</exception>
    public static CrontabSchedule ReadSchedule(string expression, IConfiguration configuration)
    {
        var setting = expression.StartsWith('%') ? expression.Trim('%') : null;
        var text = setting is null ? expression : configuration[setting]
            ?? throw new InvalidOperationException($"The setting '{setting}' is missing: a schedule such as '*/15 * * * * *' (second, minute, hour, day, month, day of week).");
        return CrontabSchedule.TryParse(text, new CrontabSchedule.ParseOptions { IncludingSeconds = true })
            ?? throw new InvalidOperationException($"{(setting is null ? "A schedule" : $"The setting '{setting}'")} is '{text}', which is not a schedule: expected six fields (second, minute, hour, day, month, day of week), such as '*/15 * * * * *'.");
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(FunctionMethod<TimerTriggerAttribute>.FindAll().Select(function => RunAsync(function, ReadSchedule(function.Trigger.Schedule, configuration), stoppingToken)));

    async Task RunAsync(FunctionMethod<TimerTriggerAttribute> function, CrontabSchedule schedule, CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var now = time.GetUtcNow().UtcDateTime;
            var wait = schedule.GetNextOccurrence(now) - now;
            try
            {
                // A timer takes at most 49 days; a schedule may be longer.
                await Task.Delay(wait < TimeSpan.FromDays(40) ? wait : TimeSpan.FromDays(40), time, stoppingToken);
                if (wait >= TimeSpan.FromDays(40)) continue;
                await function.InvokeAsync(services, new Dictionary<string, object?>(), new TimerInfo(), stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // the stage's boundary: whatever a run throws, the next must come
            catch (Exception e)
#pragma warning restore CA1031
            {
                LogFailed(function.Name, e.Message, e);
            }
        }
    }

    [LoggerMessage(LogLevel.Error, "{Function} failed: {Problem} It runs again on its schedule")]
    partial void LogFailed(string function, string problem, Exception exception);
}
