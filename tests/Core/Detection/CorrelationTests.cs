using CsCheck;
using LogMonitor.Core.Detection;
using LogMonitor.Core.Tests.Pipeline;

namespace LogMonitor.Core.Tests.Detection;

/// <summary>What correlations measure: each type against its definition, written out plainly.</summary>
public sealed class CorrelationTests
{
    static readonly string[] types = [.. Enum.GetNames<CorrelationType>()];

    [Fact]
    public void EachTypeFiresWhereItsDefinitionSays()
    {
        Gen.Select(
            Gen.Select(Gen.Int[0, 100], Gen.Int[0, 3], Gen.Int[1, 3]).Array[0, 40],
            Gen.Enum<CorrelationType>(), Gen.Int[1, 30], Gen.Enum<BoundOperator>(), Gen.Int[0, 12], Gen.Int[1, 100]).Sample((matches, type, span, op, limit, percentile) =>
        {
            var rule = new WindowRule
            {
                Id = new RuleId("rule"),
                About = new RuleAbout { Title = "Rule", Level = Level.Low },
                Type = type,
                BaseRules = [new RuleId("a"), new RuleId("b"), new RuleId("c")],
                ValueFields = ["sc-bytes"],
                Percentile = percentile,
                Timespan = TimeSpan.FromSeconds(span),
                Condition = type == CorrelationType.TemporalOrdered ? WindowCondition.AtLeast(3) : new WindowCondition([new Bound(op, limit)]),
                File = "rules.yml",
            };
            var isTemporal = type is CorrelationType.Temporal or CorrelationType.TemporalOrdered;
            List<(int Second, long Value)> all = [.. matches.SelectMany(match => Enumerable.Repeat((match.Item1, isTemporal ? ValueOf(match.Item2) : match.Item2), match.Item3))];

            var group = new MatchGroup(new MatchKey(rule.Id, []), shape: 0);
            foreach (var (second, value) in all) group.Add(second * 1_000L, 1, type == CorrelationType.EventCount ? 0 : value);
            var table = new GroupMatches();
            table.Add(group);
            var moments = new List<long>();
            var firings = SlidingWindow.Find(table.Points, rule, long.MinValue, long.MaxValue, moments, out _);

            var expected = all.Select(match => match.Second).Distinct().Order()
                .Where(t => Fires(rule, [.. all.Where(match => match.Second > t - span && match.Second <= t).OrderBy(match => match.Second)], t)).Select(t => t * 1_000L).ToList();
            Assert.Equal(expected, moments);
            Assert.Equal(expected.Count > 0, firings.Count > 0);
            Assert.All(moments, moment => Assert.Single(firings, firing => firing.First <= moment && moment <= firing.Last));
            Assert.All(firings, firing => Assert.Contains(firing.Last, moments));
            // Windows that overlap are one firing.
            for (var i = 1; i < firings.Count; i++) Assert.True(firings[i - 1].Last < firings[i].First);
        }, iter: 3_000);
    }

    static long ValueOf(int rule) => MatchValue.Of(new RuleId(((char)('a' + rule)).ToString()));

    static bool Fires(WindowRule rule, List<(int Second, long Value)> window, int now)
    {
        var values = window.Select(match => match.Value).Order().ToList();
        switch (rule.Type)
        {
            case CorrelationType.EventCount: return rule.Condition.Holds(window.Count);
            case CorrelationType.ValueCount or CorrelationType.Temporal: return rule.Condition.Holds(values.Distinct().Count());
            case CorrelationType.ValueSum: return rule.Condition.Holds(values.Sum());
            case CorrelationType.ValueAverage: return rule.Condition.Holds((decimal)values.Sum() / values.Count);
            // The smallest value that at least so many percent of all are not above.
            case CorrelationType.ValuePercentile: return rule.Condition.Holds(values.First(value => values.Count(other => other <= value) * 100 >= rule.Percentile * values.Count));
            case CorrelationType.ValueMedian: return rule.Condition.Holds(((decimal)values[(values.Count - 1) / 2] + values[values.Count / 2]) / 2);
            default:
                // Three matches of the three rules, none before the one of the rule before, and the last of them now.
                return window.Any(a => a.Value == ValueOf(0) && window.Any(b => b.Value == ValueOf(1) && b.Second >= a.Second && window.Any(c => c.Value == ValueOf(2) && c.Second == now)));
        }
    }

    [Fact]
    public void EveryTypeIsTried() => Assert.Equal(8, types.Length);

    [Theory]
    [InlineData("event_count", "condition: {gt: 4}", "5 or more within 1 minute")]
    [InlineData("event_count", "condition: {lt: 4}", "at most 3 within 1 minute")]
    [InlineData("event_count", "condition: {eq: 4}", "exactly 4 within 1 minute")]
    [InlineData("event_count", "condition: {neq: 4}", "other than 4 within 1 minute")]
    [InlineData("event_count", "condition: {gt: 100, lte: 200}", "101 or more and at most 200 within 1 minute")]
    [InlineData("value_count", "condition: {gte: 5, field: cs-uri-stem}", "5 or more different values of cs-uri-stem within 1 minute")]
    [InlineData("value_count", "condition: {gte: 5, field: [c-ip, user]}", "5 or more different values of c-ip and cs-username within 1 minute")]
    [InlineData("value_sum", "condition: {gte: 1000000, field: sc-bytes}", "a sum of sc-bytes of 1000000 or more within 1 minute")]
    [InlineData("value_avg", "condition: {gt: 1.5, field: time-taken}", "an average of time-taken of more than 1.5 within 1 minute")]
    [InlineData("value_avg", "condition: {gte: 0, lte: 1.5, field: time-taken}", "an average of time-taken of 0 or more and at most 1.5 within 1 minute")]
    [InlineData("value_percentile", "condition: {gt: 2, field: time-taken, percentile: 95}", "a 95th percentile of time-taken of more than 2 within 1 minute")]
    [InlineData("value_median", "condition: {lte: 2, field: time-taken}", "a median of time-taken of at most 2 within 1 minute")]
    public void TheThresholdIsSaidInWords(string type, string condition, string words) => Assert.Equal(words, Single(Event("a"), Correlation("x", $"type: {type}", "rules: [a]", "timespan: 1m", condition)).Threshold);

    [Theory]
    [InlineData("temporal", "", "all of: Title of a, Title of b within 1 minute")]
    [InlineData("temporal", "condition: {gte: 1}", "1 or more of: Title of a, Title of b within 1 minute")]
    [InlineData("temporal_ordered", "", "Title of a, then Title of b within 1 minute")]
    [InlineData("temporal_ordered", "condition: {gte: 2}", "Title of a, then Title of b within 1 minute")]
    public void SoAreTheRulesOfATemporalOne(string type, string condition, string words) =>
        Assert.Equal(words, Single(Event("a"), Event("b"), Correlation("x", $"type: {type}", "rules: [a, b]", "timespan: 1m", condition)).Threshold);

    [Theory]
    [InlineData("event_count", "gte: 5", true)]
    [InlineData("event_count", "gte: 5, lte: 9", false)]
    [InlineData("event_count", "neq: 5", false)]
    [InlineData("value_count", "gt: 5, field: c-ip", true)]
    [InlineData("value_sum", "gt: 5, field: sc-bytes", true)]
    [InlineData("value_avg", "gt: 5, field: sc-bytes", false)]
    [InlineData("value_median", "gt: 5, field: sc-bytes", false)]
    [InlineData("value_percentile", "gt: 5, field: sc-bytes, percentile: 9", false)]
    public void ItIsKnownWhichFiringsMoreMatchesCanTakeAway(string type, string condition, bool grows) =>
        Assert.Equal(grows, Single(Event("a"), Correlation("x", $"type: {type}", "rules: [a]", "timespan: 1m", $"condition: {{{condition}}}")).Grows);

    [Fact]
    public void AChainAlertsAndWhatItStandsOnDoesNot()
    {
        var rules = Load(Event("a"), Event("b"), Correlation("x", "type: event_count", "rules: [a]", "timespan: 2m", "condition: {gte: 5}", "group-by: [c-ip]"),
            Correlation("y", "type: temporal_ordered", "rules: [x, b]", "timespan: 1h", "group-by: [user]"));
        Assert.Equal([("x", false), ("y", true)], rules.Windows.Select(window => (window.Id.Value, window.Alerts)));
        Assert.Equal(TimeSpan.FromMinutes(62), rules.Windows[1].Reach);
        // It is stored by what the other one groups by, too.
        Assert.Equal(["c-ip", "cs-username"], rules.Windows[0].KeyFields.Select(field => field.Name));
        Assert.Equal(["c-ip"], rules.Windows[0].GroupBy);
    }

    [Fact]
    public void WithGenerateItDoes()
    {
        var rules = Load(Event("a"), Correlation("x", "type: event_count", "rules: [a]", "timespan: 2m", "condition: {gte: 5}"),
            Correlation("y", "type: event_count", "rules: [x]", "timespan: 1h", "condition: {gte: 2}", "generate: true"));
        Assert.All(rules.Windows, window => Assert.True(window.Alerts));
    }

    [Fact]
    public void TheRulesOfAChainStandInAnyOrderAndFile()
    {
        var rules = SigmaLoader.Load([
            ("1.yml", Correlation("z", "type: event_count", "rules: [y]", "timespan: 1h", "condition: {gte: 2}")),
            ("2.yml", Correlation("y", "type: event_count", "rules: [x]", "timespan: 1h", "condition: {gte: 2}")),
            ("3.yml", Correlation("x", "type: event_count", "rules: [a]", "timespan: 1h", "condition: {gte: 2}") + "\n---\n" + Event("a"))]);
        Assert.Empty(rules.Errors);
        Assert.Equal(["x", "y", "z"], rules.Windows.Select(window => window.Id.Value));
    }

    [Theory]
    [InlineData("rules: [y]", "rules: [x]", "'x' refers back to this rule: a correlation can't stand on itself")]
    [InlineData("rules: [a], group-by: [nothing]", "rules: [x]", "the rule 'x' has a mistake of its own")]
    [InlineData("rules: [a]", "rules: [x], group-by: [who], aliases: {who: {x: nothing}}", "'nothing' is not a field")]
    public void AMistakeInAChainIsTold(string x, string y, string error)
    {
        var rules = SigmaLoader.Load([("r.yml", string.Join("\n---\n", Event("a"), Correlation("x", "type: event_count, timespan: 1h, condition: {gte: 2}", x), Correlation("y", "type: event_count, timespan: 1h, condition: {gte: 2}", y)))]);
        Assert.Contains(rules.Errors, found => found.Message.Contains(error, StringComparison.Ordinal));
        Assert.DoesNotContain(rules.Windows, window => window.Id.Value == "y");
    }

    [Theory]
    [InlineData("a")]     // a chain that is far too long
    [InlineData("c1")]    // a circle
    public void AChainAsLongAsAFileIsRefusedAndNoMore(string last)
    {
        var rules = SigmaLoader.Load([("r.yml", string.Join("\n---\n", Enumerable.Range(1, 5_000)
            .Select(i => $"{{title: C, id: c{i}, correlation: {{type: event_count, rules: [{(i == 5_000 ? last : $"c{i + 1}")}], timespan: 1s, condition: {{gte: 1}}}}}}").Prepend(Event("a"))))]);
        Assert.Equal(last == "a" ? 4_995 : 5_000, rules.Errors.Count);
    }

    [Fact]
    public async Task OfAChainALineWithoutTheFieldIsNotMeasured()
    {
        // What is absent is shown as a dash: taken for a text, its hash would be a number below any sum.
        var rules = Scanning.Some.Rules(string.Join("\n---\n", Event("a"),
            Correlation("two", "type: event_count", "rules: [a]", "timespan: 1m", "condition: {gte: 2}", "group-by: [c-ip]"),
            Correlation("sum", "type: value_sum", "rules: [two]", "timespan: 1h", "condition: {gte: 0, field: time-taken}"),
            Correlation("users", "type: value_count", "rules: [two]", "timespan: 1h", "condition: {gte: 1, field: cs-username}")));
        var report = await Scanning.Some.ScanAsync(rules, Enumerable.Range(0, 8).Select(i => Scanning.Some.Line(i, 404, $"192.0.2.{i / 2}")));
        Assert.Empty(report.Alerts);
    }

    [Fact]
    public async Task OfSeveralLinesWithWhichABurstBeginsTheLargestIsMeasured()
    {
        var rules = Scanning.Some.Rules(string.Join("\n---\n", Event("a"),
            Correlation("two", "type: event_count", "rules: [a]", "timespan: 1m", "condition: {gte: 2}"),
            Correlation("sum", "type: value_sum", "rules: [two]", "timespan: 1h", "condition: {gt: 1000, field: sc-bytes}")));
        string[] lines = [TestPipeline.Line(0, 404, bytes: 10), TestPipeline.Line(0, 404, bytes: 5_000)];
        Assert.Single((await Scanning.Some.ScanAsync(rules, lines)).Alerts);
        Assert.Single((await Scanning.Some.ScanAsync(rules, lines.Reverse())).Alerts);
    }

    [Fact]
    public void ChainsHaveADepthAndALength()
    {
        string Chain(int count, string span) => string.Join("\n---\n", Enumerable.Range(1, count)
            .Select(i => Correlation($"c{i}", "type: event_count", $"rules: [{(i == 1 ? "a" : $"c{i - 1}")}]", $"timespan: {span}", "condition: {gte: 2}")).Prepend(Event("a")));
        Assert.Empty(SigmaLoader.Load([("r.yml", Chain(5, "1d"))]).Errors);
        Assert.Contains("more than 5 correlations stand on each other", SigmaLoader.Load([("r.yml", Chain(6, "1h"))]).Errors[0].Message, StringComparison.Ordinal);
        Assert.Contains("longer than 7 days", Assert.Single(SigmaLoader.Load([("r.yml", Chain(2, "4d"))]).Errors).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AChainIsAsLongAsThereAreRulesInItHoweverManyWaysLeadToThem()
    {
        // Five layers of 30, each on all of the layer below: 810,000 ways lead from the top to the bottom.
        const int Layers = 5, Wide = 30;
        var rules = Load([Event("a"), .. Enumerable.Range(1, Layers).SelectMany(layer => Enumerable.Range(0, Wide).Select(i => Correlation(
            $"c{layer}_{i}", "type: event_count", $"rules: [{(layer == 1 ? "a" : string.Join(", ", Enumerable.Range(0, Wide).Select(below => $"c{layer - 1}_{below}")))}]", "timespan: 1m", "condition: {gte: 2}")))]);
        var top = rules.FindWindow(new RuleId($"c{Layers}_0"));
        Assert.Equal(1 + (Layers - 1) * Wide, rules.ChainOf(top).Count());
        Assert.Equal([new RuleId("a")], rules.LinesOf(top));
    }

    [Fact]
    public async Task AnAliasIsADifferentFieldForEachRule()
    {
        var rules = Load(
            "{title: Login, id: login, logsource: {category: webserver}, detection: {s: {cs-uri-stem: /login}, condition: s}, level: informational}",
            "{title: Proxied, id: proxied, logsource: {category: webserver}, detection: {s: {cs-uri-stem: /fetch}, condition: s}, level: informational}",
            Correlation("x", "type: temporal", "rules: [login, proxied]", "timespan: 1m", "group-by: [who]", "aliases: {who: {login: c-ip, proxied: cs-referer}}"));
        string[] lines =
        [
            Scanning.Some.Line(0, 200, "192.0.2.1", "/login"), Scanning.Some.Line(1, 200, "192.0.2.2", "/login"),
            Scanning.Some.Line(2, 200, "198.51.100.7", "/fetch").Replace("\"-\"", "\"192.0.2.2\"", StringComparison.Ordinal),
        ];
        var alert = Assert.Single((await Scanning.Some.ScanAsync(rules, lines)).Alerts);
        Assert.Equal(("who", "192.0.2.2"), (Assert.Single(alert.Group).Key, alert.Group["who"]));
    }

    [Fact]
    public async Task ALineThatSeveralBaseRulesMatchIsOneEventAndAMatchOfEach()
    {
        const string Both = "{title: Any, id: b, logsource: {category: webserver}, detection: {s: {cs-method: GET}, condition: s}, level: informational}";
        var rules = Load(Event("a"), Both, Correlation("count", "type: event_count", "rules: [a, b]", "timespan: 1m", "condition: {gte: 2}"), Correlation("both", "type: temporal", "rules: [a, b]", "timespan: 1m"));
        Assert.Equal(["both"], (await Scanning.Some.ScanAsync(rules, [Scanning.Some.Line(0, 404, "192.0.2.1")])).Alerts.Select(alert => alert.Rule));
    }

    [Fact]
    public async Task ALineWithoutTheFieldIsNotMeasured()
    {
        var rules = Load(Event("a"), Correlation("x", "type: value_count", "rules: [a]", "timespan: 1m", "condition: {gte: 2, field: cs-referer}"));
        string[] lines = [.. Enumerable.Range(0, 3).Select(i => Scanning.Some.Line(i, 404, "192.0.2.1"))];
        Assert.Empty((await Scanning.Some.ScanAsync(rules, lines)).Alerts);
        for (var i = 0; i < 2; i++) lines[i] = lines[i].Replace("\"-\"", $"\"http://example.com/{i}\"", StringComparison.Ordinal);
        Assert.Equal(2, Assert.Single((await Scanning.Some.ScanAsync(rules, lines)).Alerts).Count);
    }

    static WindowRule Single(params string[] documents) => Assert.Single(Load(documents).Windows);

    static RuleSet Load(params string[] documents)
    {
        var rules = SigmaLoader.Load([("rules.yml", string.Join("\n---\n", documents))]);
        Assert.Empty(rules.Errors);
        return rules;
    }

    static string Event(string id) => $"{{title: Title of {id}, id: {id}, logsource: {{category: webserver}}, detection: {{s: {{sc-status: 404}}, condition: s}}, level: low}}";

    static string Correlation(string id, params string[] parts) =>
        $"{{title: Title of {id}, id: {id}, correlation: {{{string.Join(", ", parts.Where(part => part.Length > 0))}}}, level: low}}";
}
