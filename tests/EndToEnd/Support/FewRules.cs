namespace LogMonitor.EndToEnd.Tests.Support;

/// <summary>Two rules, so that what a test counts does not change with each rule that comes with LogMonitor.</summary>
static class FewRules
{
    public const string Yaml = """
        {title: HTTP 404, id: http_404, logsource: {category: webserver}, detection: {selection: {sc-status: 404}, condition: selection}, level: informational}
        ---
        {title: Burst of 404s, id: http_404_burst, correlation: {type: event_count, rules: [http_404], timespan: 1m, condition: {gte: 5}}, level: medium}
        ---
        {title: Urgent log entry, id: urgent, logsource: {product: linux}, detection: {keywords: [Urgent log detected], condition: keywords}, level: informational}
        ---
        {title: Urgent log entries, id: urgent_entries, correlation: {type: event_count, rules: [urgent], timespan: 10m, condition: {gt: 3}}, level: high}
        """;
}
