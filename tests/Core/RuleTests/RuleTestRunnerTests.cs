using LogMonitor.Core.Detection;
using LogMonitor.Core.RuleTests;

namespace LogMonitor.Core.Tests.RuleTests;

public sealed class RuleTestRunnerTests
{
    static readonly RuleSet rules = SigmaLoader.Load([("probe.yml", """
        {title: Probe, id: p1, name: probe, logsource: {category: webserver}, detection: {s: {cs-uri-stem: /probe}, condition: s}, level: high}
        ---
        {title: Seen, id: s1, name: seen, logsource: {category: webserver}, detection: {s: {cs-method: GET}, condition: s}, level: informational}
        """), ("other.yml", "{title: Other, id: o1, logsource: {category: webserver}, detection: {s: {cs-uri-stem: /probe}, condition: s}, level: high}")]);

    const string Probed = "alerts: [{rule: probe, group: {c-ip: 192.0.2.1}, count: 2}]";

    [Theory]
    [InlineData(Probed + "\n  lines: {seen: 3}")]
    [InlineData("alerts: [{rule: probe, first: 2026-11-01T09:00:01Z, last: 2026-11-01T09:00:02Z}]")]
    [InlineData("alerts: [{rule: probe, group: {src_ip: 192.0.2.1}}]")]                                   // an alias of the field
    [InlineData("alerts: []\n  lines: {seen: 1}", "'Seen' matches 3 lines, not 1", "unexpected: 'Probe', c-ip 192.0.2.1, 2 matches, from 2026-11-01T09:00:01Z, to 2026-11-01T09:00:02Z")]
    [InlineData("alerts: [{rule: probe, count: 3}]", "missing: 'Probe', 3 matches", "unexpected: 'Probe', c-ip 192.0.2.1, 2 matches, from 2026-11-01T09:00:01Z, to 2026-11-01T09:00:02Z")]
    [InlineData("alerts: [{rule: probe}, {rule: probe, group: {c-ip: 192.0.2.1}}]", "missing: 'Probe'")]
    [InlineData("alerts: [{rule: probe}]\n  format: nonsense", "'format': ")]
    public async Task WhatIsNotAsExpectedIsTold(string expected, params string[] problems)
    {
        var errors = new List<RuleError>();
        var log = string.Join("\n    ", Scanning.Some.Line(0, 200, "192.0.2.7"), Scanning.Some.Line(1, 200, "192.0.2.1", "/probe"), Scanning.Some.Line(2, 200, "192.0.2.1", "/probe"));
        var test = Assert.Single(RuleTestReader.Read("probe.test.yml", $"- name: x\n  log: |\n    {log}\n  {expected}\n", rules, errors));
        Assert.Empty(errors);
        var found = await new RuleTestRunner(rules).RunAsync(test, TestContext.Current.CancellationToken);
        Assert.Equal(problems.Length, found.Count);
        Assert.All(problems.Zip(found), pair => Assert.StartsWith(pair.First, pair.Second, StringComparison.Ordinal));
    }

    [Fact]
    public async Task AnAlertThatSuitsTwoExpectationsIsLeftToTheOneThatNoOtherSuits()
    {
        // Each expectation says one thing. The first suits both alerts, and takes the one that alone suits the second unless it gives way.
        var errors = new List<RuleError>();
        var log = string.Join("\n    ", Scanning.Some.Line(1, 200, "192.0.2.1", "/probe"), Scanning.Some.Line(2, 200, "192.0.2.2", "/probe"));
        var tests = RuleTestReader.Read("probe.test.yml", string.Concat(((string[])["{rule: probe, count: 1}, {rule: probe, group: {c-ip: 192.0.2.1}}", "{rule: probe, count: 1}, {rule: probe, group: {c-ip: 192.0.2.2}}"])
            .Select(alerts => $"- name: x\n  log: |\n    {log}\n  alerts: [{alerts}]\n")), rules, errors);
        Assert.Empty(errors);
        Assert.Equal(2, tests.Count);
        foreach (var test in tests) Assert.Empty(await new RuleTestRunner(rules).RunAsync(test, TestContext.Current.CancellationToken));
    }
}
