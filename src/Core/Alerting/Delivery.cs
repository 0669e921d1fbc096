namespace LogMonitor.Core.Alerting;

/// <summary>How a delivery ended, or that it has not.</summary>
public enum DeliveryState { Pending, Sent, Dropped }

/// <summary>One notification on its way to one channel.</summary>
public sealed record Delivery
{
    /// <summary>Alert, number of the notification, channel: queueing it twice is queueing it once.</summary>
    public required string Id { get; init; }
    public required string AlertId { get; init; }
    public required string Channel { get; init; }
    public required NotificationKind Kind { get; init; }
    public required NotificationReason Reason { get; init; }
    public DeliveryState State { get; init; }
    public int Attempts { get; init; }

    /// <summary>Not before this time.</summary>
    public required DateTimeOffset NextAttempt { get; init; }

    /// <summary>What the last attempt came to.</summary>
    public string? LastResult { get; init; }

    /// <summary>The id of an alert's n-th notification on a channel.</summary>
    public static string IdOf(string alertId, int notification, string channel) =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{alertId}-{notification}-{channel}");
}
