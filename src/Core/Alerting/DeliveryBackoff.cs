namespace LogMonitor.Core.Alerting;

/// <summary>How long to wait between attempts to deliver: 15 seconds, doubled each time, at most an hour.</summary>
public static class DeliveryBackoff
{
    /// <summary>Attempts before a delivery is given up: together about half a day.</summary>
    public const int MaxAttempts = 20;

    static readonly TimeSpan first = TimeSpan.FromSeconds(15), longest = TimeSpan.FromHours(1);

    /// <summary>The wait after so many attempts (from 1); never less than what the channel asks for.</summary>
    public static TimeSpan After(int attempts, TimeSpan? asked)
    {
        var wait = TimeSpan.FromTicks(Math.Min(longest.Ticks, first.Ticks << Math.Min(attempts - 1, 20)));
        return asked > wait ? asked.Value : wait;
    }
}
