using System.Text;
using CsCheck;
using LogMonitor.Core.Detection;
using LogMonitor.Core.Parsing;
using LogMonitor.Core.Tests.Scanning;

namespace LogMonitor.Core.Tests.Detection;

/// <summary>The filter only saves time: the rules that match are those of comparing each line with each rule.</summary>
public sealed class RuleFilterTests
{
    static readonly string[] words = ["admin", "ADMIN", "union", "select", "../", "passwd", "sqlmap", "x", "café", "%2e", "\\x41dmin", "\\\"union", "%61dmin", "%2561dmin", "%2525", "+", "%2e%2E%2f", "%252e.%2F", ".php", "%"];

    static readonly string[] conditions =
    [
        "{selection: {sc-status: 404}, condition: selection}",
        "{selection: {sc-status: [401, 403, 404]}, other: {cs-method: POST}, condition: selection and other}",
        "{selection: {sc-status: 404}, words: [admin], condition: selection or words}",
        "{words: [admin, union], condition: words}",
        "{words: ['x'], condition: words}",
        "{selection: {cs-uri-stem|contains: admin}, condition: selection}",
        "{selection: {cs-uri-query|contains|all: [union, select]}, condition: selection}",
        "{selection: {cs-uri-stem|contains: [passwd, admin]}, filter: {cs-user-agent|contains: sqlmap}, condition: selection and not filter}",
        "{selection: {cs-user-agent|startswith: sqlmap}, condition: selection}",
        "{selection: {cs-user-agent|endswith: admin}, condition: selection}",
        "{selection: {cs-uri-stem: /admin}, condition: selection}",
        "{selection: {cs-referer: null}, condition: selection}",
        "{filter: {cs-method: GET}, condition: not filter}",
        "{words: [café], condition: words}",
        "{selection: {cs-uri-query|contains: '\"union'}, condition: selection}",
        "{selection: {cs-uri-query|contains: '../'}, condition: selection}",
        "{selection: {cs-uri|contains: 'union select'}, condition: selection}",
        "{selection: {cs-uri-stem|endswith: '.php'}, condition: selection}",
        "{selection: {cs-uri|contains: 'adm?n*pass'}, condition: selection}",
        "{selection: {cs-uri|contains|cased: ADMIN}, condition: selection}",
        "{selection: {cs-uri|re: 'un.on|passwd$'}, condition: selection}",
        "{selection: {c-ip|cidr: 192.0.2.0/30, cs-user-agent|contains: x}, condition: selection}",
        "{words: {'|all': [admin, GET]}, condition: words}",
        "{selection: {cs-referer|contains: 'admin'}, condition: selection}",
        "{a_1: {cs-uri-query|contains: select}, a_2: {cs-user-agent: '*sqlmap*'}, condition: 1 of a_* and not (a_1 and a_2)}",
        "{selection: {cs-method|neq: GET, cs-uri|contains: passwd}, condition: selection}",
        "{selection: {message|contains: admin}, condition: selection}",
        "{selection: {cs-uri|base64offset|contains: admin}, condition: selection}",
        "{selection: {cs-uri-stem|fieldref|contains: cs-user-agent}, condition: selection}",
    ];

    [Fact]
    public void TheSameRulesMatchWithAndWithoutTheFilter()
    {
        // More than 64 rules, so that their bits take two words.
        var yaml = string.Join("---\n", Enumerable.Range(0, 90).Select(i =>
            $"title: Rule {i}\nid: rule-{i}\nlogsource: {{{(i % 7 == 3 ? "product: linux" : "category: webserver")}}}\ndetection: {conditions[i % conditions.Length]}\nlevel: low\n"));
        var rules = Some.Rules(yaml);
        Assert.Equal(90, rules.Events.Count);
        var word = Gen.Int[0, words.Length - 1].Select(i => words[i]);
        var text = word.Array[0, 4].Select(parts => string.Concat(parts));
        var lines = Gen.OneOf(
            Gen.Select(text, text, text, Gen.OneOf(Gen.Const(200), Gen.Const(403), Gen.Const(404), Gen.Const(0)), Gen.OneOf(Gen.Const("GET"), Gen.Const("POST")))
                .Select((path, query, agent, status, method) => $"192.0.2.1 - - [01/Nov/2026:09:00:00 +0000] \"{method} /{path}?{query} HTTP/1.1\" {status} 1 \"-\" \"{agent}\""),
            text.Select(message => $"[Sun Nov 01 09:02:00.381183 2026] [php:warn] [pid 902:tid 915] [client 192.0.2.33:50412] {message}"),
            Gen.Select(text, text).Select((path, agent) => $"{{\"time\":\"2026-11-01T09:05:00Z\",\"remote_addr\":\"192.0.2.8\",\"request_method\":\"GET\",\"request_uri\":\"/\\u0061dmin{path.Replace("\\", "", StringComparison.Ordinal).Replace("\"", "", StringComparison.Ordinal)}\",\"status\":404,\"http_user_agent\":\"\\u0073qlmap\"}}"),
            Gen.Select(text, text).Select((agent, referer) => $"192.0.2.9 - - [01/Nov/2026:09:00:00 +0000] \"GET / HTTP/1.1\" 200 1 \"http://example.org/{referer.Replace("\"", "", StringComparison.Ordinal)}\" \"{agent}\""),
            Gen.Select(text, text).Select((path, query) => $"2026-11-01 09:00:00 192.0.2.10 GET /{path.Replace(' ', '+')} {(query.Length == 0 ? "-" : query.Replace(' ', '+'))} 200"),
            text);
        var parser = Some.Parser();
        parser.Parse("#Fields: date time c-ip cs-method cs-uri-stem cs-uri-query sc-status"u8, out _);
        var matcher = new LineMatcher(rules);
        var matches = 0;
        lines.Sample(raw =>
        {
            parser.Parse(Encoding.UTF8.GetBytes(raw), out var line);
            var expected = new List<int>();
            for (var i = 0; i < rules.Events.Count; i++) if (rules.Events[i].IsMatch(line, new LineTexts())) expected.Add(i);
            var found = new Found();
            matcher.Match(line, found);
            Assert.Equal(expected, found.Events);
            matches += expected.Count;
        }, iter: 5_000, threads: 1);
        Assert.True(matches > 5_000); // it was not about nothing
    }

    sealed class Found : IMatchSink
    {
        public List<int> Events { get; } = [];
        public void OnEvent(int rule) => Events.Add(rule);
        public void OnMatch(int window, int rule, in LogLine line) { }
    }
}
