using LogMonitor.Standalone.Hosting;
using Microsoft.Extensions.Configuration;

namespace LogMonitor.Standalone.Tests.Hosting;

public sealed class TimerTriggersTests
{
    static readonly DateTime noon = new(2026, 11, 1, 12, 0, 0, DateTimeKind.Utc);

    [Theory]
    [InlineData("*/15 * * * * *", "12:00:15")]
    [InlineData("0 30 2 * * *", "02:30:00")]
    [InlineData("0 */10 * * * *", "12:10:00")]
    public void AScheduleHasSeconds(string schedule, string next) =>
        Assert.Equal(next, Read("%EvaluateSchedule%", schedule).GetNextOccurrence(noon).ToString("HH:mm:ss", null));

    [Fact]
    public void AScheduleInTheCodeNeedsNoSetting() =>
        Assert.Equal(noon.AddHours(1), TimerTriggers.ReadSchedule("0 0 * * * *", new ConfigurationBuilder().Build()).GetNextOccurrence(noon));

    [Theory]
    [InlineData("", "The setting 'EvaluateSchedule' is '', which is not a schedule: expected six fields (second, minute, hour, day, month, day of week), such as '*/15 * * * * *'.")]
    [InlineData("*/10 * * * *", "The setting 'EvaluateSchedule' is '*/10 * * * *', which is not a schedule: expected six fields (second, minute, hour, day, month, day of week), such as '*/15 * * * * *'.")]
    [InlineData("61 * * * * *", "The setting 'EvaluateSchedule' is '61 * * * * *', which is not a schedule: expected six fields (second, minute, hour, day, month, day of week), such as '*/15 * * * * *'.")]
    [InlineData("often", "The setting 'EvaluateSchedule' is 'often', which is not a schedule: expected six fields (second, minute, hour, day, month, day of week), such as '*/15 * * * * *'.")]
    [InlineData(null, "The setting 'EvaluateSchedule' is missing: a schedule such as '*/15 * * * * *' (second, minute, hour, day, month, day of week).")]
    public void AWrongScheduleIsNamedWithWhatIsExpected(string? schedule, string message) =>
        Assert.Equal(message, Assert.Throws<InvalidOperationException>(() => Read("%EvaluateSchedule%", schedule)).Message);

    static NCrontab.CrontabSchedule Read(string expression, string? value) => TimerTriggers.ReadSchedule(expression,
        new ConfigurationBuilder().AddInMemoryCollection(value is null ? [] : [new("EvaluateSchedule", value)]).Build());
}
