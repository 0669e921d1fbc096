using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using LogMonitor.Standalone.Tests.Support;
using LogMonitor.Tests.Support;

namespace LogMonitor.Standalone.Tests.Commands;

/// <summary>Storage accounts that are wrong, and an Azurite that can't be had: said in one message, without the key.</summary>
public sealed class StorageErrorTests(AzuriteFixture azurite)
{
    const string Secret = "c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0";

    [Theory]
    [InlineData($"AccountName=shop;AccountKey={Secret}x")]
    [InlineData($"BlobEndpoint={Secret}")]
    [InlineData(Secret)]
    public async Task AMalformedConnectionStringIsExplainedWithoutItsKey(string connectionString)
    {
        var output = await FailAsync(("LogStorage", connectionString));
        Assert.Equal(
            "logmonitor: The setting 'LogStorage' is not a storage connection string: expected 'DefaultEndpointsProtocol=…;AccountName=…;AccountKey=…;…' as the portal shows it under Access keys, or 'UseDevelopmentStorage=true'.\n", output);
    }

    [Fact]
    public async Task AWrongKeyIsSaidWithoutShowingIt()
    {
        var output = await FailAsync(("LogStorage", azurite.TakeAccount().Replace(AzuriteProcess.AccountKey, Secret, StringComparison.Ordinal)));
        Assert.Matches(@"\Alogmonitor: The storage account at http://127\.0\.0\.1:\d+ refused: 403 AuthorizationFailure\. Check the account key or the roles behind the setting 'LogStorage'\.\n\z", output);
    }

    [Fact]
    public async Task AnAccountThatDoesNotAnswerIsNamed()
    {
        var account = azurite.TakeAccount();
        var port = UnusedPort();
        var unreachable = string.Join(';', account.Split(';').Select(part => part.Contains("Endpoint=", StringComparison.Ordinal) ? $"{part.Split('=')[0]}=http://127.0.0.1:{port}/shop" : part));
        var output = await FailAsync(("LogStorage", unreachable));
        Assert.Equal(
            $"logmonitor: The storage account at http://127.0.0.1:{port} can't be reached. Check the address in the setting 'LogStorage', and that the account (or Azurite) is up.\n", output);
    }

    [Fact]
    public async Task AConnectionStringOnTheCommandLineIsTreatedTheSame()
    {
        using var folder = new TemporaryFolder();
        await using var program = LogMonitorProcess.Start(["up", "--port", "0", "--data", folder["data"], "--storage", $"AccountName=shop;AccountKey={Secret}x"]);
        Assert.Equal(2, await program.ExitAsync());
        Assert.StartsWith("logmonitor: The setting 'LogStorage' is not a storage connection string", program.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, program.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("npm", null)]
    [InlineData("node", "the tests' own")]
    public async Task WithoutNodeThePersonIsToldWhatToInstall(string missing, string? modules)
    {
        using var emptyPath = new TemporaryFolder();
        (string, string?)[] environment = [("PATH", emptyPath.Path), .. modules is null ? [("LOGMONITOR_AZURITE_MODULES", null)] : Array.Empty<(string, string?)>()];
        var output = await FailAsync(environment);
        Assert.EndsWith(
            $"logmonitor: The program '{missing}' was not found. Azurite needs Node.js 20 or later: install it (Debian: apt install nodejs npm), or name a storage account with --storage or LogStorage.\n",
            output, StringComparison.Ordinal);
    }

    [Fact]
    [SupportedOSPlatform("linux")]
    public async Task WhatNpmSaysIsPassedOn()
    {
        using var path = new TemporaryFolder();
        await File.WriteAllTextAsync(path["npm"], "#!/bin/sh\necho 'npm error network is unreachable' >&2\nexit 1\n", TestContext.Current.CancellationToken);
        File.SetUnixFileMode(path["npm"], UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var output = await FailAsync(("PATH", path.Path), ("LOGMONITOR_AZURITE_MODULES", null));
        Assert.Contains("Installing Azurite, the storage emulator, from npm (once; half a minute or so)…\n", output, StringComparison.Ordinal);
        Assert.Contains("It said:\nnpm error network is unreachable\nMend that, or name a storage account with --storage or LogStorage.\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AModulesFolderWithoutAzuriteIsNamed()
    {
        using var empty = new TemporaryFolder();
        Assert.Equal($"logmonitor: LOGMONITOR_AZURITE_MODULES is '{empty.Path}', but there is no azurite in it.\n", await FailAsync(("LOGMONITOR_AZURITE_MODULES", empty.Path)));
    }

    static async Task<string> FailAsync(params (string Name, string? Value)[] environment)
    {
        using var folder = new TemporaryFolder();
        await using var program = LogMonitorProcess.Start(["up", "--port", "0", "--data", folder["data"]], environment.ToDictionary(e => e.Name, e => e.Value));
        Assert.Equal(2, await program.ExitAsync());
        Assert.DoesNotContain(Secret, program.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", program.Output, StringComparison.Ordinal);
        return program.Output;
    }

    static int UnusedPort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
