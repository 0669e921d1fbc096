using System.Globalization;
using System.Text;
using LogMonitor.Core.Chunks;
using LogMonitor.Core.Parsing;
using LogMonitor.Core.Parsing.Fields;
using LogMonitor.Core.Parsing.Formats;
using LogMonitor.Core.Parsing.Formats.Layouts;
using LogMonitor.Tests.Support;
using Calendar = LogMonitor.Core.Parsing.Fields.Calendar;

namespace LogMonitor.Core.Tests.Parsing;

/// <summary>
/// Mutations of valid lines through every parser; <see cref="Fuzz"/> says for how long.
/// </summary>
public sealed class ParsingFuzz
{
    static readonly byte[][] Interesting = [.. new[] { "\"", "\\", "\\\"", "[", "]", " ", "\0", "\r", "\u00ff", "\u001b[31m", "%", "$", ":", ",", "{", "}", "-", "0", "99999999999999999999", " from 192.0.2.1 port 1", ", client: 192.0.2.1, server: ", "[client 192.0.2.1] ", "\\u", "\\ud800", "é" }.Select(Encoding.UTF8.GetBytes)];

    [Fact]
    public void NoLineBreaksTheDetectingParser() => Parse(SampleLines.Auto, random => Describe.Parser(zone: Zone(random)));

    [Fact]
    public void NoLineBreaksACompiledLayout() => Parse(SampleLines.OfLayout, random => Describe.Parser(SampleLines.Layout, Zone(random)));

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

    [Theory]
    [InlineData("%h %l %u %t \"%r\" %>s %b", "common")]
    [InlineData("%h %l %u %t \"%r\" %>s %b \"%{Referer}i\" \"%{User-Agent}i\"", "combined")]
    [InlineData("%v:%p %h %l %u %t \"%r\" %>s %O \"%{Referer}i\" \"%{User-Agent}i\"", "vhost_combined")]
    public void TheFastWayAgreesWithThePlainOne(string format, string name)
    {
        var times = new TimeReader(TimeZoneInfo.Utc, Describe.Reference);
        var fast = KnownFormats.All.Single(known => known.Name == name).Create(times);
        var plain = LayoutCompiler.Compile(format, times);
        Fuzz.Repeat(random => Rendered(random, format), (_, line) =>
        {
            LogLine byFast = new(line), byPlain = new(line);
            Assert.Equal(Fit.Yes, plain.Parse(line, ref byPlain));
            Assert.Equal(Fit.Yes, fast.Parse(line, ref byFast));
            Assert.Equal(Describe.Values(byPlain), Describe.Values(byFast));
        });
    }

    // A line as a server writes it, whatever the client sends: quotes and backslashes escaped.
    static byte[] Rendered(Random random, string format)
    {
        string Any()
        {
            var text = Encoding.Latin1.GetBytes(random.Next(3) == 0 ? "-" : "text");
            for (var i = random.Next(5); i > 0; i--) text = Mutation(random, text, clientsTexts);
            return Encoding.Latin1.GetString(text).Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
        }
        var user = Any();
        // A user of dashes is one that is absent, more than once.
        if (user.Trim('-', ' ').Length == 0) user = "-";
        var line = format.Replace("%v:%p", random.Next(2) == 0 ? "www.example.org:443" : "host:80", StringComparison.Ordinal)
            .Replace("%h", random.Next(3) switch { 0 => "192.0.2.7", 1 => "2001:db8::7", _ => "fe80::1%eth0" }, StringComparison.Ordinal)
            .Replace("%l", "-", StringComparison.Ordinal).Replace("%t", "[17/May/2025:10:05:04 +0200]", StringComparison.Ordinal)
            .Replace("%>s", random.Next(100, 1000).ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
        line = line.Replace("%b", random.Next(2) == 0 ? "-" : "512", StringComparison.Ordinal).Replace("%O", "99999", StringComparison.Ordinal);
        // Last, so that what a client sends is not taken for the format's.
        string[] places = ["%u", "%r", "%{Referer}i", "%{User-Agent}i"];
        string[] texts = [user, random.Next(2) == 0 ? "GET /" + Any() + " HTTP/1.1" : Any(), Any(), Any()];
        var at = 0;
        for (var i = 0; i < places.Length; i++)
        {
            var place = line.IndexOf(places[i], at, StringComparison.Ordinal);
            if (place < 0) continue;
            line = line[..place] + texts[i] + line[(place + places[i].Length)..];
            at = place + texts[i].Length;
        }
        return Encoding.Latin1.GetBytes(line);
    }

    static readonly byte[][] clientsTexts = [.. SampleLines.Auto.Concat([" [17/May/2025:10:05:03 +0000] ", "\" 200 1", "GET / HTTP/1.1", " HTTP/1.1\" 404 7 \"-\" \"-\""]).Select(Encoding.Latin1.GetBytes)];

    [Fact]
    public void WhatStoodBeforeALineDoesNotChangeIt()
    {
        var parser = Describe.Parser();
        // A header of columns is what changes how later lines are read.
        Mutate([.. SampleLines.Auto.Where(line => !line.StartsWith('#'))], (random, line) =>
        {
            if (line.AsSpan().IndexOf("#Fields:"u8) >= 0) return;
            parser.Parse(line, out var afterOthers);
            Describe.Parser().Parse(line, out var alone);
            Assert.Equal(Describe.Fields(alone), Describe.Fields(afterOthers));
        });
    }

    static TimeZoneInfo Zone(Random random) => random.Next(2) == 0 ? TimeZoneInfo.Utc : TimeZoneInfo.FindSystemTimeZoneById("Europe/London");

    static void Parse(string[] samples, Func<Random, LineParser> create)
    {
        var parser = create(new Random(Fuzz.Seed));
        Mutate(samples, (random, line) =>
        {
            if (random.Next(1000) == 0) parser = create(random);
            parser.Parse(line, out var parsed);
            AssertSound(line, parsed);
        });
    }

    static void Mutate(string[] samples, Action<Random, byte[]> check)
    {
        var seeds = samples.Select(Encoding.Latin1.GetBytes).ToArray();
        Fuzz.Repeat(random =>
        {
            var line = seeds[random.Next(seeds.Length)];
            for (var i = random.Next(6); i > 0; i--) line = Mutation(random, line, seeds);
            return line;
        }, check);
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
