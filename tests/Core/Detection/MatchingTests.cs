using System.Text;
using LogMonitor.Core.Chunks;
using LogMonitor.Core.Detection;
using LogMonitor.Core.Parsing;

namespace LogMonitor.Core.Tests.Detection;

public sealed class MatchingTests
{
    const string Line = """192.0.2.7 - alice [01/Nov/2026:09:00:00 +0000] "GET /Admin/panel.PHP?id=1&x=A HTTP/1.1" 404 12 "-" "sqlmap/1.8" """;

    [Theory]
    [InlineData("selection: {sc-status: 404}", "selection", true)]
    [InlineData("selection: {sc-status: [401, 403]}", "selection", false)]
    [InlineData("selection: {sc-status: [401, 404]}", "selection", true)]
    [InlineData("selection: {cs-uri-stem: /admin/PANEL.php}", "selection", true)]
    [InlineData("selection: {cs-uri-stem|contains: panel}", "selection", true)]
    [InlineData("selection: {cs-uri-stem|endswith: .php}", "selection", true)]
    [InlineData("selection: {cs-uri-stem|startswith: /panel}", "selection", false)]
    [InlineData("selection: {cs-uri-query|contains|all: [id=1, x=a]}", "selection", true)]
    [InlineData("selection: {cs-uri-query|contains|all: [id=1, x=b]}", "selection", false)]
    [InlineData("selection: {cs-method: GET, c-ip: 192.0.2.8}", "selection", false)]
    [InlineData("selection: [{cs-method: POST}, {c-ip: 192.0.2.7}]", "selection", true)]
    [InlineData("selection: {cs-referer: null}", "selection", true)]
    [InlineData("selection: {cs-username: null}", "selection", false)]
    [InlineData("selection: {src_ip: 192.0.2.7}", "selection", true)]
    [InlineData("keywords: [SQLMAP]", "keywords", true)]
    [InlineData("keywords: ['404 12']", "keywords", true)]
    [InlineData("a: {sc-status: 404}, b: {cs-method: POST}", "a and not b", true)]
    [InlineData("a: {sc-status: 404}, b: {cs-method: POST}", "b or a and a", true)]
    [InlineData("a: {sc-status: 404}, b: {cs-method: POST}", "(b or a) and b", false)]
    [InlineData("a: {sc-status: 404}, b: {cs-method: POST}", "not (a and b)", true)]
    [InlineData("x_a: {sc-status: 404}, x_b: {cs-method: POST}", "1 of x_*", true)]
    [InlineData("x_a: {sc-status: 404}, x_b: {cs-method: POST}", "all of x_*", false)]
    [InlineData("a: {sc-status: 404}, _b: {cs-method: POST}", "all of them", true)]
    public void AConditionMatchesAsSigmaSays(string searches, string condition, bool expected) =>
        Assert.Equal(expected, Hits($$"""
            title: t
            id: t
            logsource: {category: webserver}
            detection: { {{searches}}, condition: "{{condition}}" }
            """).Events > 0);

    [Fact]
    public void ALineThatTwoBaseRulesMatchCountsOnceForAWindow()
    {
        var (events, matches) = Hits("""
            title: a
            id: a
            logsource: {category: webserver}
            detection: {selection: {sc-status: 404}, condition: selection}
            ---
            title: b
            id: b
            logsource: {category: webserver}
            detection: {selection: {cs-method: GET}, condition: selection}
            ---
            title: w
            id: w
            correlation: {type: event_count, rules: [a, b], timespan: 1m, condition: {gte: 1}}
            """);
        Assert.Equal((2, 1), (events, matches));
    }

    [Theory]
    [InlineData("product: linux", 1)]
    [InlineData("service: apache", 1)]
    [InlineData("category: webserver", 1)]
    [InlineData("service: sshd", 0)]
    [InlineData("service: syslog", 0)]
    public void ARuleLooksAtTheLinesOfItsSource(string source, int expected) => Assert.Equal(expected, Hits($$"""
        title: t
        id: t
        logsource: { {{source}} }
        detection: {keywords: [sqlmap], condition: keywords}
        """).Events);

    [Fact]
    public void AWebServerRuleLooksAtAccessLinesOnly() => Assert.Equal(0, Hits("""
        title: t
        id: t
        logsource: {category: webserver}
        detection: {keywords: [urgent], condition: keywords}
        """, "Nov  1 09:00:00 web1 app[1]: urgent").Events);

    [Fact]
    public void AMillionClientsInAChunkKeepSamplesOfAFewOnly()
    {
        var rules = SigmaLoader.Load([("r.yml", """
            title: t
            id: t
            name: t
            logsource: {category: webserver}
            detection: {selection: {sc-status: 404}, condition: selection}
            level: low
            ---
            title: w
            id: w
            correlation: {type: event_count, rules: [t], group-by: [c-ip], timespan: 1m, condition: {gte: 5}}
            """)]);
        var counter = new ChunkCounter(rules, DateTimeOffset.UnixEpoch);
        for (var i = 0; i < 20_000; i++)
            counter.Add(new LogLine("raw"u8) { Class = LineClass.Access, Status = 404, Time = 3_600_000 + i, Client = Encoding.UTF8.GetBytes($"10.{i >> 16}.{(i >> 8) & 255}.{i & 255}") });
        var groups = counter.Hours.SelectMany(hour => hour.Value.MatchGroups).ToList();
        Assert.Equal(20_000, groups.Count);
        Assert.Equal(ChunkLimits.MaxGroupsWithSamples, groups.Count(group => group.Samples.Count > 0));
    }

    [Fact]
    public void AnIncidentLateInTheHourHasItsOwnSampleLines()
    {
        var rules = SigmaLoader.Load([("r.yml", "title: t\nid: t\nlogsource: {category: webserver}\ndetection: {s: {sc-status: 404}, condition: s}\nlevel: low")]);
        var counter = new ChunkCounter(rules, DateTimeOffset.UnixEpoch.AddHours(2));
        foreach (var second in (int[])[60, 120, 180, 181, 182, 183, 3000, 3001, 3002, 3003])
            counter.Add(new LogLine("raw"u8) { Class = LineClass.Access, Status = 404, Time = second * 1000L });
        var group = Assert.Single(counter.Hours.Single(hour => hour.Value.MatchGroups.Count > 0).Value.MatchGroups);
        Assert.Equal([60, 120, 180, 181, 182, 3000, 3001, 3002], group.Samples.Select(sample => (int)(sample.Time / 1000)));
    }

    [Fact]
    public void MoreEventHoursThanTheLimitAreCountedUnderTheCutTime()
    {
        var counter = new ChunkCounter(SigmaLoader.Load([]), DateTimeOffset.UnixEpoch.AddYears(50));
        for (var hour = 0; hour < ChunkLimits.MaxEventHours + 500; hour++)
            counter.Add(new LogLine("raw"u8) { Class = LineClass.Access, Time = hour * 3_600_000L });
        Assert.InRange(counter.Hours.Count(), 1, ChunkLimits.MaxEventHours);
        Assert.Equal(ChunkLimits.MaxEventHours + 500, counter.Hours.Sum(hour => hour.Value.Minutes.Values.Sum(minute => minute.Access)));
        Assert.Equal(counter.Lines, counter.Summary.Access);
    }

    [Fact]
    public void OfTooManyGroupsTheLargestAreKeptAndTheRestIsCounted()
    {
        var rules = SigmaLoader.Load([("r.yml", ClientBurst)]);
        var cut = new DateTimeOffset(2026, 11, 1, 9, 0, 0, TimeSpan.Zero);
        ChunkCounter Count()
        {
            var counter = new ChunkCounter(rules, cut, maxGroups: 10);
            // Every second line is of one client, and each of the others is of its own.
            for (var i = 0; i < 100; i++)
                counter.Add(new LogLine("raw"u8) { Class = LineClass.Access, Status = 404, Time = cut.ToUnixTimeMilliseconds() + i, Client = Encoding.UTF8.GetBytes(i % 2 == 0 ? "192.0.2.1" : $"198.51.100.{i}") });
            return counter;
        }
        var (first, second) = (Count(), Count());
        var groups = Assert.Single(first.Hours).Value.MatchGroups;
        Assert.InRange(groups.Count, 5, 10);
        Assert.Equal(50, groups.Single(group => group.Key.Group is ["192.0.2.1"]).Count);
        Assert.Equal(100, groups.Sum(group => group.Count) + first.Summary.DroppedMatches);
        Assert.Equal(groups.Select(group => group.Key), Assert.Single(second.Hours).Value.MatchGroups.Select(group => group.Key));
    }

    const string ClientBurst = """
        title: a
        name: a
        id: 11111111-1111-4111-8111-111111111111
        logsource: {category: webserver}
        detection: {selection: {sc-status: 404}, condition: selection}
        level: low
        ---
        title: b
        id: 22222222-2222-4222-8222-222222222222
        correlation: {type: event_count, rules: [a], group-by: [c-ip], timespan: 1m, condition: {gte: 5}}
        level: low
        """;

    [Theory]
    [InlineData(-1)]
    [InlineData(long.MaxValue)]
    [InlineData(253_402_300_799_999)]
    public void AnImpossibleTimeIsNoTime(long time)
    {
        var cut = new DateTimeOffset(2026, 11, 1, 9, 0, 0, TimeSpan.Zero);
        var counter = new ChunkCounter(SigmaLoader.Load([]), cut);
        counter.Add(new LogLine("raw"u8) { Time = time });
        Assert.Equal(EventHour.Of(cut), Assert.Single(counter.Hours).Key);
        Assert.Null(counter.Summary.FirstEvent);
    }

    [Fact]
    public void PackedMatchesThatAreDamagedAreRefused()
    {
        var group = new MatchGroup(new MatchKey(new RuleId("r"), ["a", "ü"]), shape: -1);
        group.Add(1_000, 3);
        group.Add(5_000);
        var packed = MatchCodec.Encode([group]);
        Assert.Equal([new MatchPoint(1_000, 3), new MatchPoint(5_000, 1)], MatchCodec.Decode(packed)[0].Points);
        Assert.Equal(group.Key, MatchCodec.Decode(packed)[0].Key);
        Assert.Throws<InvalidDataException>(() => MatchCodec.Decode([]));
        Assert.Throws<InvalidDataException>(() => MatchCodec.Decode([9, .. packed[1..]]));
    }

    static (int Events, int Matches) Hits(string yaml, string text = Line)
    {
        var rules = SigmaLoader.Load([("r.yml", yaml)]);
        Assert.Empty(rules.Errors);
        new LineParser(new ParserOptions { ReferenceTime = new DateTimeOffset(2026, 11, 1, 10, 0, 0, TimeSpan.Zero) }).Parse(Encoding.UTF8.GetBytes(text.TrimEnd()), out var line);
        var sink = new Sink();
        new LineMatcher(rules).Match(line, sink);
        return (sink.Events, sink.Matches);
    }

    sealed class Sink : IMatchSink
    {
        public int Events { get; private set; }
        public int Matches { get; private set; }
        public void OnEvent(int rule) => Events++;
        public void OnMatch(int window, int rule, in LogLine line) => Matches++;
    }
}
