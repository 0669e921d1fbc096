namespace LogMonitor.Shipper.Upload;

/// <summary>When to try again: after 1 s, 2 s, 4 s … at most a minute, each shortened by up to half at random, so that a fleet does not return all at once.</summary>
sealed class Backoff(TimeProvider time, Random random)
{
    static readonly TimeSpan First = TimeSpan.FromSeconds(1), Longest = TimeSpan.FromMinutes(1);

    long since;
    TimeSpan delay;

    /// <summary>Failures since the last success.</summary>
    public int Failures { get; private set; }

    public bool MayTry => Failures == 0 || Remaining <= TimeSpan.Zero;

    /// <summary>Until the next try; monotonic, so that a stepped clock does not matter.</summary>
    public TimeSpan Remaining => Failures == 0 ? TimeSpan.Zero : delay - time.GetElapsedTime(since);

    public void Failed()
    {
        var full = Math.Min(First.TotalSeconds * Math.Pow(2, Math.Min(Failures, 10)), Longest.TotalSeconds);
        Failures++;
        since = time.GetTimestamp();
        delay = TimeSpan.FromSeconds(full * (0.5 + (random.NextDouble() / 2)));
    }

    public void Succeeded() => Failures = 0;
}
