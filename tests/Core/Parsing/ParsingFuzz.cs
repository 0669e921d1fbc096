using System.Diagnostics;
using System.Globalization;
using System.Text;
using LogMonitor.Core.Chunks;
using LogMonitor.Core.Parsing;
using LogMonitor.Core.Parsing.Fields;
using LogMonitor.Core.Parsing.Formats;
using Calendar = LogMonitor.Core.Parsing.Fields.Calendar;

namespace LogMonitor.Core.Tests.Parsing;

/// <summary>
/// Mutations of valid lines through every parser. LOGMONITOR_FUZZ_SECONDS lengthens the run, LOGMONITOR_FUZZ_SEED repeats one: a failure
/// names the seed and the line.
/// </summary>
public sealed class ParsingFuzz
{
    static readonly byte[][] Interesting = [.. new[] { "\"", "\\", "\\\"", "[", "]", " ", "\0", "\r", "\u00ff", "\u001b[31m", "%", "$", ":", ",", "{", "}", "-", "0", "99999999999999999999", " from 192.0.2.1 port 1", ", client: 192.0.2.1, server: ", "[client 192.0.2.1] ", "\\u", "\\ud800", "é" }.Select(Encoding.UTF8.GetBytes)];

    static readonly int Seed = Setting("SEED") ?? 20_261_101;

    static int? Setting(string name) => int.TryParse(Environment.GetEnvironmentVariable("LOGMONITOR_FUZZ_" + name), CultureInfo.InvariantCulture, out var value) ? value : null;

    [Fact]
    public void NoLineBreaksTheDetectingParser() => Fuzz(SampleLines.Auto, random => Describe.Parser(zone: Zone(random)));

    [Fact]
    public void NoLineBreaksACompiledLayout() => Fuzz(SampleLines.OfLayout, random => Describe.Parser(SampleLines.Layout, Zone(random)));

    [Fact]
    public void NoLineFitsTwoFormatsThatAreDetected()
    {
        var times = new TimeReader(TimeZoneInfo.Utc, Describe.Reference);
        var formats = KnownFormats.All.Where(format => format.Detected).ToArray();
        Mutate(SampleLines.Auto, (random, line) =>
        {
            var fits = formats.Where(format =>
            {
                var parsed = new LogLine(line);
                return format.Create(times).Parse(line, ref parsed) is Fit.Yes or Fit.Header;
            }).Select(format => format.Name);
            Assert.True(fits.Count() <= 1, string.Join(" and ", fits));
        });
    }

    static TimeZoneInfo Zone(Random random) => random.Next(2) == 0 ? TimeZoneInfo.Utc : TimeZoneInfo.FindSystemTimeZoneById("Europe/London");

    static void Fuzz(string[] samples, Func<Random, LineParser> create)
    {
        var parser = create(new Random(Seed));
        Mutate(samples, (random, line) =>
        {
            if (random.Next(1000) == 0) parser = create(random);
            parser.Parse(line, out var parsed);
            AssertSound(line, parsed);
        });
    }

    static void Mutate(string[] samples, Action<Random, byte[]> check)
    {
        var random = new Random(Seed);
        var seeds = samples.Select(Encoding.Latin1.GetBytes).ToArray();
        var end = Stopwatch.GetTimestamp() + (Setting("SECONDS") is { } seconds ? seconds * Stopwatch.Frequency : Stopwatch.Frequency / 2);
        do
        {
            var line = seeds[random.Next(seeds.Length)];
            for (var i = random.Next(6); i > 0; i--) line = Mutation(random, line, seeds);
            try
            {
                check(random, line);
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"Seed {Seed}, line (base64) {Convert.ToBase64String(line)}: {e.Message}", e);
            }
        }
        while (Stopwatch.GetTimestamp() < end);
    }

    static byte[] Mutation(Random random, byte[] line, byte[][] seeds)
    {
        int at = random.Next(line.Length + 1), to = Math.Min(line.Length, at + random.Next(1, 30));
        var insert = Interesting[random.Next(Interesting.Length)];
        byte[] mutated = random.Next(8) switch
        {
            0 => [.. line[..at], .. line[to..]],
            1 => [.. line[..at], .. insert, .. line[at..]],
            2 => [.. line[..at], .. insert, .. line[to..]],
            3 => [.. line[..at], (byte)random.Next(256), .. line[Math.Min(line.Length, at + 1)..]],
            4 => line[..at],
            5 => [.. line[..to], .. line[at..]],
            6 => [.. line[..at], .. seeds[random.Next(seeds.Length)]],
            _ => [.. line[..at], .. Enumerable.Repeat(insert, random.Next(50)).SelectMany(bytes => bytes), .. line[at..]],
        };
        return mutated.Length <= ChunkLimits.MaxParsedLineBytes ? mutated : line;
    }

    // What must hold of each line, whatever it says.
    static void AssertSound(byte[] line, LogLine parsed)
    {
        Assert.Equal(parsed.Class == LineClass.Unknown, parsed.Reason != UnknownReason.None);
        Assert.True(parsed.Time is LogLine.NoTime or (>= 0 and <= Calendar.MaxTime), $"time {parsed.Time}");
        Assert.True(parsed.Status is 0 or (>= 100 and <= 999), $"status {parsed.Status}");
        Assert.True(parsed.Bytes >= -1 && parsed.DurationMicroseconds >= -1 && parsed.ProcessId >= 0 && parsed.ClientPort is >= 0 and <= 65535);
        if (parsed.Class == LineClass.Unknown) Assert.True(parsed.Client.IsEmpty && parsed.Target.IsEmpty && parsed.Message.IsEmpty && parsed.Time == LogLine.NoTime);
        if (parsed.Format is "json") return;
        AssertWithin(line, parsed.Client, "client");
        AssertWithin(line, parsed.User, "user");
        AssertWithin(line, parsed.Method, "method");
        AssertWithin(line, parsed.Target, "target");
        AssertWithin(line, parsed.Path, "path");
        AssertWithin(line, parsed.Query, "query");
        AssertWithin(line, parsed.Referer, "referer");
        AssertWithin(line, parsed.UserAgent, "agent");
        AssertWithin(line, parsed.Process, "process");
        AssertWithin(line, parsed.Message, "message");
        Assert.True(parsed.Target.StartsWith(parsed.Path), "path is not in the target");
    }

    static void AssertWithin(ReadOnlySpan<byte> line, ReadOnlySpan<byte> field, string name) =>
        Assert.True(field.IsEmpty || line.Overlaps(field, out var at) && at >= 0 && at + field.Length <= line.Length, name);
}
