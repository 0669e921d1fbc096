using LogMonitor.Functions;
using Microsoft.Extensions.Configuration;

namespace LogMonitor.Standalone.Tests.Health;

public sealed class SchedulesTests
{
    static readonly DateTime noon = new(2026, 11, 1, 12, 0, 0, DateTimeKind.Utc);

    [Theory]
    [InlineData("*/15 * * * * *", "12:00:15")]
    [InlineData("0 30 2 * * *", "02:30:00")]
    [InlineData("0 */10 * * * *", "12:10:00")]
    public void AScheduleHasSeconds(string schedule, string next)
    {
        var schedules = Read(schedule);
        Assert.Empty(schedules.Problems);
        Assert.Equal(next, schedules.Find(Schedules.Evaluate)!.GetNextOccurrence(noon).ToString("HH:mm:ss", null));
    }

    [Theory]
    [InlineData("")]
    [InlineData("*/10 * * * *")]
    [InlineData("61 * * * * *")]
    [InlineData("often")]
    public void AWrongScheduleIsNamedWithWhatIsExpectedAndTheOthersCount(string schedule)
    {
        var schedules = Read(schedule);
        Assert.Equal($"The setting 'EvaluateSchedule' is '{schedule}', which is not a schedule: expected six fields (second, minute, hour, day, month, day of week), such as '*/15 * * * * *'.",
            Assert.Single(schedules.Problems).Value);
        Assert.Null(schedules.Find(Schedules.Evaluate));
        Assert.NotNull(schedules.Find(Schedules.Archive));
    }

    [Fact]
    public void AMissingScheduleStopsTheStart() =>
        Assert.Equal("The setting 'EvaluateSchedule' is missing: a schedule of six fields (second, minute, hour, day, month, day of week), such as '*/15 * * * * *'.",
            Assert.Throws<InvalidOperationException>(() => Read(null)).Message);

    static Schedules Read(string? evaluate) => Schedules.Read(new ConfigurationBuilder().AddInMemoryCollection(
    [
        .. evaluate is null ? [] : (KeyValuePair<string, string?>[])[new(Schedules.Evaluate, evaluate)],
        new(Schedules.Reconcile, "0 */15 * * * *"), new(Schedules.Archive, "0 30 2 * * *"), new(Schedules.Expire, "0 30 4 * * *"),
    ]).Build());
}
