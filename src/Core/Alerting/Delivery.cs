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

    /// <summary>Ids of other alerts that are new, too, and told of in the same message; null for none.</summary>
    public IReadOnlyList<string>? With { get; init; }
    public required NotificationKind Kind { get; init; }
    public required NotificationReason Reason { get; init; }
    public DeliveryState State { get; init; }
    public int Attempts { get; init; }

    /// <summary>Not before this time.</summary>
    public required DateTimeOffset NextAttempt { get; init; }

    /// <summary>Whether it was put off because its channel had had as many messages as it may.</summary>
    public bool HasWaited { get; init; }

    /// <summary>What the last attempt came to.</summary>
    public string? LastResult { get; init; }

    /// <summary>The attempts, oldest first; at most <see cref="MaxHistory"/>, then the latest of them. Null before the first.</summary>
    public IReadOnlyList<DeliveryAttempt>? History { get; init; }

    /// <summary>20.</summary>
    public const int MaxHistory = 20;

    /// <summary>The id of an alert's n-th notification on a channel.</summary>
    public static string IdOf(string alertId, int notification, string channel) =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{alertId}-{notification}-{channel}");
}

/// <summary>One attempt to deliver.</summary>
/// <param name="At">When it ended.</param>
/// <param name="Result">What it came to, in words.</param>
public sealed record DeliveryAttempt(DateTimeOffset At, string Result);
