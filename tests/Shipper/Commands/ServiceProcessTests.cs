using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Text.Json;
using LogMonitor.Core.Chunks;
using LogMonitor.Shipper.Health;
using LogMonitor.Shipper.Tests.Support;
using LogMonitor.Tests.Support;

namespace LogMonitor.Shipper.Tests.Commands;

/// <summary>The program as administrators and systemd see it.</summary>
public sealed class ServiceProcessTests(AzuriteFixture azurite) : IDisposable
{
    readonly TemporaryFolder folder = new();
    readonly IPEndPoint address = FreeAddress();
    readonly HttpClient http = new();

    public void Dispose()
    {
        http.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task SystemdIsToldOfStartReloadAndStop()
    {
        var container = await azurite.NewContainerAsync();
        using var systemd = new NotifySocket($"@shipper-{Guid.NewGuid()}");
        await ConfigureAsync(container.Name);
        await WriteAsync("a.log", "one\n");
        await using var shipper = Start(("NOTIFY_SOCKET", systemd.Name), ("WATCHDOG_USEC", "1000000"));

        Assert.Equal("READY=1", systemd.Receive());
        await StoredAsync(container, "one\n");
        // In whichever order.
        if (!Until(systemd, "WATCHDOG=1").Contains("STATUS=Following 1 file.")) Until(systemd, "STATUS=Following 1 file.");

        await shipper.SignalAsync("HUP");
        Assert.DoesNotContain("READY=1", Until(systemd, "RELOADING=1"));
        Until(systemd, "READY=1");
        await Poll.UntilAsync("it is said", () => Task.FromResult(shipper.Errors.Contains("was read again and is in force.", StringComparison.Ordinal)));

        await shipper.SignalAsync("TERM");
        Until(systemd, "STOPPING=1");
        Assert.Equal(0, await shipper.EndAsync());
    }

    [Fact]
    public async Task AReloadTakesOtherFilesAndAnotherPlaceAndLosesNothing()
    {
        var (before, after) = (await azurite.NewContainerAsync(), await azurite.NewContainerAsync());
        await ConfigureAsync(before.Name, files: "*.log");
        await WriteAsync("a.log", "one\n");
        await WriteAsync("b.log", "b\n");
        await using var shipper = Start();
        await StoredAsync(before, "one\n", "b\n");

        await ConfigureAsync(after.Name, files: "a.log", more: "labels: { team: shop }", host: "web2");
        await shipper.SignalAsync("HUP");
        await Poll.UntilAsync("the configuration is in force", () => Task.FromResult(shipper.Errors.Contains("is in force", StringComparison.Ordinal)));
        await WriteAsync("a.log", "two\n");
        await WriteAsync("b.log", "not any more\n");
        await StoredAsync(after, "two\n");

        Assert.Contains($"{folder["b.log"]} is not in the configuration any more: it is let go at byte 2.", shipper.Errors, StringComparison.Ordinal);
        await foreach (var blob in after.GetBlobsAsync(new Azure.Storage.Blobs.Models.GetBlobsOptions { Traits = Azure.Storage.Blobs.Models.BlobTraits.Metadata }, TestContext.Current.CancellationToken))
        {
            Assert.StartsWith("web2/", blob.Name, StringComparison.Ordinal);
            Assert.Equal("team=shop", blob.Metadata["labels"]);
        }

        // Named again, it goes on where it was let go.
        await ConfigureAsync(after.Name, files: "*.log", host: "web2");
        await shipper.SignalAsync("HUP");
        await StoredAsync(after, "two\n", "not any more\n");
    }

    [Fact]
    public async Task ADeletedFileIsShippedToItsEndThoughTheConfigurationIsReadAgain()
    {
        var container = await azurite.NewContainerAsync();
        await ConfigureAsync("container-that-is-not-there");
        await WriteAsync("a.log", "one\n");
        await using var shipper = Start();
        await Poll.UntilAsync("the file is known", async () => await StatusAsync() is { Files: [{ Generation: not null }] });
        File.Delete(folder["a.log"]);
        await Poll.UntilAsync("it is held", async () => await StatusAsync() is { Files: [{ Deleted: true }], HeldBytes: 4 });

        await ConfigureAsync(container.Name);
        await shipper.SignalAsync("HUP");

        await StoredAsync(container, "one\n");
    }

    [Fact]
    public async Task ABadConfigurationLeavesTheOldInForceAndIsRedUntilItIsMended()
    {
        var container = await azurite.NewContainerAsync();
        await ConfigureAsync(container.Name);
        await WriteAsync("a.log", "one\n");
        await using var shipper = Start();
        await StoredAsync(container, "one\n");

        var good = await File.ReadAllTextAsync(folder["shipper.yml"], TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(folder["shipper.yml"], good.Replace("files:", "filez:", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        await shipper.SignalAsync("HUP");
        await Poll.UntilAsync("it is red", async () => await HealthAsync() is (HttpStatusCode.ServiceUnavailable, var body)
            && body.StartsWith("The configuration was read again and can't be used, the one before it stays in force: ", StringComparison.Ordinal) && body.Contains("'filez' is not known", StringComparison.Ordinal));
        await WriteAsync("a.log", "two\n");
        await StoredAsync(container, "one\n", "two\n");

        await File.WriteAllTextAsync(folder["shipper.yml"], good, TestContext.Current.CancellationToken);
        await shipper.SignalAsync("HUP");
        await Poll.UntilAsync("it is green", async () => await HealthAsync() == (HttpStatusCode.OK, "ok\n"));
    }

    [Fact]
    public async Task AStateDirectoryCannotChangeWhileItRuns()
    {
        var container = await azurite.NewContainerAsync();
        await ConfigureAsync(container.Name);
        await using var shipper = Start();
        await Poll.UntilAsync("it runs", async () => await StatusAsync() is not null);

        await ConfigureAsync(container.Name, state: "other");
        await shipper.SignalAsync("HUP");

        await Poll.UntilAsync("it is refused", () => Task.FromResult(shipper.Errors.Contains($"'stateDirectory' can't change from {folder["state"]} to {folder["other"]} while the shipper runs: restart it.", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task ANewSasInTheFileIsTakenByItself()
    {
        await using var server = await FakeBlobServer.StartAsync();
        for (var i = 0; i < 2; i++) server.Faults.Enqueue(new Fault(403, "AuthenticationFailed"));
        var (url, sas) = (server.ContainerUrl.Split('?')[0], server.ContainerUrl.Split('?')[1]);
        await File.WriteAllTextAsync(folder["sas"], "sv=old&sig=expired", TestContext.Current.CancellationToken);
        await ConfigureAsync("", destination: $"url: {url}\n  credential: sas\n  secretFile: {folder["sas"]}");
        await WriteAsync("a.log", "one\n");
        await using var shipper = Start();
        await Poll.UntilAsync("access is denied", async () => (await HealthAsync()).Body.Contains("access is denied (403 AuthenticationFailed)", StringComparison.Ordinal));

        await File.WriteAllTextAsync(folder["sas"], sas, TestContext.Current.CancellationToken);

        await Poll.UntilAsync("the new one is taken", () => Task.FromResult(shipper.Errors.Contains("The secret for the destination has changed", StringComparison.Ordinal)));
        await Poll.UntilAsync("the chunk is stored", async () => await StatusAsync() is { Chunks: 1 });
        Assert.DoesNotContain("topsecret", shipper.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StatusShowsFilesOfARunningAndOfAStoppedShipper()
    {
        var container = await azurite.NewContainerAsync();
        await ConfigureAsync(container.Name);
        await WriteAsync("a.log", "one\n");
        var shipper = Start();
        await StoredAsync(container, "one\n");
        await Poll.UntilAsync("the status shows it", async () => await StatusAsync() is { Files: [{ Offset: 4 }] });

        var running = await RunAsync("status");
        var json = await RunAsync("status", "--json");
        await shipper.SignalAsync("TERM");
        Assert.Equal(0, await shipper.EndAsync());
        await shipper.DisposeAsync();
        await WriteAsync("a.log", "two\n");
        var stopped = await RunAsync("status");

        Assert.Equal((0, 0, 3), (running.ExitCode, json.ExitCode, stopped.ExitCode));
        Assert.Contains("Running as process ", running.Output, StringComparison.Ordinal);
        Assert.Matches($"\n{folder["a.log"]} +[a-z0-9-]+-a +4 +4 +0 B +- +ok\n", running.Output);
        var status = JsonSerializer.Deserialize(json.Output, StatusJson.Default.ShipperStatus)!;
        Assert.Equal((true, 1, 4), (status.Running, status.Lines, status.Files.Single().Offset));
        Assert.StartsWith("Not running (or it does not answer).", stopped.Output, StringComparison.Ordinal);
        Assert.Matches($"\n{folder["a.log"]} +[a-z0-9-]+-a +4 +8 +4 B +.+ +ok\n", stopped.Output);
    }

    [Fact]
    [SupportedOSPlatform("linux")]
    public async Task AFileThatMayNotBeReadIsNamedAndIsShippedWholeOnceItMay()
    {
        var container = await azurite.NewContainerAsync();
        await ConfigureAsync(container.Name, files: "*.log");
        await WriteAsync("a.log", "one\n");
        await WriteAsync("b.log", "two\n");
        File.SetUnixFileMode(folder["b.log"], UnixFileMode.None);
        await using var shipper = StartUnprivileged();

        await StoredAsync(container, "one\n");
        await Poll.UntilAsync("it is said", () => Task.FromResult(shipper.Errors.Contains($"{folder["b.log"]} can't be read: permission denied", StringComparison.Ordinal)));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await HealthAsync()).Status);

        File.SetUnixFileMode(folder["b.log"], UnixFileMode.UserRead);
        await StoredAsync(container, "one\n", "two\n");
        await Poll.UntilAsync("it is well again", async () => (await HealthAsync()).Status == HttpStatusCode.OK);
    }

    [Fact]
    [SupportedOSPlatform("linux")]
    public async Task WithoutAPlaceForPositionsNothingIsUploadedUntilThereIsOne()
    {
        var container = await azurite.NewContainerAsync();
        await ConfigureAsync(container.Name);
        await WriteAsync("a.log", "one\n");
        await using var shipper = StartUnprivileged();
        await StoredAsync(container, "one\n");

        var positions = folder["state"];
        var mode = File.GetUnixFileMode(positions);
        File.SetUnixFileMode(positions, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        await WriteAsync("a.log", "two\n");
        await Poll.UntilAsync("it is said", () => Task.FromResult(shipper.Errors.Contains($"Positions are kept in {positions}: check that", StringComparison.Ordinal)));
        await StoredAsync(container, "one\n");

        File.SetUnixFileMode(positions, mode);
        await StoredAsync(container, "one\n", "two\n");
        await Poll.UntilAsync("it is well again", async () => (await HealthAsync()).Status == HttpStatusCode.OK);
    }

    [Fact]
    public async Task ValidateTriesAllOfItAsOftenAsOneLikes()
    {
        var container = await azurite.NewContainerAsync();
        await ConfigureAsync(container.Name, files: "*.log", more: "exclude: [b.log]");
        await WriteAsync("a.log", "one\n");
        await WriteAsync("b.log", "two\n");

        var first = await RunAsync("validate");
        var second = await RunAsync("validate");

        Assert.Equal((0, 0), (first.ExitCode, second.ExitCode));
        Assert.Contains($"ok       files        {folder["*.log"]}: 1 file\n", first.Output, StringComparison.Ordinal);
        Assert.Contains("1 file excluded\n", first.Output, StringComparison.Ordinal);
        Assert.Contains($"/{container.Name}/web1/_test was uploaded\n", first.Output, StringComparison.Ordinal);
        Assert.Contains($"/{container.Name}/web1/_test is there from an earlier test, and may be created\n", second.Output, StringComparison.Ordinal);
        await foreach (var blob in container.GetBlobsAsync(cancellationToken: TestContext.Current.CancellationToken)) Assert.True(TestBlob.Is(blob.Name));
        // The running one would be harmed by a lock.
        Assert.False(File.Exists(folder["state/lock"]));
    }

    [Fact]
    public async Task TheRightToCreateIsEnoughToValidate()
    {
        await using var server = await FakeBlobServer.StartAsync();
        var container = server.NewContainer("created-only");
        var url = new Uri(container.Url);
        await File.WriteAllTextAsync(folder["sas"], url.Query, TestContext.Current.CancellationToken);
        await ConfigureAsync("incoming", destination: $"url: \"{url.GetLeftPart(UriPartial.Path)}\"\n  credential: sas\n  secretFile: {folder["sas"]}");
        await WriteAsync("a.log", "one\n");

        var first = await RunAsync("validate");
        var second = await RunAsync("validate");

        Assert.Equal((0, 0), (first.ExitCode, second.ExitCode));
        Assert.Contains("/web1/_test was uploaded\n", first.Output, StringComparison.Ordinal);
        Assert.Contains("/web1/_test is there from an earlier test, and may be created\n", second.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("topsecret", first.Output + first.Errors + second.Output + second.Errors, StringComparison.Ordinal);
        Assert.Equal(["web1/_test"], container.Blobs.Keys);
        Assert.Empty(container.Violations);
    }

    [Fact]
    public async Task ValidateFailsWhereShippingWould()
    {
        await ConfigureAsync("container-that-is-not-there");
        Directory.CreateDirectory(folder["a.log"]);
        await File.WriteAllTextAsync(folder["state"], "no directory", TestContext.Current.CancellationToken);
        using var taken = new TcpListener(address);
        taken.Start();

        var result = await RunAsync("validate");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains($"{folder["a.log"]} is not a regular file: it is not followed.", result.Output, StringComparison.Ordinal);
        Assert.Contains($"failed   health       http://{address} can't be had: ", result.Output, StringComparison.Ordinal);
        Assert.Contains("the container is not there (404 ContainerNotFound)", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnAddressThatIsTakenDoesNotStopTheShipping()
    {
        var container = await azurite.NewContainerAsync();
        await ConfigureAsync(container.Name);
        await WriteAsync("a.log", "one\n");
        using var taken = new TcpListener(address);
        taken.Start();

        await using var shipper = Start();

        await StoredAsync(container, "one\n");
        Assert.Contains($"error: Health and metrics can't be served on {address}: ", shipper.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OnceWithAConfigurationShipsAndEnds()
    {
        var container = await azurite.NewContainerAsync();
        await ConfigureAsync(container.Name);
        await WriteAsync("a.log", "one\n");

        var result = await ShipperProcess.RunAsync(Environment(), "--config", folder["shipper.yml"], "--once");

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("Shipped 1 lines, 4 bytes, in 1 chunks; 0 problems.", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task VersionSaysWhich()
    {
        var result = await ShipperProcess.RunAsync(Environment(), "version");

        Assert.Equal(0, result.ExitCode);
        Assert.Matches(@"\Alogmonitor-shipper [0-9]+\.[0-9]+\.[0-9]+", result.Output);
    }

    ShipperProcess Start(params (string Name, string? Value)[] environment) =>
        ShipperProcess.Start(Environment(environment), "run", "--config", folder["shipper.yml"]);

    ShipperProcess StartUnprivileged() => ShipperProcess.StartUnprivileged(Environment(), "run", "--config", folder["shipper.yml"]);

    Task<(int ExitCode, string Output, string Errors)> RunAsync(params string[] arguments) => ShipperProcess.RunAsync(Environment(), [.. arguments, "--config", folder["shipper.yml"]]);

    Dictionary<string, string?> Environment(params (string Name, string? Value)[] more)
    {
        var all = new Dictionary<string, string?> { ["TEST_STORAGE"] = azurite.ConnectionString, ["NOTIFY_SOCKET"] = null };
        foreach (var (name, value) in more) all[name] = value;
        return all;
    }

    Task ConfigureAsync(string container, string files = "a.log", string more = "format: auto", string host = "web1", string state = "state", string? destination = null) =>
        File.WriteAllTextAsync(folder["shipper.yml"], $$"""
            destination:
              {{destination ?? $"credential: connection-string\n  secretEnvironment: TEST_STORAGE\n  container: {container}"}}
            host: {{host}}
            stateDirectory: {{folder[state]}}
            files:
              - path: '{{folder[files]}}'
                {{more}}
            chunks: { interval: 1 s }
            poll: 50 ms
            health: { listen: "{{address}}" }
            """, TestContext.Current.CancellationToken);

    Task WriteAsync(string name, string text) => File.AppendAllTextAsync(folder[name], text, TestContext.Current.CancellationToken);

    static Task StoredAsync(Azure.Storage.Blobs.BlobContainerClient container, params string[] lines) => Poll.UntilAsync(
        string.Join("", lines), async () => (await ServiceTests.TextAsync(container)).Split('\n').Order().SequenceEqual(string.Join("", lines).Split('\n').Order()));

    static List<string> Until(NotifySocket systemd, string message)
    {
        List<string> all = [];
        while (all is not [.., var last] || !last.StartsWith(message, StringComparison.Ordinal)) all.Add(systemd.Receive());
        return all;
    }

    async Task<(HttpStatusCode Status, string Body)> HealthAsync()
    {
        try
        {
            using var response = await http.GetAsync(new Uri($"http://{address}/healthz"), TestContext.Current.CancellationToken);
            return (response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        }
        catch (HttpRequestException)
        {
            return (0, "");
        }
    }

    Task<ShipperStatus?> StatusAsync() => Shipper.Commands.StatusClient.ReadAsync(address, TestContext.Current.CancellationToken);

    static IPEndPoint FreeAddress()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return (IPEndPoint)listener.LocalEndpoint;
    }
}
