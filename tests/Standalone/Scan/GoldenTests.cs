using System.Text;
using System.Text.Json;
using LogMonitor.Core.Scanning;
using LogMonitor.Standalone.Tests.Scan.Support;
using LogMonitor.Tests.Support;

namespace LogMonitor.Standalone.Tests.Scan;

/// <summary>
/// The two contracts of <c>logmonitor scan</c>, byte by byte, on a log with a line of each kind. A change of the golden files is a change for
/// everybody who reads them: further properties may come, names and meanings stay (docs/scan.md).
/// </summary>
public sealed class GoldenTests
{
    static readonly CancellationToken none = TestContext.Current.CancellationToken;

    static readonly string folder = Repository.PathOf("tests/Standalone/Scan/Golden");

    [Theory]
    [InlineData("json")]
    [InlineData("ndjson")]
    public async Task TheOutputIsTheGoldenOne(string output)
    {
        var result = await ScanProcess.RunAsync(["mixed.log", "--rules", "rules", "--output", output], workingDirectory: folder);
        Assert.Equal(0, result.ExitCode);
        Assert.Equal(await GoldenAsync(output), result.Output);
        Assert.Equal("logmonitor: rule skipped: rules.yml:24:1: 'logsource' is missing\n", result.Errors);
    }

    [Fact]
    public async Task TheReportReadsBackByTheStrictContract()
    {
        var golden = await GoldenAsync("json");
        Assert.Equal(golden.TrimEnd('\n'), Read.Json(Read.Report(golden)));
    }

    [Fact]
    public async Task ALineReadsBackByTheStrictContract()
    {
        var golden = await GoldenAsync("ndjson");
        Assert.Equal(golden, string.Concat(Read.Lines(golden).Select(line => JsonSerializer.Serialize(line, ScanJson.Default.ScanLine) + "\n")));
    }

    [Fact]
    public async Task AReportWithEverythingThatMayBeAbsentReadsBack()
    {
        var report = Read.Report(await GoldenAsync("json")) with
        {
            First = null,
            Last = null,
            Clients = new ScanValues(7, []),
            Dropped = new ScanDropped(2, 30),
            UnknownSamples = [new ScanUnknown(1, "emptyLine", "", "a.log")],
            InputErrors = ["'a.log' is broken"],
        };
        var json = Read.Json(report);
        Assert.Equal(json, Read.Json(Read.Report(json)));
        Assert.DoesNotContain("null", json, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatTheContractsDoNotNameIsRefused()
    {
        var (report, line) = (await GoldenAsync("json"), (await GoldenAsync("ndjson")).Split('\n')[0]);
        foreach (var addition in new[] { "\"surprise\":1,", "\"Lines\":1,", "\"lines\":1,", "\"line\":1," })
        {
            Assert.Throws<JsonException>(() => Read.Report("{" + addition + report[1..]));
            Assert.Throws<JsonException>(() => Read.Lines("{" + addition + line[1..]));
        }
        Assert.Throws<JsonException>(() => Read.Report(report.Replace("\"skippedLines\":0,", "", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task TheOutputIsAsciiWhateverTheLog()
    {
        Assert.Contains((byte)0xFF, await File.ReadAllBytesAsync(Path.Combine(folder, "mixed.log"), none));
        Assert.All(new[] { await GoldenAsync("json"), await GoldenAsync("ndjson") }, golden => Assert.True(Ascii.IsValid(golden)));
        Assert.All(await GoldenAsync("ndjson"), c => Assert.True(c is '\n' or >= ' '));
    }

    [Fact]
    public async Task TextAndJsonAndNdJsonAgree()
    {
        var report = Read.Report(await GoldenAsync("json"));
        var lines = Read.Lines(await GoldenAsync("ndjson"));
        var text = (await ScanProcess.RunAsync(["mixed.log", "--rules", "rules"], workingDirectory: folder)).Output;

        Assert.Equal(report.Lines, lines.Count);
        Assert.Equal(report.Lines, report.Classes.Access + report.Classes.Error + report.Classes.Unknown);
        Assert.StartsWith($"{report.Lines} lines, ", text, StringComparison.Ordinal);
        foreach (var (name, count) in new[] { ("access", report.Classes.Access), ("error", report.Classes.Error), ("unknown", report.Classes.Unknown) })
        {
            Assert.Equal(count, lines.Count(line => line.Class == name));
            Assert.Matches($@"(?m)^ +{count}  +[\d.]+%  {name}$", text);
        }
        foreach (var (format, count) in report.Formats) Assert.Matches($@"(?m)^ +{count}  +[\d.]+%  {format}$", text);
        Assert.Equal(report.Formats, Tally(lines.Where(line => line.Class != "unknown"), line => line.Format));
        Assert.Equal(report.Statuses, Tally(lines.Where(line => line.Status is not null), line => line.Status!.Value));
        Assert.All(report.Statuses, status => Assert.Contains($"{status.Key}: {status.Value}", text, StringComparison.Ordinal));
        Assert.Equal(report.Rules.ToDictionary(rule => rule.Rule, rule => rule.Lines), Tally(lines.SelectMany(line => line.Rules ?? []), rule => rule));
        Assert.All(report.Rules, rule => Assert.Matches($@"(?m)^ +{rule.Lines}  +[\d.]+%  {rule.Title} \(", text));
        AssertTop(report.Clients, lines.Select(line => line.Client));
        AssertTop(report.Paths, lines.Select(line => line.Path));
        AssertTop(report.UserAgents, lines.Select(line => line.UserAgent));
        Assert.Equal(report.First, lines.Min(line => line.Time));
        Assert.Equal(report.Last, lines.Max(line => line.Time));
        Assert.Equal(report.Alerts.Count, text[text.IndexOf("\nAlerts\n", StringComparison.Ordinal)..].Split('\n').Count(line => line.Contains(" × ", StringComparison.Ordinal)));
        Assert.All(report.Alerts, alert => Assert.Contains($"{alert.Count} × {alert.Title}", text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task TheSameScanGivesTheSameBytes() => Assert.Equal(
        (await ScanProcess.RunAsync(["mixed.log", "--output", "json"], workingDirectory: folder)).Output,
        (await ScanProcess.RunAsync(["mixed.log", "--output", "json"], workingDirectory: folder)).Output);

    static SortedDictionary<TKey, long> Tally<T, TKey>(IEnumerable<T> items, Func<T, TKey> key) where TKey : notnull =>
        new(items.GroupBy(key).ToDictionary(group => group.Key, group => (long)group.Count()));

    static void AssertTop(ScanValues values, IEnumerable<string?> all)
    {
        var tally = Tally(all.OfType<string>(), value => value);
        Assert.Equal(tally.Count, values.Distinct);
        Assert.All(values.Top, top => Assert.Equal(tally[top.Value], top.Lines));
        Assert.Equal(tally.Values.OrderDescending().Take(10), values.Top.Select(top => top.Lines));
    }

    static Task<string> GoldenAsync(string output) => File.ReadAllTextAsync(Path.Combine(folder, $"mixed.{output}"), none);
}
