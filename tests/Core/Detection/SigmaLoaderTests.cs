using LogMonitor.Core.Detection;

namespace LogMonitor.Core.Tests.Detection;

public sealed class SigmaLoaderTests
{
    const string Base = """
        title: HTTP 404
        id: base
        name: http_404
        logsource: {category: webserver}
        detection: {selection: {sc-status: 404}, condition: selection}
        level: informational
        """;

    [Fact]
    public void ACorrelationFindsItsBaseRuleByNameOrByIdAlsoInAnotherFile()
    {
        var rules = SigmaLoader.Load([("a.yml", Correlation("http_404")), ("b.yml", Base), ("c.yml", Correlation("base", "other"))]);
        Assert.Empty(rules.Errors);
        Assert.Equal(["burst", "other"], rules.Windows.Select(window => window.Id.Value));
        Assert.All(rules.Windows, window => Assert.Equal([new RuleId("base")], window.BaseRules));
    }

    [Fact]
    public void SeveralDocumentsInAFileAreSeveralRules() =>
        Assert.Equal((1, 1), Load(Base + "\n---\n" + Correlation("base")) is var rules ? (rules.Events.Count, rules.Windows.Count) : default);

    [Theory]
    [InlineData("gte: 5", 5, "5 or more within 10 minutes")]
    [InlineData("gt: 3", 4, "4 or more within 10 minutes")]
    public void TheConditionGivesTheFewestMatches(string condition, long minimum, string words)
    {
        var window = Assert.Single(Load(Base + "\n---\n" + Correlation("base").Replace("gte: 5", condition, StringComparison.Ordinal)).Windows);
        Assert.Equal((minimum, words), (window.Minimum, window.Threshold));
    }

    [Theory]
    [InlineData("30s", 30)]
    [InlineData("10m", 600)]
    [InlineData("2h", 7200)]
    [InlineData("1d", 86400)]
    public void ATimespanIsANumberAndAUnit(string timespan, int seconds) =>
        Assert.Equal(seconds, Assert.Single(Load(Base + "\n---\n" + Correlation("base").Replace("10m", timespan, StringComparison.Ordinal)).Windows).Timespan.TotalSeconds);

    [Fact]
    public void ARuleThatNoCorrelationRefersToAlertsOnOneMatchUnlessItIsInformational()
    {
        var window = Assert.Single(Load(Base + "\n---\n" + Base.Replace("base", "single", StringComparison.Ordinal).Replace("http_404", "single", StringComparison.Ordinal).Replace("informational", "high", StringComparison.Ordinal).Replace("single\nname: single", "single", StringComparison.Ordinal)).Windows);
        Assert.Equal(("single", 1L, Level.High), (window.Id.Value, window.Minimum, window.Level));
    }

    [Fact]
    public void ABrokenCorrelationDoesNotMakeItsBaseRuleAlertByItself()
    {
        var rules = SigmaLoader.Load([("r.yml", Base.Replace("informational", "high", StringComparison.Ordinal) + "\n---\n" + Correlation("http_404").Replace("gte", "like", StringComparison.Ordinal))]);
        Assert.Single(rules.Errors);
        Assert.Empty(rules.Windows);
    }

    public static TheoryData<string, string> Bad => new()
    {
        { "title: [", "r.yml:2:1: not YAML: While parsing a node" },
        { "a: &x [1]\nb: *x", "r.yml:2:4: aliases ('*x') are not supported" },
        { "a: " + new string('[', 100_000), "nested deeper than 20" },
        { "# " + new string('x', 1 << 20), "longer than 1,048,576 characters" },
        { "- a list", "r.yml:1:1: a rule must be a map with title, logsource and detection" },
        { "title: x", "r.yml:1:1: 'detection' is missing" },
        { Base.Replace("condition: selection", "condition: nothing", StringComparison.Ordinal), "r.yml:5:53: condition: expected a search (selection), 'not', '1 of', 'all of' or '(', but found 'nothing'" },
        { Base.Replace("condition: selection", "condition: selection and", StringComparison.Ordinal), "but found the end" },
        { Base.Replace("condition: selection", "condition: (selection", StringComparison.Ordinal), "expected ')', but found the end" },
        { Base.Replace("condition: selection", "condition: 1 of x*", StringComparison.Ordinal), "no search is named like 'x*'; there are selection" },
        { Base.Replace(", condition: selection", "", StringComparison.Ordinal), "'condition' is missing" },
        { Base.Replace("sc-status", "sc-colour", StringComparison.Ordinal), "r.yml:5:25: 'sc-colour' is not a field; there are c-ip," },
        { Base.Replace("sc-status: 404", "cs-uri|base65: x", StringComparison.Ordinal), "the modifier 'base65' is not supported; all, base64" },
        { Base.Replace("sc-status: 404", "sc-status: many", StringComparison.Ordinal), "sc-status is a number: it is compared with whole numbers, but found 'many'" },
        { Base.Replace("informational", "terrible", StringComparison.Ordinal), "r.yml:6:8: 'level' must be informational, low, medium, high or critical, but found 'terrible'" },
        { Base.Replace("{category: webserver}", "{}", StringComparison.Ordinal), "'logsource' must name a category, product or service" },
        { Correlation("nobody"), "no rule has the id or name 'nobody'" },
        { Base + "\n---\n" + Correlation("base").Replace("event_count", "spatial", StringComparison.Ordinal), "correlations of type 'spatial' are not supported; event_count, value_count, temporal, temporal_ordered, value_sum, value_avg, value_percentile, value_median are" },
        { Base + "\n---\n" + Correlation("base").Replace("gte", "like", StringComparison.Ordinal), "'like' is not supported in a condition; gte, gt, lte, lt, eq, neq, field, percentile are" },
        { Base + "\n---\n" + Correlation("base").Replace("gte: 5", "gte: 0", StringComparison.Ordinal), "the threshold must be at least 1" },
        { Base + "\n---\n" + Correlation("base").Replace("gte: 5", "gte: five", StringComparison.Ordinal), "the threshold must be a whole number up to 2147483647, but found 'five'" },
        { Base + "\n---\n" + Correlation("base").Replace("10m", "soon", StringComparison.Ordinal), "'soon' is not a timespan: expected a number and s, m, h, d or w, such as 10m" },
        { Base + "\n---\n" + Correlation("base").Replace("10m", "30d", StringComparison.Ordinal), "a timespan must be between 1 second and 7 days, but found '30d'" },
        { Base + "\n---\n" + Correlation("base").Replace("10m", "999999999d", StringComparison.Ordinal), "'999999999d' is not a timespan" },
        { Base + "\n---\n" + Correlation("base").Replace("timespan", "window: 5m, timespan", StringComparison.Ordinal), "'window' is not supported in a correlation" },
        { Base + "\n---\n" + Correlation(""), "'rules' is an empty list" },
        { Base.Replace("{sc-status: 404}", "{}", StringComparison.Ordinal), "'selection' is an empty map: it would match every line" },
        { Base.Replace("sc-status: 404", "cs-uri|contains|all: []", StringComparison.Ordinal), "the list of values of 'cs-uri|contains|all' is empty" },
        { Base + "\n---\n" + Correlation("base", "base"), "'base' is already the id or name of a rule in r.yml" },
        { Base + "\n---\n" + Base, "'base' is already the id or name of a rule in r.yml" },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public void AnErrorSaysWhereWhatAndWhatIsAllowedAndTheOtherRulesRun(string yaml, string expected)
    {
        var rules = SigmaLoader.Load([("r.yml", yaml), ("good.yml", Base.Replace("base", "good", StringComparison.Ordinal).Replace("http_404", "good_404", StringComparison.Ordinal))]);
        Assert.Contains(rules.Errors, error => error.ToString().Contains(expected, StringComparison.Ordinal));
        Assert.Contains(rules.Events, rule => rule.Id.Value == "good");
    }

    [Fact]
    public void NoYamlThrows()
    {
        // Mutations of a good file; the seed makes a failure repeatable.
        var random = new Random(20261122);
        var good = Base + "\n---\n" + Correlation("base");
        for (var i = 0; i < 2_000; i++)
        {
            var text = good.ToCharArray().ToList();
            for (var edits = random.Next(1, 6); edits > 0; edits--)
            {
                var at = random.Next(text.Count);
                if (random.Next(2) == 0) text.RemoveAt(at);
                else text.Insert(at, "{}[]:-&*!|>'\"#%@`\t\n x0"[random.Next(22)]);
            }
            SigmaLoader.Load([("r.yml", new string([.. text]))]);
        }
    }

    static string Correlation(string rule, string id = "burst") => $$$"""
        title: Burst
        id: {{{id}}}
        correlation: {type: event_count, rules: [{{{rule}}}], timespan: 10m, condition: {gte: 5}}
        level: medium
        """;

    static RuleSet Load(string yaml)
    {
        var rules = SigmaLoader.Load([("r.yml", yaml)]);
        Assert.Empty(rules.Errors);
        return rules;
    }
}
