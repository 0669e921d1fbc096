using LogMonitor.Standalone.Tests.Support;
using LogMonitor.Tests.Support;

namespace LogMonitor.Standalone.Tests.Commands;

public sealed class UpTests(AzuriteFixture azurite) : IDisposable
{
    static readonly CancellationToken none = TestContext.Current.CancellationToken;

    readonly TemporaryFolder folder = new();

    [Theory]
    [InlineData("Alerts__Cooldown", "soon", "The setting 'Alerts__Cooldown' is 'soon', but must be a time of at most 7 days as [d.]hh:mm:ss, such as 00:15:00.")]
    [InlineData("Archive__Tier", "Archive", "The setting 'Archive__Tier' is 'Archive', but must be Hot, Cool or Cold")]
    [InlineData("Retention__Matches", "30", "The setting 'Retention__Matches' is '30', but must be a number of days from 60 to 36500, or 0 to keep all.")]
    [InlineData("Dashboard__Url", "nowhere", "The setting 'Dashboard__Url' is 'nowhere', but must be an http or https address.")]
    [InlineData("Rules__Directory", "/nowhere", "The rules' directory '/nowhere' does not exist. Set Rules__Directory to where your rules are.")]
    [InlineData("Mail__To", "nobody", "Mail:To")]
    [InlineData("Smtp__Host", "smtp://mail", "Smtp:Host is not a host name")]
    public async Task AWrongSettingIsNamedWithWhatIsExpected(string name, string value, string message)
    {
        await using var program = Start(("LogStorage", azurite.TakeAccount()), (name, value));
        Assert.Equal(2, await program.ExitAsync());
        Assert.Contains($"logmonitor: {message}", program.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", program.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ASecondProgramOnTheSameDataIsRefused()
    {
        var account = azurite.TakeAccount();
        await using var first = Start(("LogStorage", account));
        await first.AddressAsync();
        await using var second = Start(("LogStorage", account));
        Assert.Equal(2, await second.ExitAsync());
        Assert.Equal($"logmonitor: Another logmonitor is running on the data directory '{folder["data"]}'. Stop it, or choose another with --data.\n", second.Output);
    }

    [Fact]
    public async Task ALogThatIsNotThereIsSaidAndTheOthersGoOn()
    {
        await File.WriteAllTextAsync(folder["good.log"], "a line\n", none);
        Directory.CreateDirectory(folder["directory.log"]);
        await using var program = LogMonitorProcess.Start(
            [.. arguments, "--log", folder["missing.log"], "--log", folder["directory.log"], "--log", folder["no-*.log"], "--log", folder["good.log"]],
            new Dictionary<string, string?> { ["LogStorage"] = azurite.TakeAccount() });
        await program.AddressAsync();
        await Poll.UntilAsync("ingest of the good log", () => Task.FromResult(program.Output.Contains("Ingested 1 line", StringComparison.Ordinal)));

        Assert.Contains($"warning: {folder["missing.log"]} is not there. It is followed as soon as it appears; check the path if it should exist.\n", program.Output, StringComparison.Ordinal);
        Assert.Contains($"warning: {folder["directory.log"]} is not a regular file: it is not followed.", program.Output, StringComparison.Ordinal);
        Assert.Contains($"warning: No file matches {folder["no-*.log"]}.", program.Output, StringComparison.Ordinal);

        await File.WriteAllTextAsync(folder["missing.log"], "a line\nanother\n", none);
        await Poll.UntilAsync("ingest of the log that appeared", () => Task.FromResult(program.Output.Contains("Ingested 2 lines", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task ARuleWithAMistakeIsSkippedAndSaid()
    {
        Directory.CreateDirectory(folder["rules"]);
        await File.WriteAllTextAsync(folder["rules/broken.yml"], "title: Broken\nid: broken\ndetection: [oops\n", none);
        await using var program = Start(("LogStorage", azurite.TakeAccount()), ("Rules__Directory", folder["rules"]), ("Rules__Defaults", "false"));
        await program.AddressAsync();
        await Poll.UntilAsync("the announcement", () => Task.FromResult(program.Output.Contains("Ctrl-C stops it.", StringComparison.Ordinal)));
        Assert.Contains($"  rules      0 that alert, on 0 kinds of lines; yours in {folder["rules"]}\n", program.Output, StringComparison.Ordinal);
        Assert.Matches(@"\n  skipped    .*broken\.yml", program.Output);
    }

    [Fact]
    public async Task ARuleThatIsAddedWhileItRunsIsLive()
    {
        await File.WriteAllTextAsync(folder["access.log"], "", none);
        await using var program = LogMonitorProcess.Start([.. arguments, "--log", folder["access.log"]],
            new Dictionary<string, string?> { ["LogStorage"] = azurite.TakeAccount(), ["EvaluateSchedule"] = "* * * * * *" });
        using var client = await program.ConnectAsync();
        Assert.True(File.Exists(folder["data/rules/README.txt"]));
        await File.WriteAllTextAsync(folder["data/rules/mine.yml"],
            "{title: My own rule, id: mine, logsource: {category: webserver}, detection: {s: {cs-uri-stem: /mine}, condition: s}, level: low}", none);
        // A line each second, as a site has them: the first that comes when the rule is live alerts.
        var second = 0;
        await Poll.UntilAsync("the rule's alert", async () =>
        {
            await File.AppendAllTextAsync(folder["access.log"], $"192.0.2.1 - - [01/Nov/2026:09:00:{second++ % 60:00} +0000] \"GET /mine HTTP/1.1\" 200 12 \"-\" \"-\"\n", none);
            return (await client.GetJsonAsync("api/alerts", none)).EnumerateArray().Any(alert => alert.GetProperty("title").GetString() == "My own rule");
        }, TimeSpan.FromMinutes(1));
        Assert.Contains("Rules have changed", program.Output, StringComparison.Ordinal);
    }

    public void Dispose() => folder.Dispose();

    string[] arguments => ["up", "--port", "0", "--host", "web1", "--data", folder["data"]];

    LogMonitorProcess Start(params (string Name, string Value)[] environment) =>
        LogMonitorProcess.Start(arguments, environment.ToDictionary(e => e.Name, e => (string?)e.Value));
}
