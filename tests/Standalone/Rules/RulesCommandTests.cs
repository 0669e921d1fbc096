using System.Text.Json;
using LogMonitor.Standalone.Tests.Scan.Support;
using LogMonitor.Tests.Support;

namespace LogMonitor.Standalone.Tests.Rules;

/// <summary><c>logmonitor rules check|test|list</c>, by the real program.</summary>
public sealed class RulesCommandTests : IDisposable
{
    const string Good = """
        {title: Probe, id: p1, name: probe, logsource: {category: webserver}, detection: {s: {cs-uri-stem: /probe}, condition: s}, level: high, tags: [attack.t1595]}
        ---
        {title: Seen, id: s1, name: seen, logsource: {category: webserver}, detection: {s: {cs-method: GET}, condition: s}, level: informational}
        ---
        {title: Many, id: m1, correlation: {type: event_count, rules: [seen], group-by: [c-ip], timespan: 1m, condition: {gte: 2}}, level: low}
        """;

    readonly TemporaryFolder folder = new();

    [Fact]
    public async Task OwnRulesAreRightAndPassTheirTests()
    {
        Assert.Equal(0, (await ScanProcess.CommandAsync("rules", "check")).ExitCode);
        var tested = await ScanProcess.CommandAsync("rules", "test");
        Assert.Equal((0, ""), (tested.ExitCode, tested.Errors));
        Assert.Matches(@"\A[1-9][0-9]* passed, 0 failed\n\z", tested.Output);
    }

    [Fact]
    public async Task CheckCounts()
    {
        Write("web/probe.yml", Good);
        Assert.Equal(new ScanResult(0, "2 rules about lines and 1 correlation in 1 file; 2 of them alert (1 high, 1 low).\n", ""), await ScanProcess.CommandAsync("rules", "check", folder.Path));
    }

    [Fact]
    public async Task CheckSaysWhatIsWrongAndWhere()
    {
        Write("good.yml", Good);
        Write("bad.yml", "title: \"\\e[31mRed\"\nid: x\nlogsource: {category: printer}\n");
        Write(".hidden.yml", "not looked at");
        var result = await ScanProcess.CommandAsync("rules", "check", folder.Path);
        Assert.Equal((2, ""), (result.ExitCode, result.Errors));
        Assert.EndsWith("skipped: bad.yml:1:1: 'detection' is missing\n", result.Output, StringComparison.Ordinal);

        var json = JsonDocument.Parse((await ScanProcess.CommandAsync("rules", "check", folder.Path, "--output", "json")).Output).RootElement;
        Assert.Equal((2, 1, 1), (json.GetProperty("lines").GetInt32(), json.GetProperty("correlations").GetInt32(), json.GetProperty("errors").GetArrayLength()));
    }

    [Fact]
    public async Task OverridesOfOwnRulesAreCheckedAndListedTogetherWithThem()
    {
        Write("tune.yml", "overrides:\n- {rule: http_404_host, threshold: 50}\n- {rule: no-such-rule, disable: true}\n");
        var wrong = await ScanProcess.CommandAsync("rules", "check", folder.Path);
        Assert.Equal(2, wrong.ExitCode);
        Assert.Contains("Of LogMonitor's rules, 1 are changed by overrides here, and 0 switched off.\n", wrong.Output, StringComparison.Ordinal);
        Assert.Contains("no-such-rule", wrong.Output, StringComparison.Ordinal);

        Write("tune.yml", "overrides:\n- {rule: http_404_host, threshold: 50}\n");
        Assert.Equal(0, (await ScanProcess.CommandAsync("rules", "check", folder.Path)).ExitCode);
        var listed = await ScanProcess.CommandAsync("rules", "list", folder.Path);
        Assert.Contains("50 or more", Assert.Single(listed.Output.Split('\n'), line => line.EndsWith("(changed)", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task CorrelationsOfOwnRulesAreCheckedWithThem()
    {
        Write("mine.yml", "{title: Mine, id: mine, correlation: {type: event_count, rules: [http_404], group-by: [c-ip], timespan: 1h, condition: {gte: 500}}, level: low}\n");
        Assert.Equal(new ScanResult(0, "0 rules about lines and 1 correlation in 1 file; 1 of them alert (1 low).\n", ""), await ScanProcess.CommandAsync("rules", "check", folder.Path));
    }

    [Fact]
    public async Task LinksThatLeadBackAndPipesAreLeftOutAndLinkedFilesRead()
    {
        Write("..2026/probe.yml", Good);
        File.CreateSymbolicLink(Path.Join(folder.Path, "..data"), "..2026");
        File.CreateSymbolicLink(Path.Join(folder.Path, "probe.yml"), "..data/probe.yml");
        File.CreateSymbolicLink(Path.Join(folder.Path, "back"), folder.Path);
        using (var mkfifo = System.Diagnostics.Process.Start("mkfifo", [Path.Join(folder.Path, "pipe.yml")])) await mkfifo.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(new ScanResult(0, "2 rules about lines and 1 correlation in 1 file; 2 of them alert (1 high, 1 low).\n", ""), await ScanProcess.CommandAsync("rules", "check", folder.Path));
    }

    [Fact]
    public async Task AFileThatIsTooLongIsSaidToBe()
    {
        Write("long.yml", new string('#', 3 << 20));
        Assert.Contains("skipped: long.yml:1:1: the file is longer than 1,048,576 characters; split it", (await ScanProcess.CommandAsync("rules", "check", folder.Path)).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ADirectoryWithoutRulesIsSaidToBe()
    {
        var result = await ScanProcess.CommandAsync("rules", "check", folder.Path);
        Assert.Equal((2, "logmonitor: there is no rule here: rules stand in files named *.yml and *.yaml.\n"), (result.ExitCode, result.Errors));
        Assert.Equal(new ScanResult(2, "", "logmonitor: The rules' directory '/nowhere' does not exist. Name one, or leave it out for the rules that come with LogMonitor.\n"), await ScanProcess.CommandAsync("rules", "check", "/nowhere"));
    }

    [Fact]
    public async Task ListSaysWhatEachRuleIs()
    {
        Write("probe.yml", Good);
        Write("overrides.yml", "overrides: [{rule: probe, level: medium}]");
        Assert.Equal("""
            probe.yml
              medium         Probe  category webserver (changed)
              -              Seen   category webserver (counted only)
              low            Many   2 or more within 1 minute, by c-ip

            """, (await ScanProcess.CommandAsync("rules", "list", folder.Path)).Output);
        var json = JsonDocument.Parse((await ScanProcess.CommandAsync("rules", "list", folder.Path, "--output", "json")).Output).RootElement;
        Assert.Equal(["line", "line", "event_count"], json.EnumerateArray().Select(rule => rule.GetProperty("kind").GetString()));
        Assert.Equal("changed", json[0].GetProperty("override").GetString());
    }

    [Fact]
    public async Task TestSaysWhichCaseFailsAndHow()
    {
        Write("probe.yml", Good);
        Write("other.yml", "{title: Other, id: o1, logsource: {category: webserver}, detection: {s: {cs-uri-stem: /other}, condition: s}, level: high}");
        const string Log = "203.0.113.7 - - [01/Nov/2026:09:00:00 +0000] \"GET /probe HTTP/1.1\" 404 196 \"-\" \"-\"";
        Write("probe.test.yml", $$$"""
            - name: One is seen
              log: |
                {{{Log}}}
              alerts: [{rule: probe, group: {c-ip: 203.0.113.7}}]
            - name: None is
              log: |
                {{{Log}}}
              lines: {seen: 2}
              alerts: []
            """);
        var result = await ScanProcess.CommandAsync("rules", "test", folder.Path);
        Assert.Equal(new ScanResult(1, """
            probe.test.yml:5: None is
              'Seen' matches 1 line, not 2
              unexpected: 'Probe', c-ip 203.0.113.7, 1 match, from 2026-11-01T09:00:00Z, to 2026-11-01T09:00:00Z
            without tests: other.yml
            1 passed, 1 failed

            """, ""), result);

        Write("probe.test.yml", "- {name: x, log: y}");
        Assert.Equal((2, "logmonitor: probe.test.yml:1:3: 'alerts' is missing, the list of alerts that are expected; [] for none\n"),
            (await ScanProcess.CommandAsync("rules", "test", folder.Path)) is var broken ? (broken.ExitCode, broken.Errors) : default);
    }

    [Fact]
    public async Task TextOfRulesCanNotColourTheTerminal()
    {
        Write("red.yml", "{title: \"\\e[31mRed\", id: r1, logsource: {category: webserver}, detection: {s: {cs-uri-stem: /x}, condition: s}, level: high}");
        Assert.DoesNotContain('\e', (await ScanProcess.CommandAsync("rules", "list", folder.Path)).Output);

        File.CreateSymbolicLink(Path.Combine(folder.Path, "\e[31mgone.yml"), "/nowhere");
        var failed = await ScanProcess.CommandAsync("rules", "check", folder.Path);
        Assert.Equal(2, failed.ExitCode);
        Assert.Contains("\\x1b[31mgone.yml", failed.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', failed.Errors);
    }

    void Write(string name, string text)
    {
        var path = Path.Combine(folder.Path, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    public void Dispose() => folder.Dispose();
}
