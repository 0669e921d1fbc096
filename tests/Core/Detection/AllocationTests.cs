using System.Text;
using LogMonitor.Core.Detection;
using LogMonitor.Core.Parsing;
using LogMonitor.Core.Tests.Scanning;

namespace LogMonitor.Core.Tests.Detection;

/// <summary>Matching a line takes nothing from the heap, however long the line is: its buffers are those of the lines before.</summary>
public sealed class AllocationTests
{
    [Theory]
    [InlineData("{cs-uri|re: 'etc/passwd'}")]
    [InlineData("{cs-uri-query|re|i: 'UNION.+select'}")]
    [InlineData(@"{cs-uri|contains: 'x\?q'}")]
    [InlineData("{cs-uri-query|endswith: '?passwd'}")]
    [InlineData("{cs-uri|contains: '?etc?pass*d'}")]
    [InlineData("{sc-status|gte: 199.5, cs-uri|startswith: /x}")]
    public void ALongLineTakesNothingFromTheHeap(string search)
    {
        var matcher = new LineMatcher(Some.Rules($"title: T\nid: t\nlogsource: {{category: webserver}}\ndetection: {{s: {search}, condition: s}}"));
        var parser = Some.Parser();
        var hits = new Hits();
        parser.Parse("#Fields: date time c-ip cs-method cs-uri-stem cs-uri-query sc-status"u8, out _);
        var raw = Encoding.UTF8.GetBytes($"2026-11-01 09:00:00 192.0.2.7 GET /x q={new string('a', 20_000)}%2527+%C3%A9union%2Bselect/etc/passwd 200");
        Match();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 20; i++) Match();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(21, hits.Count);

        void Match()
        {
            parser.Parse(raw, out var line);
            matcher.Match(line, hits);
        }
    }

    sealed class Hits : IMatchSink
    {
        public int Count { get; private set; }
        public void OnEvent(int rule) => Count++;
        public void OnMatch(int window, int rule, in LogLine line) { }
    }
}
