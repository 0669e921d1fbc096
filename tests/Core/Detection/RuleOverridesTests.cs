using CsCheck;
using LogMonitor.Core.Detection;

namespace LogMonitor.Core.Tests.Detection;

public sealed class RuleOverridesTests
{
    const string Rules = """
        {title: Missing, id: m1, name: missing, logsource: {category: webserver}, detection: {s: {sc-status: 404}, condition: s}, level: informational}
        ---
        {title: Probe, id: p1, name: probe, logsource: {category: webserver}, detection: {s: {cs-uri-stem: /probe}, condition: s}, level: high}
        ---
        {title: Burst, id: b1, name: burst, correlation: {type: event_count, rules: [missing], group-by: [c-ip], timespan: 1m, condition: {gte: 3}}, level: medium}
        ---
        {title: Range, id: r1, name: range, correlation: {type: event_count, rules: [missing], timespan: 1m, condition: {gte: 2, lte: 3}}, level: medium}
        ---
        {title: Order, id: o1, name: order, correlation: {type: temporal_ordered, rules: [burst, probe], timespan: 1h, group-by: [c-ip]}, level: medium}
        """;

    [Theory]
    [InlineData("rule: burst, threshold: 20", "20 or more within 1 minute")]
    [InlineData("rule: b1, threshold: 20", "20 or more within 1 minute")]
    [InlineData("rules: [burst, b1, burst], threshold: 20", "20 or more within 1 minute")]
    [InlineData("rules: [burst], timespan: 5m", "3 or more within 5 minutes")]
    [InlineData("rule: burst, threshold: {gt: 5, lt: 9}, timespan: 2h", "6 or more and at most 8 within 2 hours")]
    public void AThresholdAndATimespanAreOthers(string change, string words)
    {
        var rules = Load(Rules, change);
        Assert.Equal(words, rules.Windows.Single(rule => rule.Name == "burst").Threshold);
        Assert.Equal([new RuleId("b1")], rules.Overridden);
    }

    /// <summary>A correlation of correlations has no lines of its own.</summary>
    [Theory]
    [InlineData("", new[] { "192.0.2.1", "192.0.2.2" })]
    [InlineData("rule: either, allow: {c-ip: 192.0.2.2}", new[] { "192.0.2.1" })]
    [InlineData("rule: deeper, allow: {c-ip: 192.0.2.2}", new[] { "192.0.2.1" })]
    public async Task AnAllowListOfACorrelationOfCorrelationsHolds(string change, string[] clients)
    {
        const string Deep = Rules + """

            ---
            {title: Either, id: e1, name: either, correlation: {type: temporal, rules: [burst], group-by: [c-ip], timespan: 1m, condition: {gte: 1}}, level: medium}
            ---
            {title: Deeper, id: d1, name: deeper, correlation: {type: temporal, rules: [either], group-by: [c-ip], timespan: 1m, condition: {gte: 1}}, level: medium}
            """;
        var rules = change.Length > 0 ? Load(Deep, change) : SigmaLoader.Load([("rules.yml", Deep)]);
        var lines = Enumerable.Range(0, 6).Select(n => $"192.0.2.{n % 2 + 1} - - [01/Nov/2026:09:00:{n:00} +0000] \"GET /{n} HTTP/1.1\" 404 12");
        var report = await Scanning.Some.ScanAsync(rules, lines);
        Assert.Equal(clients, report.Alerts.Where(alert => alert.Rule == "d1").Select(alert => alert.Group.Values.Single()).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void AnAllowListThatNoLineCanBeOnIsAnError()
    {
        const string Both = Rules + """

            ---
            {title: Twice, id: t1, name: twice, correlation: {type: event_count, rules: [burst], group-by: [c-ip], timespan: 1h, condition: {gte: 2}, generate: true}, level: high}
            """;
        var rules = SigmaLoader.Load([("rules.yml", Both.Replace("rules: [burst, probe]", "rules: [range, probe]", StringComparison.Ordinal)), ("overrides.yml", "overrides: [{rule: twice, allow: {c-ip: 192.0.2.2}}]")]);
        Assert.Equal("rules.yml:1:1: the allow list for 'twice' changes nothing: it counts what other rules alert about; write the list for those, burst", Assert.Single(rules.Errors).ToString());
    }

    [Fact]
    public void WhatStandsOnItReachesFurtherThen() =>
        Assert.Equal(TimeSpan.FromHours(3), Load(Rules, "rule: burst, timespan: 2h").Windows.Single(rule => rule.Name == "order").Reach);

    [Fact]
    public void ALevelIsAnother()
    {
        var rules = Load(Rules, "rules: [burst, missing], level: critical");
        Assert.Equal([Level.Critical, Level.Critical], [rules.Events[0].Level, rules.Windows.Single(rule => rule.Name == "burst").Level]);
    }

    [Theory]
    [InlineData("rule: probe, disable: true", new[] { "p1", "o1" })]   // of an order, all are needed
    [InlineData("rule: burst, disable: true", new[] { "b1", "o1" })]
    [InlineData("rule: missing, disable: true", new[] { "m1", "b1", "r1", "o1" })]
    [InlineData("rule: range, disable: true", new[] { "r1" })]
    [InlineData("rule: range, disable: false", new string[0])]
    public void WhatIsDisabledIsGoneWithWhatStandsOnItAlone(string change, string[] disabled)
    {
        var rules = Load(Rules, change);
        Assert.Equal(disabled, rules.Disabled.Select(rule => rule.Id.Value));
        Assert.DoesNotContain(rules.Windows, rule => disabled.Contains(rule.Id.Value));
        Assert.DoesNotContain(rules.Events, rule => disabled.Contains(rule.Id.Value));
        // A rule that was only counted does not begin to alert because what counted it is gone.
        Assert.DoesNotContain(rules.Windows, rule => rule.Alerts && rule.Name == "probe");
    }

    [Fact]
    public void ACorrelationGoesOnWithTheBaseRulesThatAreLeft()
    {
        var rules = Load(Rules + "\n---\n{title: Either, id: e1, correlation: {type: event_count, rules: [missing, probe], timespan: 1m, condition: {gte: 3}}, level: low}", "rule: probe, disable: true");
        Assert.Equal([new RuleId("m1")], rules.Windows.Single(rule => rule.Title == "Either").BaseRules);
    }

    [Theory]
    [InlineData("rule: burst, allow: {c-ip: 192.0.2.99}", new[] { "Order", "Range" }, 4)]
    [InlineData("rule: burst, allow: {c-ip|cidr: 192.0.2.0/24}", new[] { "Range" }, 4)]    // its base rule counts for others
    [InlineData("rule: missing, allow: {c-ip|cidr: 192.0.2.0/24}", new string[0], 1)]
    [InlineData("rules: any, allow: [{c-ip: 198.51.100.1}, {c-ip: 192.0.2.1, cs-uri-stem: /probe}]", new[] { "Range" }, 3)]
    public async Task LinesOnAnAllowListDoNotCount(string change, string[] alerts, long matches)
    {
        string[] lines = [.. Enumerable.Range(0, 3).Select(i => Scanning.Some.Line(i, 404, "192.0.2.1")), Scanning.Some.Line(4, 200, "192.0.2.1", "/probe")];
        var report = await Scanning.Some.ScanAsync(Load(Rules, change), lines);
        Assert.Equal(alerts, report.Alerts.Select(alert => alert.Title).Order(StringComparer.Ordinal));
        Assert.Equal(matches, report.Rules.Sum(rule => rule.Lines));
    }

    [Fact]
    public async Task AnAllowListIsAsAFilter()
    {
        var line = Gen.Select(Gen.Int[0, 300], Gen.OneOf(Gen.Const(404), Gen.Const(200)), Gen.Int[1, 4], Gen.OneOf(Gen.Const("/"), Gen.Const("/probe"), Gen.Const("/health")))
            .Select((second, status, client, path) => Scanning.Some.Line(second, status, $"192.0.2.{client}", path));
        var allowed = Load(Rules, "rules: [missing, probe], allow: [{c-ip: 192.0.2.2}, {cs-uri-stem: /health}]");
        var filtered = Load(Rules + "\n---\n{title: Ours, filter: {rules: [missing, probe], a: {c-ip: 192.0.2.2}, b: {cs-uri-stem: /health}, condition: not 1 of them}}");
        await line.Array[0, 60].SampleAsync(async lines =>
            Assert.Equal(Scanning.Some.Alerts(await Scanning.Some.ScanAsync(filtered, lines)), Scanning.Some.Alerts(await Scanning.Some.ScanAsync(allowed, lines))), iter: 100);
    }

    [Fact]
    public void TheyStandInAnyFile()
    {
        var rules = SigmaLoader.Load([("a-overrides.yml", "overrides: [{rule: burst, threshold: 7}]"), ("b.yml", Rules)]);
        Assert.Empty(rules.Errors);
        Assert.Equal(7, rules.Windows.Single(rule => rule.Name == "burst").Minimum);
    }

    [Theory]
    [InlineData("overrides: {rule: burst}", "1:12: 'overrides' must be a list, each with rule and what is different of it")]
    [InlineData("overrides: [burst]", "1:13: an override is a map with rule and what is different of it")]
    [InlineData("overrides: [{rule: burst}]", "1:13: this override changes nothing: it may have threshold, timespan, level, disable, allow")]
    [InlineData("overrides: [{disable: true}]", "1:13: an override names a rule: 'rule' with one id or name, or 'rules' with a list of them")]
    [InlineData("overrides: [{rule: burst, rules: [range], disable: true}]", "1:13: an override names a rule: 'rule' with one id or name, or 'rules' with a list of them")]
    [InlineData("overrides: [{rules: [], disable: true}]", "1:21: 'rules' is an empty list")]
    [InlineData("overrides: [{rule: nobody, disable: true}]", "1:20: no rule has the id or name 'nobody'")]
    [InlineData("overrides: [{rule: burst, limit: 3}]", "1:27: 'limit' is not supported in an override; rule, rules, threshold, timespan, level, disable, allow are")]
    [InlineData("overrides: [{rule: burst, threshold: many}]", "1:38: the threshold must be a whole number up to 2147483647, but found 'many'")]
    [InlineData("overrides: [{rule: burst, threshold: 0}]", "1:38: the threshold must be at least 1: a rule can't fire on nothing")]
    [InlineData("overrides: [{rule: range, threshold: 5}]", "1:38: 'Range' has a range as its condition; write the threshold as one, such as {gte: 5, lte: 9}")]
    [InlineData("overrides: [{rule: order, threshold: 5}]", "1:38: 'Order' is about which rules match: it has no threshold")]
    [InlineData("overrides: [{rule: probe, threshold: 5}]", "1:27: 'probe' is a rule about single lines: it has no threshold")]
    [InlineData("overrides: [{rule: burst, timespan: 8d}]", "1:37: a timespan must be between 1 second and 7 days, but found '8d'")]
    [InlineData("overrides: [{rule: burst, level: bad}]", "1:34: 'level' must be informational, low, medium, high or critical, but found 'bad'")]
    [InlineData("overrides: [{rule: burst, disable: maybe}]", "1:36: 'disable' is true or false, but found 'maybe'")]
    [InlineData("overrides: [{rule: burst, allow: {nothing: 1}}]", "1:35: 'nothing' is not a field; there are ")]
    [InlineData("overrides: [{rules: any, disable: true}]", "1:26: 'rules: any' goes with allow only; name the rules whose disable is another")]
    [InlineData("overrides: [{rule: burst, threshold: 4}, {rule: b1, threshold: 5}]", "1:53: another override has a threshold for 'b1' already")]
    [InlineData("overrides: [{rule: burst, disable: true}, {rule: burst, threshold: 5}]", "1:50: 'burst' is disabled by another override")]
    [InlineData("overrides: [{rule: burst, threshold: 5}]\nlevel: low", "2:1: 'level' is not supported in a document with overrides; title, description, overrides are")]
    public void AMistakeIsToldAndTheRuleIsAsItWas(string yaml, string error)
    {
        var rules = SigmaLoader.Load([("rules.yml", Rules), ("overrides.yml", yaml)]);
        Assert.StartsWith($"overrides.yml:{error}", Assert.Single(rules.Errors).ToString(), StringComparison.Ordinal);
        Assert.Equal(2, rules.Events.Count);
        if (!yaml.Contains("threshold: 4", StringComparison.Ordinal) && !yaml.Contains("{rule: burst, disable: true}", StringComparison.Ordinal))
            Assert.Equal("3 or more within 1 minute", rules.Windows.Single(rule => rule.Name == "burst").Threshold);
    }

    static RuleSet Load(string rules, string? change = null)
    {
        var loaded = SigmaLoader.Load([("rules.yml", rules), ("overrides.yml", change is null ? "" : $"overrides: [{{{change}}}]")]);
        Assert.Empty(loaded.Errors);
        return loaded;
    }
}
