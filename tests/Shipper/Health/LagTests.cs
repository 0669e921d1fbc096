using LogMonitor.Shipper.Health;

namespace LogMonitor.Shipper.Tests.Health;

public sealed class LagTests
{
    readonly Lag lag = new();

    [Fact]
    public void TheOldestByteThatIsNotStoredCounts()
    {
        lag.Observe(0, 100, timestamp: 1);
        lag.Observe(0, 200, timestamp: 2);
        Assert.Equal(1, lag.Since);

        lag.Observe(100, 200, timestamp: 3);
        Assert.Equal(2, lag.Since);

        lag.Observe(200, 200, timestamp: 4);
        Assert.Null(lag.Since);
    }

    [Fact]
    public void ABusyFileThatIsShippedAllTheTimeIsNotBehind()
    {
        for (var second = 1; second <= 1000; second++) lag.Observe(offset: (second - 3) * 10, size: second * 10, timestamp: second);

        Assert.Equal(998, lag.Since);
    }

    [Fact]
    public void AfterALongOutageItIsNeverShownShorterThanItIs()
    {
        for (var second = 1; second <= 100_000; second++) lag.Observe(0, second, timestamp: second);
        Assert.Equal(1, lag.Since);

        lag.Observe(offset: 60_000, size: 100_000, timestamp: 100_001);

        Assert.InRange(lag.Since!.Value, 1, 60_001);
    }

    [Fact]
    public void ATruncationBeginsAnew()
    {
        lag.Observe(0, 1000, timestamp: 1);

        lag.Observe(0, 10, timestamp: 2);

        Assert.Equal(2, lag.Since);
    }
}
