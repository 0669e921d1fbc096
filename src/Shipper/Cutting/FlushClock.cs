namespace LogMonitor.Shipper.Cutting;

/// <summary>When waiting lines are cut: at the next multiple of the interval (of UTC), which all hosts share, or after one interval of waiting should the clock be stepped back.</summary>
sealed class FlushClock(TimeProvider time, TimeSpan interval)
{
    public Waiting Start() => new(Tick(), time.GetTimestamp());

    public bool IsOver(Waiting waiting) => Tick() != waiting.Tick || time.GetElapsedTime(waiting.Timestamp) >= interval;

    /// <summary>Until the next multiple.</summary>
    public TimeSpan UntilNext() => interval - TimeSpan.FromTicks(time.GetUtcNow().UtcTicks % interval.Ticks);

    long Tick() => time.GetUtcNow().UtcTicks / interval.Ticks;

    /// <summary>Since when lines wait.</summary>
    internal readonly record struct Waiting(long Tick, long Timestamp);
}
