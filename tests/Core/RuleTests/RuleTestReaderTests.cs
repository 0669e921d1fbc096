using LogMonitor.Core.Detection;
using LogMonitor.Core.RuleTests;

namespace LogMonitor.Core.Tests.RuleTests;

public sealed class RuleTestReaderTests
{
    static readonly RuleSet rules = SigmaLoader.Load([("probe.yml", """
        {title: Probe, id: p1, name: probe, logsource: {category: webserver}, detection: {s: {cs-uri-stem: /probe}, condition: s}, level: high}
        ---
        {title: Seen, id: s1, name: seen, logsource: {category: webserver}, detection: {s: {cs-method: GET}, condition: s}, level: informational}
        """), ("other.yml", "{title: Other, id: o1, logsource: {category: webserver}, detection: {s: {cs-uri-stem: /other}, condition: s}, level: high}")]);

    [Fact]
    public void ACaseSaysAllThereIsToSay()
    {
        var test = Assert.Single(Read("""
            - name: All
              log: |
                a\x00b\xff
              escapes: true
              format: combined
              timezone: Europe/Berlin
              reference: 2025-03-01
              lines: {seen: 2, Probe: 1}
              alerts:
                - {rule: probe, group: {src_ip: 192.0.2.1}, count: 3, first: 2026-11-01T09:00:00Z, last: 2026-11-01T10:00:00+01:00}
            """));
        Assert.Equal(("All", 1L, "combined", "Europe/Berlin", "probe.yml"), (test.Name, test.Line, test.Format, test.Zone.Id, test.RuleFile));
        Assert.Equal([(byte)'a', 0, (byte)'b', 0xff, (byte)'\n'], test.Log);
        Assert.Equal(new DateTimeOffset(2025, 3, 1, 0, 0, 0, TimeSpan.Zero), test.Reference);
        Assert.Equal([(new RuleId("s1"), 2L), (new RuleId("p1"), 1L)], test.Lines);
        var alert = Assert.Single(test.Alerts);
        Assert.Equal((new RuleId("p1"), 3L, new DateTimeOffset(2026, 11, 1, 9, 0, 0, TimeSpan.Zero), alert.First), (alert.Rule, alert.Count, alert.First, alert.Last));
    }

    [Theory]
    [InlineData("name: x", "1:1: a test file is a list of cases, each with name, log and alerts")]
    [InlineData("- x", "1:3: a case is a map with name, log and alerts")]
    [InlineData("- {log: x, alerts: []}", "1:3: 'name' is missing")]
    [InlineData("- {name: x, alerts: []}", "1:3: 'log' is missing")]
    [InlineData("- {name: x, log: ''}", "1:18: 'log' must be a text, but found nothing")]
    [InlineData("- {name: x, log: y}", "1:3: 'alerts' is missing, the list of alerts that are expected; [] for none")]
    [InlineData("- {name: x, log: y, alerts: [], expect: 1}", "1:33: 'expect' is not supported in a case; name, log, escapes, format, timezone, reference, lines, alerts are")]
    [InlineData("- {name: x, log: y, alerts: [{rule: nobody}]}", "1:37: no rule of probe.yml that alerts has the id, name or title 'nobody'")]
    [InlineData("- {name: x, log: y, alerts: [{rule: seen}]}", "1:37: no rule of probe.yml that alerts has the id, name or title 'seen'")]
    [InlineData("- {name: x, log: y, alerts: [{rule: Other}]}", "1:37: no rule of probe.yml that alerts has the id, name or title 'Other'")]
    [InlineData("- {name: x, log: y, alerts: [{rule: probe, count: many}]}", "1:51: a count is a whole number, but found 'many'")]
    [InlineData("- {name: x, log: y, alerts: [{rule: probe, first: soon}]}", "1:51: 'soon' is not a time, such as 2026-11-01T09:00:00Z")]
    [InlineData("- {name: x, log: y, alerts: [], lines: {nobody: 1}}", "1:41: no rule about lines has the id, name or title 'nobody'")]
    [InlineData("- {name: x, log: y, alerts: [], timezone: Mars}", "1:43: 'Mars' is not a time zone, such as Europe/Berlin")]
    [InlineData("- {name: x, log: y, alerts: [], escapes: some}", "1:42: 'escapes' is true or false, but found 'some'")]
    [InlineData("- {name: x, log: *y}", "1:18: aliases ('*y') are not supported; write the value itself")]
    public void AMistakeIsToldWithItsPlace(string yaml, string error)
    {
        var errors = new List<RuleError>();
        Assert.Empty(RuleTestReader.Read("probe.test.yml", yaml, rules, errors));
        Assert.Equal($"probe.test.yml:{error}", Assert.Single(errors).ToString());
    }

    [Fact]
    public void AMistakeInACaseLeavesTheOthers()
    {
        var errors = new List<RuleError>();
        var cases = RuleTestReader.Read("probe.test.yml", "- {name: a, log: x, alerts: []}\n- {name: b}\n- {name: c, log: x, alerts: []}", rules, errors);
        Assert.Equal(["a", "c"], cases.Select(test => test.Name));
        Assert.Single(errors);
    }

    [Theory]
    [InlineData("x.test.yml", true)]
    [InlineData("a/x.test.YAML", true)]
    [InlineData("x.yml", false)]
    [InlineData("test.yml", false)]
    [InlineData("x.test.yml.yml", false)]
    public void ATestFileIsToldByItsName(string name, bool isTest) => Assert.Equal(isTest, RuleTestReader.IsTestFile(name));

    static IReadOnlyList<RuleTestCase> Read(string yaml)
    {
        var errors = new List<RuleError>();
        var cases = RuleTestReader.Read("probe.test.yml", yaml, rules, errors);
        Assert.Empty(errors);
        return cases;
    }
}
