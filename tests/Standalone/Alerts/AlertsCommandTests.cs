using LogMonitor.Standalone.Tests.Support;
using LogMonitor.Tests.Support;

namespace LogMonitor.Standalone.Tests.Alerts;

/// <summary>The commands beside a running program, as people use them.</summary>
public sealed class AlertsCommandTests(AzuriteFixture azurite) : IDisposable
{
    static readonly CancellationToken none = TestContext.Current.CancellationToken;

    readonly TemporaryFolder folder = new();
    readonly string account = azurite.TakeAccount();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task AlertsAreListedAcknowledgedSilencedAndToldAsThePlanSays()
    {
        Directory.CreateDirectory(folder["data/rules"]);
        await File.WriteAllTextAsync(folder["data/rules/alerts.yml"], "routes:\n- match: {rule: http_404_burst}\n  channels: []\n", none);
        await using var program = LogMonitorProcess.Start(["up", "--port", "0", "--data", folder["data"], "--host", "web1"], Environment());
        await program.AddressAsync();
        await Poll.UntilAsync("the mails are sent", () => Task.FromResult(program.Output.Contains("Sent by mail-folder: Urgent log entries on web1", StringComparison.Ordinal)
            && program.Output.Contains("Sent by mail-folder: Request for a sensitive file", StringComparison.Ordinal)));
        Assert.DoesNotContain("Sent by mail-folder: Burst of 404s", program.Output, StringComparison.Ordinal);

        var listed = await RunAsync(0, "list");
        var burst = Assert.Single(listed.Split('\n'), line => line.Contains("Burst of 404s on web1, c-ip 203.0.113.77, 9 matches", StringComparison.Ordinal));
        Assert.Contains(" medium        open ", burst, StringComparison.Ordinal);
        Assert.Contains("\"title\":\"Burst of 404s\"", await RunAsync(0, "list", "--output", "ndjson"), StringComparison.Ordinal);
        var id = burst.Split(' ')[0];
        Assert.Matches("(?m)^[0-9: -]+  Suppressed   NoChannel$", await RunAsync(0, "show", id));

        Assert.StartsWith("Acknowledged: Burst of 404s on web1, c-ip 203.0.113.77.", await RunAsync(0, "ack", id[..8], "--by", "ops", "--comment", "our scanner"), StringComparison.Ordinal);
        await Poll.UntilAsync("the evaluation has seen it", async () => (await RunAsync(0, "show", id)).Contains("Acknowledged ops: our scanner", StringComparison.Ordinal));
        Assert.Contains(" acknowledged ", (await RunAsync(0, "list")).Split('\n').Single(line => line.StartsWith(id, StringComparison.Ordinal)), StringComparison.Ordinal);

        var silenced = await RunAsync(0, "silence", "--match", "host=web*", "--match", "rule=http_404_burst", "--for", "2h", "--comment", "scan by us", "--by", "ops");
        Assert.Matches(@"\ASilence [0-9a-f]{8} until [0-9 :-]+ UTC: host web\*, rule http_404_burst\. Of the open alerts it is about 1\.\n\z", silenced);
        Assert.Contains("holds    from ", await RunAsync(0, "silences"), StringComparison.Ordinal);
        Assert.Contains("host web*, rule http_404_burst: scan by us (ops)", await RunAsync(0, "silences"), StringComparison.Ordinal);
        var silence = silenced.Split(' ')[1];
        Assert.Equal("Ended.\n", await RunAsync(0, "unsilence", silence));
        Assert.Equal("There is no silence.\n", await RunAsync(0, "silences"));
        Assert.StartsWith($"logmonitor: There is no silence '{silence}'", await RunAsync(2, "unsilence", silence), StringComparison.Ordinal);
    }

    [Fact]
    public async Task EachChannelCanBeTried()
    {
        Directory.CreateDirectory(folder["data/rules"]);
        await File.WriteAllTextAsync(folder["data/rules/alerts.yml"], """
            channels:
              others: {type: mail, to: night@example.org}
              hook: {type: webhook, url: "http://127.0.0.1:9/topsecret"}
              chat: {type: slack, urlEnvironment: SLACK_URL_THAT_IS_NOT_SET}
            """, none);
        Assert.Equal("mail (mail-folder)\nothers\nhook\nchat\n", await RunAsync(0, "test"));
        Assert.StartsWith("Sent by mail: written to ", await RunAsync(0, "test", "--channel", "mail"), StringComparison.Ordinal);
        Assert.StartsWith("Sent by others: written to ", await RunAsync(0, "test", "--channel", "others"), StringComparison.Ordinal);
        Assert.Contains(Directory.GetFiles(folder["data/mail"]), mail => File.ReadAllText(mail).Contains("To: night@example.org", StringComparison.Ordinal));
        Assert.Equal(
            "Not sent by hook: The web hook 'hook' cannot be reached: nothing listens there (connection refused). An alert would be tried again.\n", await RunAsync(1, "test", "--channel", "hook"));
        Assert.Equal("Not sent by chat: The environment variable SLACK_URL_THAT_IS_NOT_SET is not set. An alert would be tried again.\n", await RunAsync(1, "test", "--channel", "chat"));
        Assert.Equal("logmonitor: There is no channel 'pager'; there are mail, others, hook, chat.\n", await RunAsync(2, "test", "--channel", "pager"));
    }

    [Theory]
    [InlineData("--match is missing: which alerts, such as --match host=web3; --match 'host=*' is all of them.", "silence", "--for", "2h", "--comment", "x")]
    [InlineData("--match is 'host', but must be KEY=VALUE, such as host=web3.", "silence", "--match", "host", "--for", "2h", "--comment", "x")]
    [InlineData("--match: 'level' must be informational, low, medium, high or critical, but found 'hi'.", "silence", "--match", "level=hi", "--for", "2h", "--comment", "x")]
    [InlineData("--for is 'ever', but must be a time of at most 30 days such as 30m, 2h or 1d.", "silence", "--match", "host=a", "--for", "ever", "--comment", "x")]
    [InlineData("This storage account has no alerts: LogMonitor has not run on it.", "list")]
    public async Task AWrongCommandIsExplained(string message, params string[] arguments) => Assert.Equal($"logmonitor: {message}\n", await RunAsync(2, arguments));

    [Fact]
    public async Task WithoutAnInstanceItIsSaidWhereToLook()
    {
        await using var command = LogMonitorProcess.Start(["alerts", "list", "--data", folder["none"]]);
        Assert.Equal(2, await command.ExitAsync());
        Assert.Equal($"logmonitor: No 'logmonitor up' runs on the data directory '{folder["none"]}'. Name another with --data, or a storage account with --storage or in the environment variable LogStorage.\n", command.Output);
    }

    async Task<string> RunAsync(int exitCode, params string[] arguments)
    {
        await using var command = LogMonitorProcess.Start(["alerts", .. arguments, "--data", folder["data"]], Environment());
        Assert.Equal((exitCode, true), (await command.ExitAsync(), command.Output.Length > 0));
        return command.Output;
    }

    Dictionary<string, string?> Environment() => new() { ["LogStorage"] = account, ["EvaluateSchedule"] = "*/1 * * * * *" };
}
