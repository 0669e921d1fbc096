using System.Globalization;
using LogMonitor.Shipper.Tests.Support;

namespace LogMonitor.Shipper.Tests.Oracle;

/// <summary>
/// The real engine on real files over real HTTP, against an oracle that knows every byte that was written. SHIPPER_ORACLE_SEED names
/// the first story, SHIPPER_ORACLE_STORIES or SHIPPER_ORACLE_SECONDS how many, SHIPPER_ORACLE_FAILURES after how many failures it ends.
/// </summary>
public sealed class OracleTests(ITestOutputHelper output)
{
    /// <summary>More than these many crashes are simulated in a run of the suite.</summary>
    const int CrashesInTheSuite = 1000;

    static readonly int First = Number("SHIPPER_ORACLE_SEED") ?? 1;
    static readonly int? Seconds = Number("SHIPPER_ORACLE_SECONDS"), Stories = Number("SHIPPER_ORACLE_STORIES"), Failures = Number("SHIPPER_ORACLE_FAILURES");

    [Fact]
    public async Task AnyStoryOfLogsStorageAndCrashesShipsEachLineOnce()
    {
        await using var server = await FakeBlobServer.StartAsync();
        var failures = new List<string>();
        var (stories, crashes, start) = (0, 0, TimeProvider.System.GetTimestamp());
        TimeSpan Elapsed() => TimeProvider.System.GetElapsedTime(start);
        bool GoesOn() => Stories is { } count ? stories < count : Seconds is { } limit ? Elapsed().TotalSeconds < limit : crashes < CrashesInTheSuite;
        for (; GoesOn() && failures.Count < (Failures ?? 1); stories++)
        {
            var (failure, crashed) = await TellAsync(First + stories, server);
            if (failure is not null) failures.Add(failure);
            crashes += crashed;
        }
        output.WriteLine($"{stories} stories from seed {First}, {crashes} crashes, {Elapsed().TotalSeconds:f0} s.");
        Assert.True(failures.Count == 0, string.Join("\n\n", failures));
    }

    static async Task<(string? Failure, int Crashes)> TellAsync(int seed, FakeBlobServer server)
    {
        var name = $"story{seed}";
        using var story = new Story(seed, server.NewContainer(name));
        List<string> problems;
        try { problems = await story.RunAsync(); }
        catch (Exception error) when (error is not OperationCanceledException) { problems = [error.ToString()]; }
        server.Forget(name);
        // The whole story only where it is the one that was asked for: it is long.
        var told = Failures > 1 ? "" : $"\n{string.Join('\n', story.Told)}";
        return (problems.Count == 0 ? null : $"Repeat with SHIPPER_ORACLE_SEED={seed} SHIPPER_ORACLE_STORIES=1:\n{string.Join('\n', problems)}{told}", story.Crashes);
    }

    static int? Number(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;
}
