namespace LogMonitor.Core.Parsing.Fields;

/// <summary>Turns wall-clock times of a zone into UTC. Remembers the last minute, since neighbouring lines share it.</summary>
/// <remarks>A time that daylight saving repeats is taken as standard time; one that it skips, too.</remarks>
sealed class LocalClock(TimeZoneInfo zone)
{
    // Zones change their offset on the minute: Newfoundland did at 00:01.
    const long Slot = 60_000;

    readonly bool utc = zone.BaseUtcOffset == TimeSpan.Zero && !zone.SupportsDaylightSavingTime;
    long lastSlot = long.MinValue;
    long lastOffset;

    /// <param name="wallClock">Milliseconds since 1970-01-01T00:00:00 on the clock of the zone; within the years 1970 to 9999.</param>
    /// <param name="time">The same moment in UTC.</param>
    /// <returns>False where the moment lies before 1970 or beyond <see cref="Calendar.MaxTime"/> in UTC.</returns>
    public bool TryToUtc(long wallClock, out long time)
    {
        time = wallClock;
        if (!utc)
        {
            var slot = wallClock / Slot;
            if (slot != lastSlot)
            {
                var moment = new DateTime(DateTime.UnixEpoch.Ticks + wallClock * TimeSpan.TicksPerMillisecond, DateTimeKind.Unspecified);
                lastOffset = (long)zone.GetUtcOffset(moment).TotalMilliseconds;
                lastSlot = slot;
            }
            time = wallClock - lastOffset;
        }
        return (ulong)time <= Calendar.MaxTime;
    }
}
