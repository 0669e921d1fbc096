namespace LogMonitor.Core.Alerting;

/// <summary>Where notifications go: mail, a folder, a web hook. The one seam of src/Notifications.</summary>
public interface IChannel
{
    /// <summary>A stable short name, such as <c>sendgrid</c>; part of a delivery's key, shown in logs and on the dashboard.</summary>
    string Name { get; }

    /// <summary>Whether it only writes down what was decided, and wakes nobody: it gets each notification, whatever the routes say.</summary>
    bool IsRecord => false;

    /// <summary>
    /// Sends one message. What to do about a failure is the channel's knowledge, so it says so in its result; it throws only
    /// for cancellation. Text in results is redacted: no keys, no passwords, no full URLs.
    /// </summary>
    /// <param name="deliveryId">The same for each attempt at the same delivery: a channel with an idempotency key uses it.</param>
    Task<DeliveryResult> SendAsync(AlertMessage message, string deliveryId, CancellationToken cancellationToken);

    /// <summary>
    /// Why a message would not be taken now, a key that has expired, say; null where nothing is known against it. Sends nothing to anybody. A channel whose
    /// other side can't be asked without telling people always says null.
    /// </summary>
    Task<string?> ProbeAsync(CancellationToken cancellationToken) => Task.FromResult<string?>(null);
}

/// <summary>What came of an attempt to deliver.</summary>
public abstract record DeliveryResult
{
    DeliveryResult() { }

    /// <summary>The other side has accepted it.</summary>
    /// <param name="Detail">What it said, for the attempt history, such as <c>202 Accepted</c>.</param>
    public sealed record Sent(string Detail) : DeliveryResult;

    /// <summary>Worth another try.</summary>
    /// <param name="After">The least time to wait; null leaves it to the outbox's backoff.</param>
    /// <param name="Why">One line for the log: what failed.</param>
    public sealed record Retry(TimeSpan? After, string Why) : DeliveryResult;

    /// <summary>Never going to work as it is.</summary>
    /// <param name="Why">One line: what failed and what to change.</param>
    public sealed record Drop(string Why) : DeliveryResult;
}
