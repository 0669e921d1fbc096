using System.Diagnostics;
using System.Runtime.Versioning;
using System.Text.RegularExpressions;
using Azure;
using Azure.Storage.Blobs;
using LogMonitor.Standalone.Tests.Support;
using LogMonitor.Tests.Support;

namespace LogMonitor.Standalone.Tests.Hosts;

/// <summary><c>logmonitor hosts</c> as an administrator uses it.</summary>
[SupportedOSPlatform("linux")]
public sealed partial class HostsCommandTests(AzuriteFixture azurite) : IDisposable
{
    static readonly CancellationToken none = TestContext.Current.CancellationToken;

    readonly TemporaryFolder folder = new();
    readonly string account = azurite.TakeAccount();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task WithWhatIsPrintedAShipperUploadsItsLogs()
    {
        await CreateIncomingAsync();
        await File.WriteAllTextAsync(folder["it's.log"], "a line\nanother\n", none);
        var printed = await RunAsync(0, ["add", "web1", "--credential", "sas", "--days", "30", "--log", folder["it's.log"]]);
        Assert.Contains("logmonitor-shipper validate", printed.Error, StringComparison.Ordinal);
        // The state of the package is not for tests.
        await File.WriteAllTextAsync(folder["shipper.yml"], printed.Output.Replace("# stateDirectory: /var/lib/logmonitor-shipper", $"stateDirectory: {folder["state"]}", StringComparison.Ordinal)
            .Replace("listen: 127.0.0.1:19464", "listen: none", StringComparison.Ordinal), none);

        Assert.Equal(0, await ShipperAsync("validate", "--config", folder["shipper.yml"]));
        Assert.Equal(0, await ShipperAsync("run", "--once", "--config", folder["shipper.yml"]));

        var names = new List<string>();
        await foreach (var blob in Incoming.GetBlobsAsync(cancellationToken: none)) names.Add(blob.Name);
        Assert.Contains(names, name => name.StartsWith("web1/", StringComparison.Ordinal) && name.EndsWith(".log.gz", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ASignatureCreatesBlobsAndDoesNothingElseUntilItIsRevoked()
    {
        await CreateIncomingAsync();
        await RunAsync(0, ["add", "web1", "--credential", "sas", "--output", folder["web1"]]);
        Assert.Contains("\n  secretFile: /etc/logmonitor/secret\n", await File.ReadAllTextAsync(folder["web1/shipper.yml"], none), StringComparison.Ordinal);
        Assert.DoesNotContain("sig=", await File.ReadAllTextAsync(folder["web1/shipper.yml"], none), StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder["web1/secret"]));

        var host = With((await File.ReadAllTextAsync(folder["web1/secret"], none)).Trim());
        await host.GetBlobClient("web1/a").UploadAsync(BinaryData.FromString("x"), none);
        Assert.Equal(403, await StatusOfAsync(() => host.GetBlobClient("web1/a").DownloadContentAsync(none)));
        Assert.Equal(403, await StatusOfAsync(() => host.GetBlobClient("web1/a").DeleteAsync(cancellationToken: none)));
        Assert.Equal(403, await StatusOfAsync(async () => { await foreach (var _ in host.GetBlobsAsync(cancellationToken: none)) break; }));
        Assert.Equal(403, await StatusOfAsync(() => host.GetAccessPolicyAsync(cancellationToken: none)));

        var second = With((await RunAsync(0, ["sas", "--days", "366"])).Output.Trim());
        await second.GetBlobClient("web1/b").UploadAsync(BinaryData.FromString("x"), none);

        Assert.StartsWith("Revoked: ", (await RunAsync(0, ["revoke"])).Output, StringComparison.Ordinal);
        Assert.Equal(403, await StatusOfAsync(() => host.GetBlobClient("web1/c").UploadAsync(BinaryData.FromString("x"), none)));
        Assert.Equal(403, await StatusOfAsync(() => second.GetBlobClient("web1/c").UploadAsync(BinaryData.FromString("x"), none)));
        Assert.StartsWith("logmonitor: The container has no policy 'shippers'", (await RunAsync(2, ["revoke"])).Error, StringComparison.Ordinal);

        // A new one goes on.
        await With((await RunAsync(0, ["sas"])).Output.Trim()).GetBlobClient("web1/c").UploadAsync(BinaryData.FromString("x"), none);
    }

    [Fact]
    public async Task APolicyThatPermitsMoreIsNotSignedFor()
    {
        await CreateIncomingAsync();
        await Incoming.SetAccessPolicyAsync(permissions: [new() { Id = "shippers", AccessPolicy = new() { Permissions = "rcwdl" } }], cancellationToken: none);
        Assert.StartsWith("logmonitor: The container has a policy 'shippers' that permits 'rcwdl', not just to create ('c').", (await RunAsync(2, ["sas"])).Error, StringComparison.Ordinal);
        await RunAsync(0, ["sas", "--policy", "web1"]);
        await RunAsync(0, ["revoke", "--policy", "web1"]);
        Assert.Equal(["shippers"], (await Incoming.GetAccessPolicyAsync(cancellationToken: none)).Value.SignedIdentifiers.Select(identifier => identifier.Id));
    }

    [Fact]
    public async Task TheCommandsForAnIdentityGiveTheRightForItsNamesAndNoOther()
    {
        var printed = await RunAsync(0, ["add", "web-1.example", "--url", "https://stshop.blob.core.windows.net/incoming", "--machine", "arc", "--resource-group", "servers"],
            ("LOGMONITOR_CHUNK_WRITER_ROLE", "/subscriptions/1/providers/Microsoft.Authorization/roleDefinitions/2"));
        Assert.Contains("  url: 'https://stshop.blob.core.windows.net/incoming'\n", printed.Output, StringComparison.Ordinal);
        Assert.Contains("  credential: managed-identity\n", printed.Output, StringComparison.Ordinal);
        Assert.Contains("\nhost: web-1.example\n", printed.Output, StringComparison.Ordinal);

        // As a shell understands them, with an az that writes down what it is asked.
        await File.WriteAllTextAsync(folder["az"], """
            #!/bin/sh
            { echo "az"; for word in "$@"; do echo "  $word"; done; } >> "$AZ_LOG"
            case "$2 $3" in *show*) echo "id-of-$1" ;; esac
            """.Replace("\r", "", StringComparison.Ordinal), none);
        File.SetUnixFileMode(folder["az"], UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var script = string.Join('\n', Commands().Match(printed.Error).Groups[1].Value.Split('\n').Select(line => line.Trim()));
        var start = new ProcessStartInfo("sh", ["-eu"]) { RedirectStandardInput = true, Environment = { ["AZ_LOG"] = folder["log"] } };
        start.Environment["PATH"] = $"{folder.Path}:{Environment.GetEnvironmentVariable("PATH")}";
        using var shell = Process.Start(start)!;
        await shell.StandardInput.WriteAsync(script);
        shell.StandardInput.Close();
        await shell.WaitForExitAsync(none);
        Assert.Equal(0, shell.ExitCode);

        var asked = await File.ReadAllTextAsync(folder["log"], none);
        Assert.Contains("az\n  resource\n  show\n  --name\n  web-1.example\n  --resource-group\n  servers\n", asked, StringComparison.Ordinal);
        Assert.Contains("  --role\n  /subscriptions/1/providers/Microsoft.Authorization/roleDefinitions/2\n  --assignee-object-id\n  id-of-resource\n", asked, StringComparison.Ordinal);
        Assert.Contains("  --scope\n  id-of-storage/blobServices/default/containers/incoming\n", asked, StringComparison.Ordinal);
        Assert.Contains("  --condition\n  ((!(ActionMatches{'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/add/action'}))"
            + " OR (@Request[Microsoft.Storage/storageAccounts/blobServices/containers/blobs:path] StringLike 'web-1.example/*'))\n", asked, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnApplicationHasItsSecretInAFile()
    {
        var printed = await RunAsync(0, ["add", "web1", "--url", "https://stshop.blob.core.windows.net/incoming", "--credential", "client-secret", "--tenant", "11111111-0000-0000-0000-000000000000", "--client", "22222222-0000-0000-0000-000000000000"]);
        Assert.Contains("  credential: client-secret\n", printed.Output, StringComparison.Ordinal);
        Assert.Contains("  secretFile: /etc/logmonitor/secret\n", printed.Output, StringComparison.Ordinal);
        Assert.Contains("  tenantId: 11111111-0000-0000-0000-000000000000\n  clientId: 22222222-0000-0000-0000-000000000000\n", printed.Output, StringComparison.Ordinal);
        Assert.Contains("principal=$(az ad sp show --id 22222222-0000-0000-0000-000000000000 --query id --output tsv)", printed.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("HOST must be letters, digits, '.', '_' and '-', beginning with a letter or digit, but is '../etc'.", "../etc")]
    [InlineData("HOST must be letters, digits, '.', '_' and '-', beginning with a letter or digit, but is 'web1/*'.", "web1/*")]
    [InlineData("--tenant and --client are missing: an application, such as 'az ad sp create-for-rbac --name logmonitor-web1' makes and prints.", "web1", "--credential", "client-secret")]
    [InlineData("--resource-group is missing: the machine's.", "web1", "--machine", "vm")]
    [InlineData("--url is 'https://stshop.blob.core.windows.net', but must be the address of a container", "web1", "--url", "https://stshop.blob.core.windows.net")]
    [InlineData("https://files.example.org/incoming is no account in Azure, where identities have rights: name one with --url, or use --credential sas.", "web1", "--url", "https://files.example.org/incoming")]
    [InlineData("--days must be a whole number from 1 to 366, but is '0'.", "web1", "--days", "0")]
    [InlineData("--credential must be one of managed-identity, client-secret, sas, but is 'password'.", "web1", "--credential", "password")]
    public async Task AWrongRequestIsExplained(string message, params string[] arguments) =>
        Assert.Contains($"logmonitor: {message}", (await RunAsync(2, ["add", .. arguments])).Error, StringComparison.Ordinal);

    [Fact]
    public async Task FilesThatAreThereAreNotOverwritten()
    {
        await File.WriteAllTextAsync(folder["shipper.yml"], "mine", none);
        Assert.Contains("logmonitor: The files for the host can't be written into", (await RunAsync(2, ["add", "web1", "--url", "https://stshop.blob.core.windows.net/incoming", "--output", folder.Path])).Error, StringComparison.Ordinal);
        Assert.Equal("mine", await File.ReadAllTextAsync(folder["shipper.yml"], none));
    }

    [Fact]
    public async Task HostsAreListedWithWhenTheyWereHeardOf()
    {
        await File.WriteAllTextAsync(folder["access.log"], "192.0.2.1 - - [01/Nov/2026:09:00:00 +0000] \"GET / HTTP/1.1\" 200 12\n", none);
        await using (var program = LogMonitorProcess.Start(["up", "--port", "0", "--host", "web1", "--data", folder["data"], "--log", folder["access.log"]],
            new Dictionary<string, string?> { ["LogStorage"] = account, ["EvaluateSchedule"] = "* * * * * *", ["Rules__Defaults"] = "false" }))
        {
            await program.AddressAsync();
            await Poll.UntilAsync("the host", async () => (await RunAsync(0, ["list"])).Output.Contains("web1", StringComparison.Ordinal));
        }
        Assert.Matches(@"\Ahost  last chunk            last event            last heartbeat\nweb1  [0-9-]{10} [0-9:]{8}Z  2026-11-01 09:00:00Z  ", (await RunAsync(0, ["list"])).Output);
        Assert.Contains("web1 is known: its last chunk came ", (await RunAsync(0, ["add", "web1", "--credential", "sas"])).Error, StringComparison.Ordinal);
    }

    BlobContainerClient Incoming => new(account, "incoming");

    async Task CreateIncomingAsync() => await Incoming.CreateIfNotExistsAsync(cancellationToken: none);

    BlobContainerClient With(string sas) => new(new Uri($"{Incoming.Uri}?{sas}"), new BlobClientOptions { Retry = { MaxRetries = 0 } });

    static async Task<int> StatusOfAsync(Func<Task> request) => (await Assert.ThrowsAnyAsync<RequestFailedException>(request)).Status;

    /// <summary>What a command that ends with this code prints.</summary>
    async Task<Printed> RunAsync(int code, string[] arguments, params (string Name, string Value)[] environment)
    {
        var printed = await PrintedByAsync(LogMonitorProcess.Program, ["hosts", .. arguments, "--data", folder["data"]], [("LogStorage", account), .. environment]);
        Assert.True(printed.Code == code, $"{printed.Code}: {printed.Error}");
        return printed;
    }

    async Task<int> ShipperAsync(params string[] arguments)
    {
        var printed = await PrintedByAsync("dotnet",
        [
            "exec", "--runtimeconfig", Path.Join(AppContext.BaseDirectory, "LogMonitor.Standalone.Tests.runtimeconfig.json"), "--depsfile", Path.Join(AppContext.BaseDirectory, "LogMonitor.Standalone.Tests.deps.json"),
            Path.Join(AppContext.BaseDirectory, "logmonitor-shipper.dll"), .. arguments,
        ]);
        Assert.True(printed.Code == 0, printed.Output + printed.Error);
        return printed.Code;
    }

    static async Task<Printed> PrintedByAsync(string program, IEnumerable<string> arguments, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var texts = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(none), process.StandardError.ReadToEndAsync(none));
        await process.WaitForExitAsync(none);
        return new(process.ExitCode, texts[0], texts[1]);
    }

    sealed record Printed(int Code, string Output, string Error);

    [GeneratedRegex(@"Azure CLI\):\n(.*?)\nIt may then", RegexOptions.Singleline)]
    private static partial Regex Commands();
}
