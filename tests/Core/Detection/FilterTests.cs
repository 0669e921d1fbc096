using System.Text;
using LogMonitor.Core.Detection;
using LogMonitor.Core.Tests.Scanning;

namespace LogMonitor.Core.Tests.Detection;

/// <summary>Filters are allow lists, apart from the rules they tune.</summary>
public sealed class FilterTests
{
    const string Rules = """
        title: A
        id: a
        logsource: {category: webserver, service: nginx}
        detection: {s: {cs-user-agent|contains: sqlmap}, condition: s}
        ---
        title: B
        id: b
        logsource: {product: linux}
        detection: {s: [sqlmap], condition: s}
        ---

        """;

    // The specification's example says what to leave out, pySigma what to keep.
    [Theory]
    [InlineData("x: {c-ip: 192.0.2.7}, condition: x", "b")]
    [InlineData("x: {c-ip: 192.0.2.7}, condition: not x", "b")]
    [InlineData("x: {c-ip: 192.0.2.8}, condition: x", "a b")]
    [InlineData("x: {c-ip: 192.0.2.8}, condition: not x", "a b")]
    [InlineData("x: {c-ip: 192.0.2.7}, y: {sc-status: 200}, condition: x and not y", "b")]
    [InlineData("x: {c-ip: 192.0.2.7}, y: {sc-status: 404}, condition: x and not y", "a b")]
    [InlineData("x: {c-ip: 192.0.2.8}, y: {sc-status: 200}, condition: not x and not y", "a b")]
    [InlineData("x: {c-ip: 192.0.2.8}, y: {sc-status: 404}, condition: not x and not y", "b")]
    [InlineData("x: {c-ip: 192.0.2.8}, y: {sc-status: 404}, condition: not 1 of them", "b")]
    [InlineData("x: {c-ip: 192.0.2.8}, y: {sc-status: 404}, condition: [x, y]", "b")]
    public void WhatAFilterSelectsItsRulesDoNotMatch(string filter, string hits) => Assert.Equal(hits, Hits("category: webserver", filter));

    [Theory]
    [InlineData("category: webserver", "b")]
    [InlineData("category: webserver, service: nginx", "b")]
    [InlineData("category: webserver, service: apache", "a b")]
    [InlineData("product: linux", "a")]
    public void AFilterAppliesToTheRulesOfItsSourceAndOfPartsOfIt(string source, string hits) =>
        Assert.Equal(hits, Hits(source, "x: {c-ip: 192.0.2.7}, condition: not x"));

    static string Hits(string source, string filter)
    {
        var rules = Some.Rules($"{Rules}title: F\nlogsource: {{{source}}}\nfilter: {{rules: any, {filter}}}\n");
        Some.Parser().Parse(Encoding.UTF8.GetBytes(Some.Line(1, 404, "192.0.2.7", agent: "sqlmap/1.8")), out var line);
        var found = new List<string>();
        foreach (var rule in rules.Events) if (rule.IsMatch(line, new LineTexts())) found.Add(rule.Id.Value);
        return string.Join(' ', found);
    }
}
