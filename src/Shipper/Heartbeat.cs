using LogMonitor.Shipper.Upload;

namespace LogMonitor.Shipper;

/// <summary>Says that the host is there while its logs are idle. What is uploaded says so, too: a busy host sends no heartbeat.</summary>
sealed class Heartbeat(ObservedSink sink, TimeProvider time, Random random)
{
    const string Subject = "heartbeat";

    /// <summary>The first comes soon after the start: a host that was just installed is known at once, and one that restarts again and again does not send one each time.</summary>
    static readonly TimeSpan First = TimeSpan.FromMinutes(1);

    readonly Backoff backoff = new(time, random);
    readonly long start = time.GetTimestamp();

    /// <summary>Until the next is due; for ever where there are none.</summary>
    public TimeSpan UntilDue(ShipperOptions options) =>
        options.Heartbeat is not { } interval ? TimeSpan.MaxValue
        : backoff.Failures > 0 ? backoff.Remaining
        : sink.TakenAt is { } taken ? interval - time.GetElapsedTime(taken)
        : (interval < First ? interval : First) - time.GetElapsedTime(start);

    /// <summary>Sends one if it is due. One that fails is tried again as uploads are; it alone shows that an idle host's credential has expired.</summary>
    public async Task SendDueAsync(ShipperOptions options, Troubles troubles, CancellationToken cancellationToken)
    {
        if (options.Heartbeat is null) troubles.Clear(Subject);
        if (UntilDue(options) > TimeSpan.Zero) return;
        var result = await sink.BeatAsync(options.Host, time.GetUtcNow(), cancellationToken);
        if (result.IsDone)
        {
            backoff.Succeeded();
            troubles.Clear(Subject);
        }
        else
        {
            backoff.Failed();
            troubles.Report(Subject, result.Why);
        }
    }
}
