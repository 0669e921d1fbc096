using LogMonitor.Core.Detection;

namespace LogMonitor.Core.Tests.Detection;

/// <summary>Each mistake in a rule has its exact message, with file, line and column; the other rules run.</summary>
public sealed class BadRuleTests
{
    const string Base = "title: Base\nid: base\nname: base_name\nlogsource: {category: webserver}\ndetection: {s: {sc-status: 404}, condition: s}\n---\n";
    const string Fields = "c-ip, cs-username, cs-method, cs-uri, cs-uri-stem, cs-uri-query, cs-version, cs-host, cs-referer, cs-user-agent, sc-status, sc-bytes, time-taken, c-port, process, message, severity, USER, COMMAND, TTY, PWD";

    const string Ten = "placeholders: {p: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]}\n---\n";

    static string Repeat(string text, int times) => string.Concat(Enumerable.Repeat(text, times));

    static string Event(string detection) => $"title: T\nid: t\nlogsource: {{category: webserver}}\ndetection: {detection}";

    static string Correlation(string correlation) => $"{Base}title: T\nid: t\ncorrelation: {correlation}";

    static string Window(string rest) => Correlation($"{{type: event_count, rules: [base], {rest}}}");

    public static TheoryData<string, string> Mistakes => new()
    {
        // The file
                { "- title: T", "1:1: a rule must be a map with title, logsource and detection" },
        { "just text", "1:1: a rule must be a map with title, logsource and detection" },
        { "a: &x 1\nb: *x", "2:4: aliases ('*x') are not supported; write the value itself" },
        { new string('[', 21), "1:21: nested deeper than 20" },
        { new string('#', (1 << 20) + 1), "1:1: the file is longer than 1,048,576 characters; split it" },
        // The frame
        { "title: T", "1:1: 'detection' is missing" },
        { "title: T\ndetection: 5", "2:12: 'detection' must be a map, but found '5'" },
        { "title: T\nid: t\ndetection: {s: [x], condition: s}", "1:1: 'logsource' is missing" },
        { "title: T\nid: t\nlogsource: {}\ndetection: {s: [x], condition: s}", "3:12: 'logsource' must name a category, product or service" },
        { "title: T\nlogsource: {product: linux}\ndetection: {s: [x], condition: s}", "1:1: 'id' is missing (a UUID, unique to this rule)" },
        { "id: t\nlogsource: {product: linux}\ndetection: {s: [x], condition: s}", "1:1: 'title' is missing" },
        { "title: [T]\nid: t\nlogsource: {product: linux}\ndetection: {s: [x], condition: s}", "1:8: 'title' must be a text, but found a list" },
        { Event("{s: [x], condition: s}") + "\nlevel: urgent", "5:8: 'level' must be informational, low, medium, high or critical, but found 'urgent'" },
        { Event("{s: [x], condition: s}") + "\nlevel: 3", "5:8: 'level' must be informational, low, medium, high or critical, but found '3'" },
        // Searches
        { Event("{s: [x]}"), "4:12: 'condition' is missing" },
        { Event("{s: [x], condition: s, timeframe: 5m}"), "4:46: 'timeframe' is of Sigma 1; write a correlation rule with 'timespan'" },
        { Event("{s: [], condition: s}"), "4:16: 's' is an empty list" },
        { Event("{s: {}, condition: s}"), "4:16: 's' is an empty map: it would match every line" },
        { Event("{s: {cs-uri|all: []}, condition: s}"), "4:29: the list of values of 'cs-uri|all' is empty" },
        { Event("{s: [{cs-uri: x}, y], condition: s}"), "4:30: 's' mixes maps and keywords" },
        { Event("{s: [[x]], condition: s}"), "4:17: a keyword must be a text, but found a list" },
        { Event("{s: {EventID: 1}, condition: s}"), $"4:17: 'EventID' is not a field; there are {Fields}" },
        { Event("{s: {cs-uri|hour: 3}, condition: s}"), "4:17: the modifier 'hour' is not supported; all, base64, base64offset, cased, cidr, contains, endswith, exists, expand, fieldref, gt, gte, lt, lte, neq, re (with i, m, s), startswith, utf16, utf16be, utf16le, wide and windash are" },
        { Event("{s: {cs-uri|re|contains: x}, condition: s}"), "4:17: 'cs-uri|re|contains': regex compares the whole value, and goes with no modifier that changes it" },
        { Event("{s: {c-ip|cidr: 192.0.2.0-9}, condition: s}"), "4:28: '192.0.2.0-9' is not a network: expected an address, '/' and a prefix length, such as 192.0.2.0/24" },
        { Event("{s: {cs-uri|gt: 5}, condition: s}"), "4:28: cs-uri is a text: it has no greater and less" },
        { Event("{s: {sc-status|gte: '4*'}, condition: s}"), "4:32: sc-status is a number: it is compared with numbers, but found '4*'" },
        { Event("{s: {cs-uri|exists: maybe}, condition: s}"), "4:32: exists is true or false, but found 'maybe'" },
        { Event("{s: {cs-uri|expand: '%paths%'}, condition: s}"), "4:32: the placeholder '%paths%' has no values; a file among the rules gives them: placeholders: {paths: [...]}" },
        { Event("{s: {cs-uri|base64: 'a*'}, condition: s}"), "4:32: 'a*' is encoded, and can't hold wildcards" },
        { Event("{s: {cs-uri|fieldref: nobody}, condition: s}"), $"4:34: 'nobody' is not a field; there are {Fields}" },
        { Event("{s: {cs-uri|gt: null}, condition: s}"), "4:28: null and an empty text mean that the line does not have the field, and go with no modifier but neq" },
        { Event("{s: {'|startswith': x}, condition: s}"), "4:32: keywords stand anywhere in a line, and take the modifiers all, cased, contains, expand, windash and the encodings only" },
        { Event("{s: [x], condition: s}").Replace("product: linux", "category: process_creation", StringComparison.Ordinal).Replace("category: webserver", "category: process_creation", StringComparison.Ordinal), "3:12: no log that is read here is of the category 'process_creation'; webserver is one" },
        { Event("{s: [x], condition: s}").Replace("category: webserver", "product: windows", StringComparison.Ordinal), "3:12: no log that is read here comes from the product 'windows'; linux, apache and nginx are known" },
        { "title: F\nfilter: {rules: [nobody], s: [x], condition: not s}", "2:18: no rule has the id or name 'nobody'" },
        { $"{Base}title: F\nlogsource: {{product: linux}}\nfilter: {{rules: [base], s: [x], condition: not s}}", "9:18: the rule 'base' has another logsource than the filter, which would not apply to it: give the filter the rule's, or none" },
        { "title: F\nfilter: {s: [x], condition: not s}", "2:9: 'rules' is missing: a list of ids or names, or any" },
        { Event("{s: {cs-uri|contains|endswith: x}, condition: s}"), "4:17: 'cs-uri|contains|endswith': 'endswith' contradicts a modifier before it" },
        { Event("{s: {sc-status: 4xx}, condition: s}"), "4:28: sc-status is a number: it is compared with whole numbers, but found '4xx'" },
        { Event("{s: {cs-uri: {a: b}}, condition: s}"), "4:25: a value of cs-uri must be a text, but found a map" },
        { Event("{s: [x], !!str s: [y], condition: s}"), "4:21: 's' is there twice" },
        { Event($"{{{string.Concat(Enumerable.Range(0, 201).Select(i => $"s{i}: [x], "))}condition: 1 of them}}"), "4:12: 'detection' has 201 searches, at most 200 are supported" },
        { Event("{s: {cs-uri|contains: ''}, condition: s}"), "4:34: null and an empty text mean that the line does not have the field, and go with no modifier but neq" },
        { Event("{s: {cs-uri|startswith: null}, condition: s}"), "4:36: null and an empty text mean that the line does not have the field, and go with no modifier but neq" },
        { Event("{s: {cs-uri|endswith: [x, '']}, condition: s}"), "4:38: null and an empty text mean that the line does not have the field, and go with no modifier but neq" },
        { Event("{s: {cs-uri|re: ''}, condition: s}"), "4:28: null and an empty text mean that the line does not have the field, and go with no modifier but neq" },
        { Event("{s: {c-ip|cidr: ''}, condition: s}"), "4:28: null and an empty text mean that the line does not have the field, and go with no modifier but neq" },
        { Event("{s: {cs-uri|exists: ''}, condition: s}"), "4:32: null and an empty text mean that the line does not have the field, and go with no modifier but neq" },
        { Event("{s: {cs-uri|fieldref: ''}, condition: s}"), "4:34: null and an empty text mean that the line does not have the field, and go with no modifier but neq" },
        { Event("{s: {cs-uri|base64: ''}, condition: s}"), "4:32: null and an empty text mean that the line does not have the field, and go with no modifier but neq" },
        { Event("{s: {cs-uri|base64offset|contains: ab}, condition: s}"), "4:47: base64offset needs a value of at least 3 bytes: of fewer, the forms would stand in nearly every line" },
        { Event("{s: {'|base64offset': a}, condition: s}"), "4:34: base64offset needs a value of at least 3 bytes: of fewer, the forms would stand in nearly every line" },
        { Event("{s: {cs-uri|base64|base64|base64|base64|base64: a}, condition: s}"), "4:17: the value has 5 encodings one after the other, at most 4 are supported" },
        { Event("{s: {cs-uri|fieldref|base64: cs-method}, condition: s}"), "4:17: 'cs-uri|fieldref|base64': fieldref compares the whole value, and goes with no modifier that changes it" },
        { Event("{s: {cs-uri|windash|fieldref: cs-method}, condition: s}"), "4:17: 'cs-uri|windash|fieldref': fieldref compares the whole value, and goes with no modifier that changes it" },
        { Event("{s: {cs-uri|fieldref|expand: '%p%'}, condition: s}"), "4:17: 'cs-uri|fieldref|expand': fieldref takes no placeholders" },
        { Event("{s: {cs-uri|exists|expand: '%p%'}, condition: s}"), "4:17: 'cs-uri|exists|expand': exists takes no placeholders" },
        { Event("{s: {sc-status|base64|contains: 404}, condition: s}"), "4:44: sc-status is a number: encodings and windash are for texts" },
        { Event("{s: {sc-status|windash: 404}, condition: s}"), "4:36: sc-status is a number: encodings and windash are for texts" },
        { Event("{s: {sc-status: 1.5}, condition: s}"), "4:28: sc-status is a number: it is compared with whole numbers, but found '1.5'" },
        { Event("{s: {cs-method: GET}, condition: []}"), "4:45: 'condition' is an empty list" },
        { "placeholders: {p: []}", "1:19: the placeholder 'p' has an empty list of values" },
        { "title: F\nfilter: {rules: [], s: [x], condition: not s}", "2:17: 'rules' is an empty list: name the rules that are filtered, or any" },
        // What would fill the memory
        { Ten + Event($"{{s: {{cs-uri|contains|expand: '{Repeat("%p%", 9)}'}}, condition: s}}"), "6:41: the value has more than 8 placeholders" },
        { Ten + Event($"{{s: {{cs-uri|contains|expand: '{Repeat("%p%", 20_000)}'}}, condition: s}}"), "6:41: the value has more than 8 placeholders" },
        { Ten + Event("{s: {cs-uri|contains|expand: '%p%%p%%p%%p%'}, condition: s}"), "6:41: placeholders, encodings and windash make more than 5,000 forms of the rule's values; name fewer values, or split the rule" },
        { Ten + Event($"{{s: {{cs-uri|contains|expand: [{Repeat("'%p%%p%%p%', ", 6)}]}}, condition: s}}"), "6:107: placeholders, encodings and windash make more than 5,000 forms of the rule's values; name fewer values, or split the rule" },
        { Ten + Event($"{{s: {{cs-uri|contains|expand: '%p%%p%%p%{Repeat("x", 2_000)}'}}, condition: s}}"), "6:41: placeholders, encodings and windash make more than 1,048,576 characters of the rule's values; name fewer values, or split the rule" },
        { Event($"{{s: {{cs-uri|base64offset|base64offset|base64offset|base64offset|contains: {Repeat("x", 10_000)}}}, condition: s}}"), "4:86: placeholders, encodings and windash make more than 1,048,576 characters of the rule's values; name fewer values, or split the rule" },
        // Correlations
        { "title: T\nid: t\ncorrelation: 5", "3:14: 'correlation' must be a map, but found '5'" },
        { Correlation("{type: value_count, rules: [base], timespan: 1m, condition: {gte: 5}}"), "9:74: 'field' is missing: whose values are measured?" },
        { Correlation("{type: spatial, rules: [base], timespan: 1m, condition: {gte: 5}}"), "9:21: correlations of type 'spatial' are not supported; event_count, value_count, temporal, temporal_ordered, value_sum, value_avg, value_percentile, value_median are" },
        { Correlation("{type: value_sum, rules: [base], timespan: 1m, condition: {gte: 5, field: c-ip}}"), "9:88: c-ip is a text; of numbers there are sc-status, sc-bytes, time-taken, c-port, severity" },
        { Correlation("{type: value_percentile, rules: [base], timespan: 1m, condition: {gte: 5, field: sc-bytes}}"), "9:79: 'percentile' is missing, a whole number from 1 to 100" },
        { Correlation("{type: value_percentile, rules: [base], timespan: 1m, condition: {gte: 5, field: sc-bytes, percentile: 0}}"), "9:117: 'percentile' must be a whole number from 1 to 100, but found '0'" },
        { Correlation("{type: temporal_ordered, rules: [base], timespan: 1m}"), "9:46: an order needs at least two rules" },
        { Correlation("{type: temporal, rules: [base], timespan: 1m, condition: {gte: 2}}"), "9:71: the condition asks for 2 rules, but there are 1" },
        { Correlation("{type: event_count, rules: [t], timespan: 1m, condition: {gte: 5}}"), "9:42: 't' refers back to this rule: a correlation can't stand on itself" },
        { Correlation("{type: event_count, rules: [base], timespan: 1m, condition: {gte: 5, field: c-ip}}"), "9:90: 'field' goes with the types value_… only" },
        { Correlation("{type: event_count, rules: [base], timespan: 1m, group-by: [who], aliases: {who: {other: c-ip}}, condition: {gte: 5}}"), "9:96: the alias 'who' names the rule 'other', which is not among 'rules'" },
        { Correlation("{type: event_count, rules: [base], timespan: 1m, group-by: [who], aliases: {who: {}}, condition: {gte: 5}}"), "9:74: the alias 'who' names no field for the rule 'base'" },
        { Correlation("{type: event_count, timespan: 1m, condition: {gte: 5}}"), "9:14: 'rules' is missing" },
        { Correlation("{type: event_count, rules: [], timespan: 1m, condition: {gte: 5}}"), "9:41: 'rules' is an empty list: name the rules whose matches count" },
        { Correlation("{type: event_count, rules: [none], timespan: 1m, condition: {gte: 5}}"), "9:42: no rule has the id or name 'none'" },
        { Window("timespan: 1m, condition: {gte: 5}, generate: perhaps"), "9:94: 'generate' must be true or false, but found 'perhaps'" },
        { Window("timespan: 1m, condition: {gte: 5}, window: {}"), "9:84: 'window' is not supported in a correlation; type, rules, group-by, timespan, condition, aliases, generate are" },
        { Window("group-by: [nobody], timespan: 1m, condition: {gte: 5}"), $"9:60: 'nobody' is not a field; there are host, {Fields}" },
        { Window("condition: {gte: 5}"), "9:14: 'timespan' is missing" },
        { Window("timespan: 1 minute, condition: {gte: 5}"), "9:59: '1 minute' is not a timespan: expected a number and s, m, h, d or w, such as 10m" },
        { Window("timespan: 0s, condition: {gte: 5}"), "9:59: a timespan must be between 1 second and 7 days, but found '0s'" },
        { Window("timespan: 8d, condition: {gte: 5}"), "9:59: a timespan must be between 1 second and 7 days, but found '8d'" },
        { Window("timespan: 9999999d, condition: {gte: 5}"), "9:59: a timespan must be between 1 second and 7 days, but found '9999999d'" },
        { Window("timespan: 1m"), "9:14: 'condition' is missing" },
        { Window("timespan: 1m, condition: {gte: 5, lte: 9, eq: 7}"), "9:74: a condition has one or two of gte, gt, lte, lt, eq, neq" },
        { Window("timespan: 1m, condition: {like: 5}"), "9:75: 'like' is not supported in a condition; gte, gt, lte, lt, eq, neq, field, percentile are" },
        { Window("timespan: 1m, condition: {gt: 5, gte: 7}"), "9:74: a range has one of gt and gte, and one of lt and lte" },
        { Window("timespan: 1m, condition: {gt: 5, lt: 5}"), "9:74: this range is empty: its lower end is above its upper end, or nothing lies between them" },
        { Correlation("{type: value_avg, rules: [base], timespan: 1m, condition: {field: sc-bytes, gt: 5.5, lte: 5.5}}"), "9:72: this range is empty: its lower end is above its upper end, or nothing lies between them" },
        { Correlation("{type: value_avg, rules: [base], timespan: 1m, condition: {field: sc-bytes, lt: 5.2, gt: 5.5}}"), "9:72: this range is empty: its lower end is above its upper end, or nothing lies between them" },
        { Correlation("{type: value_sum, rules: [base], timespan: 1m, condition: {field: sc-bytes, gt: 5, lt: 6}}"), "9:72: this range is empty: its lower end is above its upper end, or nothing lies between them" },
        { Window("timespan: 1m, condition: {gte: many}"), "9:80: the threshold must be a whole number up to 2147483647, but found 'many'" },
        { Window("timespan: 1m, condition: {gt: 9223372036854775807}"), "9:79: the threshold must be a whole number up to 2147483647, but found '9223372036854775807'" },
        { Window("timespan: 1m, condition: {gte: 0}"), "9:80: the threshold must be at least 1: a rule can't fire on nothing" },
        // Ids
        { $"{Base}{Base}", "7:1: 'base' is already the id or name of a rule in bad.yml; this rule is skipped" },
        { $"{Base}{Base.Replace("id: base", "id: other", StringComparison.Ordinal)}", "7:1: 'base_name' is already the id or name of a rule in bad.yml; this rule is skipped" },
        { Window("timespan: 1m, condition: {gte: 5}").Replace("id: t", "id: base", StringComparison.Ordinal), "7:1: 'base' is already the id or name of a rule in bad.yml; this rule is skipped" },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void EachMistakeSaysWhereItIsAndWhatToDo(string yaml, string expected)
    {
        var rules = SigmaLoader.Load([("bad.yml", yaml), ("good.yml", Event("{s: [x], condition: s}").Replace("id: t", "id: good", StringComparison.Ordinal))]);
        Assert.Equal($"bad.yml:{expected}", Assert.Single(rules.Errors).ToString());
        Assert.Contains(rules.Events, rule => rule.Id.Value == "good");
    }

    [Theory]
    [InlineData("(?=x)")]
    [InlineData(@"(x)\1")]
    [InlineData("(x")]
    public void ARegularExpressionThatCouldTakeLongOrIsNoneIsRefused(string pattern)
    {
        var error = Assert.Single(SigmaLoader.Load([("bad.yml", Event($"{{s: {{cs-uri|re: '{pattern}'}}, condition: s}}"))]).Errors);
        Assert.StartsWith("bad.yml:4:28: the regular expression can't be used: ", error.ToString(), StringComparison.Ordinal);
        Assert.EndsWith("no lookaround, back references or atomic groups", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("s and", "condition: expected a search (s, t_1, _u), 'not', '1 of', 'all of' or '(', but found the end")]
    [InlineData("s t_1", "condition: expected 'and', 'or' or the end, but found 't_1'")]
    [InlineData("(s or t_1", "condition: expected ')', but found the end")]
    [InlineData("s)", "condition: expected 'and', 'or' or the end, but found ')'")]
    [InlineData("1 s", "condition: expected 'of', but found 's'")]
    [InlineData("all of", "condition: expected a name pattern or 'them', but found the end")]
    [InlineData("1 of x*", "no search is named like 'x*'; there are s, t_1, _u")]
    [InlineData("nothing", "condition: expected a search (s, t_1, _u), 'not', '1 of', 'all of' or '(', but found 'nothing'")]
    [InlineData("s | count() > 5", "condition: expected 'and', 'or' or the end, but found '|'")]
    public void EachMistakeInAConditionSaysWhatWasExpected(string condition, string expected)
    {
        var error = Assert.Single(SigmaLoader.Load([("bad.yml", Event($"{{s: [x], t_1: [y], _u: [z], condition: '{condition}'}}"))]).Errors);
        Assert.Equal($"bad.yml:4:51: {expected}", error.ToString());
    }

    [Fact]
    public void ADeeplyNestedConditionIsRefused() => Assert.EndsWith("nested deeper than 50",
        Assert.Single(SigmaLoader.Load([("bad.yml", Event($"{{s: [x], condition: '{new string('(', 100_000)}'}}"))]).Errors).Message, StringComparison.Ordinal);

    [Fact]
    public void ARuleThatWasSkippedCannotBeReferredTo()
    {
        // Its id is free, but its name is taken: a correlation with it would never count anything.
        var yaml = $"{Base}{Base.Replace("id: base", "id: other", StringComparison.Ordinal)}title: T\nid: t\ncorrelation: {{type: event_count, rules: [other], timespan: 1m, condition: {{gte: 5}}}}";
        Assert.Contains("no rule has the id or name 'other'", SigmaLoader.Load([("bad.yml", yaml)]).Errors[^1].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AMistakeInACorrelationDoesNotMakeItsBaseRuleAlertByItself()
    {
        var rules = SigmaLoader.Load([("bad.yml", Correlation("{type: value_count, rules: [base_name], timespan: 1m, condition: {gte: 5}}"))]);
        Assert.Empty(rules.Windows);
        Assert.Single(rules.Events);
    }
}
