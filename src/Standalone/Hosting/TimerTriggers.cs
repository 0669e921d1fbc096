using LogMonitor.Functions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using NCrontab;

namespace LogMonitor.Standalone.Hosting;

/// <summary>Runs each timer function on its schedule, one run at a time. A run that throws is logged; the next one comes.</summary>
sealed partial class TimerTriggers(IServiceProvider services, Schedules schedules, TimeProvider time, ILogger<TimerTriggers> logger) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(FunctionMethod<TimerTriggerAttribute>.FindAll().Select(function =>
            schedules.Find(function.Trigger.Schedule.Trim('%')) is { } schedule ? RunAsync(function, schedule, stoppingToken) : Task.CompletedTask));

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
