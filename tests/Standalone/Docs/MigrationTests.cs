using System.Text.RegularExpressions;
using LogMonitor.Tests.Support;

namespace LogMonitor.Standalone.Tests.Docs;

/// <summary>What docs/migration.md tells people to write and to run works as it stands there.</summary>
public sealed partial class MigrationTests : IDisposable
{
    static readonly CancellationToken none = TestContext.Current.CancellationToken;
    static readonly string text = File.ReadAllText(Repository.PathOf("docs/migration.md"));

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task ItsRulesAreTaken()
    {
        var files = await WriteAsync("");
        Assert.Equal(["script.yml", "script-overrides.yml", "shop.yml", "shop-overrides.yml"], files);
        await using var check = LogMonitorProcess.Start(["rules", "check", folder.Path]);
        Assert.True(await check.ExitAsync() == 0, check.Output);
    }

    [Fact]
    public async Task TheScriptsThresholdsAreKept()
    {
        await WriteAsync("script");
        await File.WriteAllTextAsync(folder["log"], string.Concat(Enumerable.Range(0, 101).Select(n => $"192.0.2.{n} - - [01/Nov/2026:09:0{n / 20}:{n % 60:00} +0000] \"GET /{n} HTTP/1.1\" 404 12\n"))
            + string.Concat(Enumerable.Range(0, 9).Select(n => $"Nov  1 09:00:0{n} web1 app[1]: Urgent log detected: {n}\n")) + "Nov  1 09:01:00 web1 shop[1]: Payment failed for good, order 7\n", none);
        Assert.Equal(["A word that somebody is waiting for", "Many 404s, as the script counted them"], await AlertsAsync());
    }

    [Fact]
    public async Task AJailIsTwoRules()
    {
        await WriteAsync("shop");
        await File.WriteAllTextAsync(folder["log"], string.Concat(Enumerable.Range(0, 3).Select(n => $"Nov  1 09:{n * 20:00}:00 web1 shop[12]: login refused for anna\n"))
            + string.Concat(Enumerable.Range(0, 3).Select(n => $"Nov  1 10:0{n}:00 web1 sshd[5]: Failed password for root from 203.0.113.9 port 4000{n} ssh2\n"))
            + string.Concat(Enumerable.Range(0, 9).Select(n => $"Nov  1 11:00:0{n} web1 sshd[5]: Failed password for root from 192.0.2.9 port 4000{n} ssh2\n")), none);
        var alerts = await AlertsAsync();
        Assert.Contains("Password of the shop guessed", alerts);
        Assert.Single(alerts, alert => alert == "SSH brute force");
    }

    [Fact]
    public async Task RulesThatItNamesAreThere()
    {
        await using var list = LogMonitorProcess.Start(["rules", "list", "--output", "json"]);
        Assert.Equal(0, await list.ExitAsync());
        var names = RuleName().Matches(text).Select(match => match.Groups[1].Value).Distinct().ToList();
        Assert.True(names.Count > 8);
        foreach (var name in names) Assert.True(Directory.EnumerateFiles(Repository.PathOf("rules"), "*.yml").Any(file => File.ReadAllText(file).Contains($"name: {name}\n", StringComparison.Ordinal)), name);
        foreach (var file in FileName().Matches(text).Select(match => match.Groups[1].Value).Where(file => file != "alerts.yml")) Assert.True(File.Exists(Repository.PathOf($"rules/{file}")), file);
    }

    /// <summary>Titles of the alerts, in order.</summary>
    async Task<IReadOnlyList<string>> AlertsAsync()
    {
        await using var scan = LogMonitorProcess.Start(["scan", "--add-rules", folder["rules"], "--output", "json", folder["log"]]);
        Assert.True(await scan.ExitAsync() == 0, scan.Output);
        using var report = System.Text.Json.JsonDocument.Parse(scan.Output.Split('\n').First(line => line.StartsWith('{')));
        return [.. report.RootElement.GetProperty("alerts").EnumerateArray().Select(alert => alert.GetProperty("title").GetString()!).Order(StringComparer.Ordinal)];
    }

    /// <summary>Writes the files whose names begin so: into the folder itself where all are asked for.</summary>
    async Task<List<string>> WriteAsync(string prefix)
    {
        Directory.CreateDirectory(folder["rules"]);
        List<string> written = [];
        foreach (Match block in Block().Matches(text))
        {
            var name = block.Groups[1].Value;
            if (!name.StartsWith(prefix, StringComparison.Ordinal)) continue;
            await File.WriteAllTextAsync(folder[prefix.Length > 0 ? $"rules/{name}" : name], block.Groups[2].Value, none);
            written.Add(name);
        }
        return written;
    }

    [GeneratedRegex(@"^```yaml\n# (\S+\.yml)\n(.*?)^```$", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Block();

    [GeneratedRegex(@"`((?:ssh|http|nginx)_[a-z0-9_]+)`")]
    private static partial Regex RuleName();

    [GeneratedRegex(@"`([a-z-]+\.yml)`")]
    private static partial Regex FileName();
}
