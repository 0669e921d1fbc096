using LogMonitor.Core.Alerting;

namespace LogMonitor.Core.Tests.Alerting;

public sealed class DeliveryBackoffTests
{
    [Theory]
    [InlineData(1, null, 15)]
    [InlineData(2, null, 30)]
    [InlineData(8, null, 1920)]
    [InlineData(9, null, 3600)]
    [InlineData(20, null, 3600)]
    [InlineData(int.MaxValue, null, 3600)]
    [InlineData(1, 5, 15)]
    [InlineData(1, 60, 60)]
    [InlineData(9, 7200, 7200)]
    public void TheWaitDoublesToAnHourAndIsNeverLessThanAskedFor(int attempts, int? asked, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), DeliveryBackoff.After(attempts, asked is { } s ? TimeSpan.FromSeconds(s) : null));

    [Fact]
    public void AllAttemptsTogetherTakeHalfADay() => Assert.InRange(
        Enumerable.Range(1, DeliveryBackoff.MaxAttempts - 1).Sum(attempt => DeliveryBackoff.After(attempt, null).TotalHours), 10, 14);
}
