using LogMonitor.Core.Detection;

namespace LogMonitor.Core.Tests.Detection;

public sealed class RuleLoadingTests
{
    static string Event(string id, string? name = null, string level = "low") =>
        $"title: Title of {id}\nid: {id}\n{(name is null ? "" : $"name: {name}\n")}logsource: {{product: linux}}\ndetection: {{s: [{id}], condition: s}}\nlevel: {level}\n";

    static string Window(string rules, string rest = "timespan: 1m, condition: {gte: 5}") =>
        $"title: W\nid: w\ncorrelation: {{type: event_count, rules: {rules}, {rest}}}\nlevel: high\n";

    static RuleSet Load(params string[] documents)
    {
        var rules = SigmaLoader.Load([("rules.yml", string.Join("---\n", documents))]);
        Assert.Empty(rules.Errors);
        return rules;
    }

    [Theory]
    [InlineData("")]
    [InlineData("---\n")]
    [InlineData("# nothing but a comment\n")]
    [InlineData("---\n---\n")]
    public void AnEmptyFileHasNoRulesAndNoErrors(string yaml) => Assert.Empty(Load(yaml).Events);

    [Theory]
    [InlineData("[a, b_name]")]
    [InlineData("[a_name, b, a]")]
    public void ACorrelationRefersByIdOrNameToRulesBeforeAndBehindIt(string references)
    {
        var window = Assert.Single(Load(Event("a", "a_name"), Window(references), Event("b", "b_name")).Windows);
        Assert.Equal([new RuleId("a"), new RuleId("b")], window.BaseRules);
        Assert.Equal(Level.High, window.Level);
    }

    [Fact]
    public void ACorrelationRefersToRulesOfOtherFiles()
    {
        var rules = SigmaLoader.Load([("1.yml", Window("a")), ("2.yml", Event("a"))]);
        Assert.Empty(rules.Errors);
        Assert.Equal("1.yml", Assert.Single(rules.Windows).File);
    }

    [Theory]
    [InlineData("timespan: 30s, condition: {gte: 5}", "5 or more within 30 seconds")]
    [InlineData("timespan: 10m, condition: {gt: 3}", "4 or more within 10 minutes")]
    [InlineData("timespan: 24h, condition: {gt: 0}", "1 or more within 1 day")]
    [InlineData("timespan: 7d, condition: {gt: 2147483647}", "2147483648 or more within 7 days")]
    public void TheThresholdIsSaidInWords(string condition, string words) => Assert.Equal(words, Assert.Single(Load(Event("a"), Window("a", condition)).Windows).Threshold);

    [Theory]
    [InlineData("c-ip", new[] { "c-ip" })]
    [InlineData("[host]", new string[0])]
    [InlineData("[src_ip, sc-status]", new[] { "c-ip", "sc-status" })]
    public void GroupByTakesFieldsAndAliasesAndHostGoesWithoutSaying(string groupBy, string[] fields) =>
        Assert.Equal(fields, Assert.Single(Load(Event("a"), Window("a", $"group-by: {groupBy}, timespan: 1m, condition: {{gte: 5}}")).Windows).GroupBy);

    [Fact]
    public void ARuleThatNoCorrelationRefersToAlertsByItselfOnOneMatch()
    {
        var window = Assert.Single(Load(Event("a")).Windows);
        Assert.Equal((new RuleId("a"), 1L, WindowRule.SingleEventTimespan, Level.Low), (window.Id, window.Minimum, window.Timespan, window.Level));
        Assert.Equal(["c-ip"], window.GroupBy); // so that each client's is an alert of its own
    }

    [Fact]
    public void AnInformationalRuleIsCountedAndDoesNotAlert()
    {
        var rules = Load(Event("a", level: "informational"));
        Assert.Empty(rules.Windows);
        Assert.Single(rules.Events);
    }

    [Theory]
    [InlineData("informational", Level.Informational)]
    [InlineData("Critical", Level.Critical)]
    public void ALevelIsReadByName(string text, Level level) => Assert.Equal(level, Load(Event("a", level: text)).Events[0].Level);

    [Fact]
    public void WhatStandsBeforeAMistakeInTheYamlIsLoaded()
    {
        var rules = SigmaLoader.Load([("rules.yml", Event("a") + "---\ntitle: [")]);
        Assert.Equal("a", Assert.Single(rules.Events).Id.Value);
        Assert.Single(rules.Errors);
    }
}
