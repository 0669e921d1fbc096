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
        Assert.Contains("Of LogMonitor's rules: 1 changed by overrides here, 0 switched off, 0 skipped beside these.\n", wrong.Output, StringComparison.Ordinal);
        Assert.Contains("no-such-rule", wrong.Output, StringComparison.Ordinal);

        Write("tune.yml", "overrides:\n- {rule: http_404_host, threshold: 50}\n");
        Assert.Equal(0, (await ScanProcess.CommandAsync("rules", "check", folder.Path)).ExitCode);
        var listed = await ScanProcess.CommandAsync("rules", "list", folder.Path);
        Assert.Contains("50 or more", Assert.Single(listed.Output.Split('\n'), line => line.EndsWith("(changed)", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhoIsToldIsCheckedWithTheRules()
    {
        Write("alerts.yml", "channels: {hook: {type: slack, urlFile: /run/slack}}\nroutes: [{match: {level: high}, channels: hook}]\n");
        Assert.Equal(
            new ScanResult(0, "0 rules about lines and 0 correlations in 0 files; 0 of them alert.\nalerts.yml: 1 channel, 1 route, 0 silences, 0 inhibitions.\n", ""), await ScanProcess.CommandAsync("rules", "check", folder.Path));
        Write("alerts.yml", "channels: {hook: {type: slack}}\nroutes: [{match: {levle: high}, channels: hook}]\n");
        var wrong = await ScanProcess.CommandAsync("rules", "check", folder.Path);
        Assert.Equal(2, wrong.ExitCode);
        Assert.Contains("skipped: alerts.yml:1:18: 'url' is missing: the address;", wrong.Output, StringComparison.Ordinal);
        Assert.Contains("skipped: alerts.yml:2:19: 'levle' is not what an alert has;", wrong.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CorrelationsOfOwnRulesAreCheckedWithThem()
    {
        Write("mine.yml", "{title: Mine, id: mine, correlation: {type: event_count, rules: [http_404], group-by: [c-ip], timespan: 1h, condition: {gte: 500}}, level: low}\n");
        Assert.Equal(new ScanResult(0, "0 rules about lines and 1 correlation in 1 file; 1 of them alert (1 low).\n", ""), await ScanProcess.CommandAsync("rules", "check", folder.Path));
    }

    [Theory]
    [InlineData("overrides: [{rules: any, allow: {c-ip: 192.0.2.1}}]")]
    [InlineData("{title: Ours, filter: {rules: any, s: {c-ip: 192.0.2.1}, condition: s}}")]
    [InlineData("{title: Ours, filter: {rules: [http_404], s: {c-ip: 192.0.2.1}, condition: s}}")]
    [InlineData("placeholders: {admins: [ann, bob]}")]
    public async Task AFileThatOnlyTunesOwnRulesIsRight(string tuning)
    {
        Write("tune.yml", tuning);
        var result = await ScanProcess.CommandAsync("rules", "check", folder.Path);
        Assert.Equal((0, ""), (result.ExitCode, result.Errors));
        Assert.StartsWith("0 rules about lines and 0 correlations in 1 file; 0 of them alert.\n", result.Output, StringComparison.Ordinal);
        Assert.Equal(0, (await ScanProcess.CommandAsync("rules", "test", folder.Path)).ExitCode);
    }

    [Fact]
    public async Task ARuleInThePlaceOfAnOwnOneIsNoted()
    {
        Write("mine.yml", "{title: Mine, id: mine, name: http_404, logsource: {category: webserver}, detection: {s: {sc-status: 404}, condition: s}, level: low}");
        var result = await ScanProcess.CommandAsync("rules", "check", folder.Path);
        Assert.Equal(0, result.ExitCode);
        Assert.Contains("Of LogMonitor's rules: 0 changed by overrides here, 0 switched off, 1 skipped beside these.\nnote: LogMonitor's http-404-burst.yml:", result.Output, StringComparison.Ordinal);
        Assert.Contains("'http_404' is already the id or name of a rule in mine.yml", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OfTwoRulesWithOneIdThatOfTheDirectoryNamedFirstCounts()
    {
        Write("z/rule.yml", Good.Replace("Probe", "First", StringComparison.Ordinal));
        Write("a/rule.yml", Good);
        var result = await ScanProcess.CommandAsync("rules", "list", Path.Join(folder.Path, "z"), Path.Join(folder.Path, "a"));
        Assert.Contains("  First ", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("  Probe ", result.Output, StringComparison.Ordinal);
        Assert.Contains($"{folder.Path}/a/rule.yml:1:1: 'p1' is already the id or name of a rule in {folder.Path}/z/rule.yml", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LinksThatLeadBackAreNotFollowedAndLinkedFilesRead()
    {
        Write("..2026/probe.yml", Good);
        File.CreateSymbolicLink(Path.Join(folder.Path, "..data"), "..2026");
        File.CreateSymbolicLink(Path.Join(folder.Path, "probe.yml"), "..data/probe.yml");
        File.CreateSymbolicLink(Path.Join(folder.Path, "back"), folder.Path);
        Write("link/unused.yml", "");
        File.CreateSymbolicLink(Path.Join(folder.Path, "link/rules"), folder.Path);
        var expected = new ScanResult(0, "2 rules about lines and 1 correlation in 1 file; 2 of them alert (1 high, 1 low).\n", "");
        Assert.Equal(expected, await ScanProcess.CommandAsync("rules", "check", folder.Path));
        // A linked directory that is named itself is gone into.
        Assert.Equal(expected, await ScanProcess.CommandAsync("rules", "check", Path.Join(folder.Path, "link/rules")));
    }

    [Fact]
    public async Task WhatIsNoFileIsSkippedWithTheReason()
    {
        Write("probe.yml", Good);
        using (var mkfifo = System.Diagnostics.Process.Start("mkfifo", [Path.Join(folder.Path, "pipe.yml")])) await mkfifo.WaitForExitAsync(TestContext.Current.CancellationToken);
        File.CreateSymbolicLink(Path.Join(folder.Path, "endless.yml"), "/dev/zero");
        File.CreateSymbolicLink(Path.Join(folder.Path, "gone.yml"), "/nowhere");
        File.CreateSymbolicLink(Path.Join(folder.Path, "round.test.yml"), "round.test.yml");
        Assert.Equal(new ScanResult(2, """
            2 rules about lines and 1 correlation in 1 file; 2 of them alert (1 high, 1 low).
            skipped: endless.yml:1:1: this is not a file, but a pipe, a socket or a device
            skipped: gone.yml:1:1: this is a link to nothing
            skipped: pipe.yml:1:1: this is not a file, but a pipe, a socket or a device
            skipped: round.test.yml:1:1: this is a link that leads back to itself

            """, ""), await ScanProcess.CommandAsync("rules", "check", folder.Path));
        var tested = await ScanProcess.CommandAsync("rules", "test", folder.Path);
        Assert.Equal(2, tested.ExitCode);
        Assert.Contains("logmonitor: pipe.yml:1:1: this is not a file", tested.Errors, StringComparison.Ordinal);
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
        Assert.Contains("\\x1b[31mgone.yml", failed.Output, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', failed.Output);
    }

    [Fact]
    public async Task TitlesOfWhatCanNotBeShownLeaveTheColumnsStraight()
    {
        Write("red.yml", Good.Replace("Probe", "\"\\eProbe\\e\"", StringComparison.Ordinal));
        var lines = (await ScanProcess.CommandAsync("rules", "list", folder.Path)).Output.Split('\n')[1..4];
        Assert.Contains("\\x1bProbe\\x1b", lines[0], StringComparison.Ordinal);
        Assert.Equal(lines[0].IndexOf("category", StringComparison.Ordinal), lines[1].IndexOf("category", StringComparison.Ordinal));
        Assert.Equal(lines[0].IndexOf("category", StringComparison.Ordinal), lines[2].IndexOf("2 or more", StringComparison.Ordinal));
    }

    void Write(string name, string text)
    {
        var path = Path.Combine(folder.Path, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    public void Dispose() => folder.Dispose();
}
