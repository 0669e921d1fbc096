using System.Diagnostics;
using System.Globalization;

namespace LogMonitor.Tests.Support;

/// <summary>
/// How long the fuzz tests run, and from which seed. Short by default, so that every build does them; bench/fuzz.sh sets
/// LOGMONITOR_FUZZ_SECONDS to run each for longer, and LOGMONITOR_FUZZ_SEED to go other ways. A failure names its seed.
/// </summary>
public static class Fuzz
{
    /// <summary>The same for every run, unless told otherwise.</summary>
    public static int Seed { get; } = Setting("SEED") ?? 20_261_101;

    static readonly TimeSpan budget = Setting("SECONDS") is { } seconds ? TimeSpan.FromSeconds(seconds) : TimeSpan.FromMilliseconds(500);

    /// <summary>Runs a check again and again until the time is over; at least once.</summary>
    /// <param name="next">Makes an input: a failure shows it, so that it can be repeated without the seed.</param>
    /// <param name="check">Throws where something is wrong with it.</param>
    public static void Repeat(Func<Random, byte[]> next, Action<Random, byte[]> check)
    {
        var random = new Random(Seed);
        var start = Stopwatch.GetTimestamp();
        do
        {
            var input = next(random);
            try
            {
                check(random, input);
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"Seed {Seed}, input (base64) {Convert.ToBase64String(input)}: {e.Message}", e);
            }
        }
        while (Stopwatch.GetElapsedTime(start) < budget);
    }

    static int? Setting(string name) => int.TryParse(Environment.GetEnvironmentVariable("LOGMONITOR_FUZZ_" + name), CultureInfo.InvariantCulture, out var value) ? value : null;
}
