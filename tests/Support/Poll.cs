namespace LogMonitor.Tests.Support;

/// <summary>Waiting for a condition, never for the clock.</summary>
public static class Poll
{
    /// <summary>Asks every 50 ms until the answer is not null; fails with <paramref name="what"/> after <paramref name="timeout"/> (30 s).</summary>
    public static async Task<T> UntilAsync<T>(string what, Func<Task<T?>> ask, TimeSpan? timeout = null) where T : class
    {
        using var deadline = new CancellationTokenSource(timeout ?? TimeSpan.FromSeconds(30));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        try
        {
            while (true)
            {
                if (await ask() is { } answer) return answer;
                await timer.WaitForNextTickAsync(deadline.Token);
            }
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            throw new TimeoutException($"Not within {timeout ?? TimeSpan.FromSeconds(30)}: {what}");
        }
    }

    /// <summary>Asks until the condition holds.</summary>
    public static Task UntilAsync(string what, Func<Task<bool>> condition, TimeSpan? timeout = null) =>
        UntilAsync(what, async () => await condition() ? "yes" : null, timeout);
}
