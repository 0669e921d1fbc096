using System.Text;
using LogMonitor.Core.Detection;
using LogMonitor.Core.Parsing;

namespace LogMonitor.Core.Tests.Detection;

/// <summary>What a rule's detection matches; the searches of the conditions are keywords in the line.</summary>
public sealed class ConditionTests
{
    [Theory]
    // 'and' binds closer than 'or', 'not' closer than both.
    [InlineData("a or b and c", "a", true)]
    [InlineData("a or b and c", "b", false)]
    [InlineData("(a or b) and c", "a", false)]
    [InlineData("(a or b) and c", "b c", true)]
    [InlineData("not a or b", "b", true)]
    [InlineData("not a or b", "a b", true)]
    [InlineData("not (a or b)", "b", false)]
    [InlineData("not a and b", "b", true)]
    [InlineData("not not a", "a", true)]
    [InlineData("a AND NOT b", "a", true)]
    [InlineData("((a))and(b)", "a b", true)]
    // Patterns and 'them'
    [InlineData("1 of x*", "x1", true)]
    [InlineData("1 of x*", "a", false)]
    [InlineData("any of x*", "x2", true)]
    [InlineData("all of x*", "x1", false)]
    [InlineData("all of x*", "x1 x2", true)]
    [InlineData("1 of x1", "x1", true)]
    [InlineData("1 of them", "_d", false)]
    [InlineData("all of them", "a b c x1 x2", true)]
    [InlineData("1 of _*", "_d", true)]
    [InlineData("_d", "_d", true)]
    [InlineData("a and not 1 of x*", "a", true)]
    [InlineData("a and not 1 of x*", "a x2", false)]
    public void AConditionBindsAsTheSpecificationSays(string condition, string line, bool matches) =>
        Assert.Equal(matches, IsMatch($"a: [a]\n  b: [b]\n  c: [c]\n  _d: [_d]\n  x1: [x1]\n  x2: [x2]\n  condition: {condition}", line));

    const string Access = """192.0.2.7 - Jörg [01/Nov/2026:09:00:00 +0000] "GET /Admin/Login.php?q=Über HTTP/1.1" 404 12 "-" "curl/8.5" """;

    [Theory]
    [InlineData("sc-status: 404", true)]
    [InlineData("sc-status: '404'", true)]
    [InlineData("sc-status: 40", false)]
    [InlineData("sc-status: [200, 404]", true)]
    [InlineData("sc-status: null", false)]
    [InlineData("cs-referer: null", true)]
    [InlineData("cs-referer: ~", true)]
    [InlineData("cs-referer: 'null'", false)]
    [InlineData("cs-referer|contains: x", false)]
    [InlineData("time-taken: null", true)]
    [InlineData("cs-method: get", true)]
    [InlineData("cs-method: GE", false)]
    [InlineData("cs-uri-stem: /admin/login.PHP", true)]
    [InlineData("cs-uri-stem|startswith: /ADMIN", true)]
    [InlineData("cs-uri-stem|startswith: admin", false)]
    [InlineData("cs-uri-stem|endswith: .php", true)]
    [InlineData("cs-uri-stem|endswith: .ph", false)]
    [InlineData("cs-uri-stem|endswith: /a/very/much/longer/path/Admin/Login.php", false)]
    [InlineData("cs-uri-stem|contains: n/l", true)]
    [InlineData("cs-uri|contains: [admin, nothing]", true)]
    [InlineData("cs-uri|contains|all: [admin, nothing]", false)]
    [InlineData("cs-uri|contains|all: [admin, login]", true)]
    [InlineData("cs-username: jörg", true)]
    [InlineData("cs-username: JÖRG", false)]             // case is ASCII's, and the log's other bytes compare as they are
    [InlineData("cs-uri-query|contains: Über", true)]
    [InlineData("c-ip: 192.0.2.7\n    sc-status: 404", true)]
    [InlineData("c-ip: 192.0.2.7\n    sc-status: 200", false)]
    [InlineData("src_ip: 192.0.2.7", true)]
    public void AFieldComparesAsItsModifierSays(string search, bool matches) => Assert.Equal(matches, IsMatch($"s:\n    {search}\n  condition: s", Access));

    [Theory]
    [InlineData("[CURL]", true)]
    [InlineData("[wget, über]", false)]
    [InlineData("curl/8", true)]
    [InlineData("[{cs-method: POST}, {sc-status: 404}]", true)]
    [InlineData("[{cs-method: POST}, {sc-status: 200}]", false)]
    [InlineData("[{cs-method: GET, sc-status: 200}]", false)]
    public void AListIsAnyOfItsEntries(string search, bool matches) => Assert.Equal(matches, IsMatch($"s: {search}\n  condition: s", Access));

    [Fact]
    public void SeveralConditionsAreAnyOfThem() => Assert.True(IsMatch("a: [nothing]\n  b: [curl]\n  condition: [a, b]", Access));

    [Fact]
    public void AWebServerRuleLooksAtAccessLinesOnly() => Assert.False(IsMatch("s: [curl]\n  condition: s", "curl", "category: webserver"));

    static bool IsMatch(string detection, string line, string source = "product: linux")
    {
        var rules = SigmaLoader.Load([("rule.yml", $"title: T\nid: t\nlogsource:\n  {source}\ndetection:\n  {detection}")]);
        Assert.Empty(rules.Errors);
        new LineParser(new ParserOptions { ReferenceTime = new DateTimeOffset(2026, 11, 1, 12, 0, 0, TimeSpan.Zero) }).Parse(Encoding.UTF8.GetBytes(line), out var parsed);
        return Assert.Single(rules.Events).IsMatch(parsed, new LineTexts());
    }
}
