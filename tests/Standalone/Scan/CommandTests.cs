using System.Globalization;
using LogMonitor.Standalone.Tests.Scan.Support;
using LogMonitor.Tests.Support;

namespace LogMonitor.Standalone.Tests.Scan;

/// <summary>The command line of <c>logmonitor scan</c>: its options, its exit codes, and how it ends.</summary>
public sealed class CommandTests : IDisposable
{
    static readonly CancellationToken none = TestContext.Current.CancellationToken;

    static readonly string sample = Repository.PathOf("samples/access.log");

    readonly TemporaryFolder folder = new();

    [Theory]
    [InlineData("--output must be one of text, json, ndjson, but is 'xml'.\n'logmonitor scan --help' says what there is.", "--output", "xml")]
    [InlineData("--output must be one of text, json, ndjson, but is 'JSON'.\n'logmonitor scan --help' says what there is.", "--output", "JSON")]
    [InlineData("--fail-on must be one of informational, low, medium, high, critical, but is 'severe'.\n'logmonitor scan --help' says what there is.", "--fail-on", "severe")]
    [InlineData("--fail-on must be one of informational, low, medium, high, critical, but is '3'.\n'logmonitor scan --help' says what there is.", "--fail-on", "3")]
    [InlineData("There is no option '--ouput'. 'logmonitor scan --help' says which there are.", "--ouput", "json")]
    [InlineData("--timezone must be the name of a zone such as UTC or Europe/Berlin, but is 'Mars/Olympus'. 'timedatectl list-timezones' lists them; they are in the package tzdata.", "--timezone", "Mars/Olympus")]
    [InlineData("--since must be a time such as 2026-11-01, 2026-11-01T09:30 or 2026-11-01T09:30:00+01:00, but is 'yesterday'.", "--since", "yesterday")]
    [InlineData("--until must be a time such as 2026-11-01, 2026-11-01T09:30 or 2026-11-01T09:30:00+01:00, but is '\\x1b[31m'.", "--until", "\e[31m")]
    [InlineData("--since must be before --until: no time lies between 2026-11-02T00:00:00Z and 2026-11-01T23:00:00Z.", "--since", "2026-11-02", "--until", "2026-11-02T00:00:00+01:00")]
    [InlineData("The rules' directory '/nowhere' does not exist. Name one with --rules DIR, or leave it out for the rules that come with LogMonitor.", "--rules", "/nowhere")]
    [InlineData("The rules' directory '/etc/passwd' is a file. Name one with --rules DIR, or leave it out for the rules that come with LogMonitor.", "--rules", "/etc/passwd")]
    [InlineData("--rules replaces LogMonitor's rules, and --add-rules adds to them: give one of the two.\n'logmonitor scan --help' says what there is.", "--rules", "/tmp", "--add-rules", "/tmp")]
    [InlineData("The rules' directory '/nowhere' does not exist. Name one with --add-rules DIR, or leave it out for the rules that come with LogMonitor.", "--add-rules", "/nowhere")]
    public async Task AWrongArgumentIsExplainedOnStandardErrorAlone(string message, params string[] arguments)
    {
        var result = await ScanProcess.RunAsync([sample, .. arguments]);
        Assert.Equal(new ScanResult(2, "", $"logmonitor: {message}\n"), result);
    }

    [Fact]
    public async Task AnUnknownFormatIsExplainedBeforeAnythingIsRead()
    {
        var result = await ScanProcess.RunAsync([sample, "--format", "combind"]);
        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.StartsWith("logmonitor: --format: ", result.Errors, StringComparison.Ordinal);
        Assert.Contains("combined", result.Errors, StringComparison.Ordinal); // what there is
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1, "--fail-on", "medium")]
    [InlineData(1, "--fail-on", "informational")]
    [InlineData(0, "--fail-on", "high")]
    [InlineData(1, "--fail-on", "medium", "--output", "json")]
    [InlineData(1, "--fail-on", "medium", "--output", "ndjson")]
    [InlineData(0, "--fail-on", "medium", "--until", "2026-11-01T09:17")]
    public async Task TheExitCodeIsOneOnlyForAlertsOfTheLevelAskedFor(int exitCode, params string[] arguments) =>
        Assert.Equal(exitCode, (await ScanProcess.RunAsync([sample, .. arguments])).ExitCode);

    [Fact]
    public async Task AnApacheFormatStringReadsWhatNoNameFits()
    {
        var file = await FileAsync("custom.log", "GET /x 200 12 [01/Nov/2026:09:00:00 +0000] from 192.0.2.1\n");
        var line = Assert.Single(Read.Lines((await ScanProcess.RunAsync([file, "--output", "ndjson", "--format", "%m %U %>s %B %t from %h"])).Output));
        Assert.Equal(("access", "GET", "/x", 200, 12L, "192.0.2.1", new DateTime(2026, 11, 1, 9, 0, 0, DateTimeKind.Utc)), (line.Class, line.Method, line.Path, line.Status, line.Bytes, line.Client, line.Time));
    }

    [Fact]
    public async Task AFormatThatIsNamedIsTheOnlyOne()
    {
        var report = Read.Report((await ScanProcess.RunAsync([sample, "--output", "json", "--format", "nginx_error"])).Output);
        Assert.Equal((0, 160), (report.Classes.Access, report.Classes.Unknown));
    }

    [Fact]
    public async Task TheRulesOfEachDirectoryCount()
    {
        foreach (var name in new[] { "a", "b" })
        {
            Directory.CreateDirectory(folder[name]);
            await FileAsync($"{name}/rule.yml", $"title: {name}\nid: {name}\nlogsource: {{category: webserver}}\ndetection: {{selection: {{sc-status: 404}}, condition: selection}}\nlevel: low\n");
        }
        await FileAsync("b/broken.yml", "title: [oops\n");

        var result = await ScanProcess.RunAsync([sample, "--output", "json", "--rules", folder["a"], "--rules", folder["b"]]);

        var report = Read.Report(result.Output);
        Assert.Equal(["a", "b"], report.Rules.Select(rule => rule.Rule));
        Assert.Equal(report.Rules[0].Lines, report.Rules[1].Lines);
        Assert.StartsWith(folder["b/broken.yml"], Assert.Single(report.RuleErrors), StringComparison.Ordinal);
        Assert.Equal($"logmonitor: rule skipped: {report.RuleErrors[0]}\n", result.Errors);
        Assert.Equal(0, result.ExitCode);
    }

    [Fact]
    public async Task OverridesAreTriedBesideTheRulesThatTheyAreAbout()
    {
        Directory.CreateDirectory(folder["mine"]);
        await FileAsync("mine/overrides.yml", "overrides:\n  - {rule: http_404_burst, threshold: 100000}\n");
        async Task<(string[] Alerts, string Errors)> ScanAsync(params string[] arguments)
        {
            var result = await ScanProcess.RunAsync([sample, "--output", "json", .. arguments]);
            return ([.. Read.Report(result.Output).Alerts.Select(alert => $"{alert.Title} {alert.Count}")], result.Errors);
        }

        var alone = await ScanAsync();
        var tuned = await ScanAsync("--add-rules", folder["mine"]);

        var burst = Assert.Single(alone.Alerts, alert => alert.StartsWith("Burst", StringComparison.Ordinal));
        Assert.Equal(alone.Alerts.Where(alert => alert != burst), tuned.Alerts);
        Assert.Equal("", tuned.Errors);
    }

    [Fact]
    public async Task TimesWithoutAZoneAreOfTheZoneGiven()
    {
        var file = await FileAsync("error.log", "2026/11/01 09:00:00 [error] 1#1: *1 open() failed\n");
        var line = Assert.Single(Read.Lines((await ScanProcess.RunAsync([file, "--output", "ndjson", "--timezone", "Asia/Tokyo"])).Output));
        Assert.Equal(new DateTime(2026, 11, 1, 0, 0, 0, DateTimeKind.Utc), line.Time);
    }

    [Theory]
    [InlineData("2026-11-01T09:00:01Z", "2026-11-01T09:00:03Z", 1, 2)]
    [InlineData("2026-11-01T09:00:01", "2026-11-01 09:00:03", 1, 2)]
    [InlineData("2026-11-01T10:00:01+01:00", "2026-11-01T09:00:03.000Z", 1, 2)]
    [InlineData("2026-11-01", "2026-11-02", 0, 1, 2, 3, 4)]
    [InlineData("2026-11-01T09:00:04Z", null, 4)]
    [InlineData(null, "2026-11-01T09:00:01Z", 0)]
    [InlineData("2026-11-02", null)]
    public async Task SinceIsIncludedAndUntilIsNot(string? since, string? until, params int[] expected)
    {
        var file = await FileAsync("access.log", string.Concat(Enumerable.Range(0, 5).Select(i => $"192.0.2.1 - - [01/Nov/2026:09:00:0{i} +0000] \"GET /{i} HTTP/1.1\" 200 1\n")));
        string[] times = [.. since is null ? [] : new[] { "--since", since }, .. until is null ? [] : new[] { "--until", until }];
        var lines = Read.Lines((await ScanProcess.RunAsync([file, "--output", "ndjson", .. times])).Output);
        Assert.Equal(expected.Select(i => (i + 1L, $"/{i}")), lines.Select(line => (line.Line, line.Path!)));
    }

    [Fact]
    public async Task WhatIsLeftOutIsCounted()
    {
        var report = Read.Report((await ScanProcess.RunAsync([sample, "--output", "json", "--since", "2026-11-01T09:10", "--until", "2026-11-01T09:20"])).Output);
        Assert.Equal(160, report.Lines + report.SkippedLines);
        Assert.Equal(report.Lines, report.Classes.Access);
        Assert.InRange(report.Lines, 1, 159);
        Assert.True(report.First >= new DateTime(2026, 11, 1, 9, 10, 0, DateTimeKind.Utc) && report.Last < new DateTime(2026, 11, 1, 9, 20, 0, DateTimeKind.Utc));
    }

    [Theory]
    [InlineData("ndjson")]
    [InlineData("text")]
    public async Task AReaderThatGoesEndsItQuietly(string output)
    {
        await FileAsync("long.log", string.Concat(Enumerable.Repeat(await File.ReadAllTextAsync(sample, none), 100)));
        var result = await ScanProcess.ShellAsync($"\"$LOGMONITOR\" scan long.log --output {output} | true; echo ${{PIPESTATUS[0]}}", folder.Path);
        Assert.Equal(new ScanResult(0, "0\n", ""), result);
    }

    [Fact]
    public async Task AnOutputThatTakesNothingIsSaid()
    {
        var result = await ScanProcess.ShellAsync($"\"$LOGMONITOR\" scan '{sample}' > /dev/full", folder.Path);
        Assert.Equal(new ScanResult(2, "", "logmonitor: The result can't be written to standard output: No space left on device\n"), result);
    }

    [Fact]
    public async Task AnOutputThatIsClosedIsSaid()
    {
        var result = await ScanProcess.ShellAsync($"\"$LOGMONITOR\" scan '{sample}' >&-", folder.Path);
        Assert.Equal(2, result.ExitCode);
        Assert.StartsWith("logmonitor: The result can't be written to standard output: ", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OneFileTakesWhatSeveralProgramsWrite()
    {
        await ScanProcess.ShellAsync($"(echo before; \"$LOGMONITOR\" scan '{sample}' --output ndjson; echo after) > result", folder.Path);
        var lines = await File.ReadAllLinesAsync(folder["result"], none);
        Assert.Equal(162, lines.Length);
        Assert.Equal(("before", "after"), (lines[0], lines[^1]));
        Assert.Equal(160, Read.Lines(string.Join('\n', lines[1..^1])).Count);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("INT", 130)]
    [InlineData("TERM", 143)]
    public async Task ASignalEndsItAtOnceWithoutAReport(string signal, int exitCode)
    {
        var cancelled = TestContext.Current.CancellationToken;
        using var process = ScanProcess.StartWaiting("--output", "ndjson");
        // What is written shows that it has begun; then it waits for more. Once the sample, and no more: what comes of it fits into a pipe, so that neither side waits for the other.
        await process.StandardInput.BaseStream.WriteAsync(await File.ReadAllBytesAsync(sample, cancelled), cancelled);
        await process.StandardInput.BaseStream.FlushAsync(cancelled);
        Assert.Equal(1, await process.StandardOutput.BaseStream.ReadAsync(new byte[1], cancelled));

        using var kill = System.Diagnostics.Process.Start("kill", [$"-{signal}", process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(cancelled);
        var result = await ScanProcess.EndAsync(process, input: null);

        Assert.Equal(exitCode, result.ExitCode);
        Assert.Equal("", result.Errors);
    }

    [Fact]
    public async Task NoProgressIsShownWhereNobodySeesIt() => Assert.Equal("", (await ScanProcess.RunAsync([sample])).Errors);

    public void Dispose() => folder.Dispose();

    async Task<string> FileAsync(string name, string content)
    {
        await File.WriteAllTextAsync(folder[name], content, none);
        return folder[name];
    }
}
