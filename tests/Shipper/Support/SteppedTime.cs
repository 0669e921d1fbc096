namespace LogMonitor.Shipper.Tests.Support;

/// <summary>A machine's clock, which administrators and NTP set; timers and timestamps go on as if nothing had happened.</summary>
sealed class SteppedTime(TimeProvider time) : TimeProvider
{
    /// <summary>How far the clock is off.</summary>
    public TimeSpan Step { get; set; }

    public override long TimestampFrequency => time.TimestampFrequency;

    public override TimeZoneInfo LocalTimeZone => time.LocalTimeZone;

    public override DateTimeOffset GetUtcNow() => time.GetUtcNow() + Step;

    public override long GetTimestamp() => time.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => time.CreateTimer(callback, state, dueTime, period);
}
