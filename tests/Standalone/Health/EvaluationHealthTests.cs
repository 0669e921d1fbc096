using LogMonitor.Core.Pipeline;
using LogMonitor.Functions;
using LogMonitor.Functions.Health;
using LogMonitor.Tests.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Time.Testing;

namespace LogMonitor.Standalone.Tests.Health;

public sealed class EvaluationHealthTests
{
    static readonly DateTimeOffset noon = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("*/15 * * * * *", 5, null)]
    [InlineData("*/15 * * * * *", 6, "Nothing was evaluated for 6 minutes. Check that LogMonitor runs, and what it logs about EvaluateThresholds.")]
    [InlineData("0 */10 * * * *", 30, null)]
    [InlineData("0 */10 * * * *", 36, "Nothing was evaluated for 36 minutes. Check that LogMonitor runs, and what it logs about EvaluateThresholds.")]
    [InlineData("0 0 0 1 * *", 1_440, null)]
    public async Task EvaluationsThatStayAwayAreSaid(string schedule, int minutes, string? problem)
    {
        var hosts = new MemoryStores();
        await hosts.SaveWatchAsync(new WatchPeriod(noon.AddDays(-1), noon), TestContext.Current.CancellationToken);
        Assert.Equal(problem, await CheckAsync(hosts, schedule, noon.AddMinutes(minutes)));
    }

    [Fact]
    public async Task BeforeTheFirstNothingIsLate() => Assert.Null(await CheckAsync(new MemoryStores(), "*/15 * * * * *", noon));

    static async Task<string?> CheckAsync(IHostStore hosts, string schedule, DateTimeOffset now)
    {
        var schedules = Schedules.Read(new ConfigurationBuilder().AddInMemoryCollection([new(Schedules.Evaluate, schedule), new(Schedules.Reconcile, schedule), new(Schedules.Archive, schedule), new(Schedules.Expire, schedule)]).Build());
        var check = new EvaluationHealth(hosts, schedules, new FakeTimeProvider(now));
        var result = await check.CheckHealthAsync(new() { Registration = new HealthCheckRegistration("evaluation", check, HealthStatus.Unhealthy, null) }, TestContext.Current.CancellationToken);
        Assert.Equal(result.Description is null ? HealthStatus.Healthy : HealthStatus.Unhealthy, result.Status);
        return result.Description;
    }
}
