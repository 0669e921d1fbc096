using LogMonitor.Shipper.Commands;
using LogMonitor.Shipper.Configuration;
using LogMonitor.Shipper.Tests.Support;
using LogMonitor.Tests.Support;

namespace LogMonitor.Shipper.Tests;

public sealed class ProgramTests(AzuriteFixture azurite) : IDisposable
{
    readonly DirectoryInfo root = Directory.CreateTempSubdirectory("shipper-");

    public void Dispose() => root.Delete(recursive: true);

    [Fact]
    public async Task SigtermShipsWhatIsCompleteAndEndsWithZero()
    {
        var container = await azurite.NewContainerAsync();
        var log = Path.Join(root.FullName, "access.log");
        await File.WriteAllTextAsync(log, "one\n", TestContext.Current.CancellationToken);
        await using var shipper = Start("run", "--log", $"access={log}", "--host", "web1", "--container", container.Name,
            "--connection-string-env", "TEST_STORAGE", "--state", Path.Join(root.FullName, "state"), "--flush", "1");
        await Poll.UntilAsync("the first line is stored", async () => await ServiceTests.TextAsync(container) == "one\n");
        await File.AppendAllTextAsync(log, "two\n", TestContext.Current.CancellationToken);

        Assert.Equal(0, await shipper.StopAsync());
        Assert.Equal("one\ntwo\n", await ServiceTests.TextAsync(container));
    }

    [Theory]
    [InlineData(2, "error: /nowhere/shipper.yml:1:1: there is no such file. Name the configuration with --config, or the log files with --log", "run", "--config", "/nowhere/shipper.yml")]
    [InlineData(2, "error: /nowhere/shipper.yml:1:1: there is no such file.", "--config", "/nowhere/shipper.yml", "--once")]
    [InlineData(2, "error: --state goes with --log: what a configuration says is not changed by arguments.", "run", "--config", "/nowhere/shipper.yml", "--state", "/a")]
    [InlineData(2, "error: Both --config and --log are given: name one of them.", "run", "--config", "/nowhere/shipper.yml", "--log", "/a")]
    [InlineData(2, "Unrecognized command or argument 'runn'.", "runn")]
    [InlineData(2, "error: No destination: give --container-url (or set LOGMONITOR_CONTAINER_URL), or --connection-string-env for Azurite.", "run", "--log", "/a")]
    [InlineData(2, "error: The host 'a b' can't be part of a chunk's name", "run", "--log", "/a", "--host", "a b", "--connection-string-env", "TEST_STORAGE")]
    [InlineData(2, "error: --flush 0 is out of range: use more than 0 and at most 86400 seconds.", "run", "--log", "/a", "--flush", "0", "--connection-string-env", "TEST_STORAGE")]
    [InlineData(1, "error: The state directory /dev/null/state can't be written: ", "run", "--log", "/a", "--state", "/dev/null/state", "--connection-string-env", "TEST_STORAGE")]
    public async Task ABadStartSaysWhyAndEndsWithItsCode(int exitCode, string message, params string[] arguments)
    {
        var result = await ShipperProcess.RunAsync(Environment(), arguments);

        Assert.StartsWith(message, result.Errors, StringComparison.Ordinal);
        Assert.Equal(exitCode, result.ExitCode);
    }

    [Theory]
    [InlineData("not a url?sig=topsecret", "The container URL is not an http or https address")]
    [InlineData("https://account.blob.core.windows.net/?sig=topsecret", "The container URL https://account.blob.core.windows.net/ names no container: append it, as in https://account.blob.core.windows.net/incoming.")]
    [InlineData("http://account.blob.core.windows.net/incoming?sig=topsecret", "The container URL http://account.blob.core.windows.net/incoming is not encrypted")]
    [InlineData("http://127.0.0.1:10000/account/incoming", "The container URL http://127.0.0.1:10000/account/incoming has no SAS")]
    public void AUrlThatCannotBeAContainerIsRefusedWithoutItsSecret(string url, string expected)
    {
        var error = Assert.Throws<ShipperException>(() => Destination.Open(Destination.FromArguments(url, null, "incoming", _ => null), _ => null));

        Assert.StartsWith(expected, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("topsecret", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "The environment variable X is not set")]
    [InlineData("AccountKey=topsecret", "The environment variable X does not hold a storage connection string")]
    public void AConnectionStringThatIsNoneIsRefusedWithoutItsSecret(string? value, string expected)
    {
        var error = Assert.Throws<ShipperException>(() => Destination.Open(Destination.FromArguments(null, "X", "incoming", _ => value), _ => value));

        Assert.StartsWith(expected, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("topsecret", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/var/log/a=b.log", "/var/log/a=b.log", null)]
    [InlineData("shop=/var/log/a.log", "/var/log/a.log", "shop")]
    [InlineData("samples/access.log", "samples/access.log", null)]
    public void ALogArgumentMayNameItsStream(string argument, string path, string? stream) =>
        Assert.Equal(new FollowedPath(path, stream), RunCommand.Followed(argument));

    ShipperProcess Start(params string[] arguments) => ShipperProcess.Start(Environment(), arguments);

    Dictionary<string, string?> Environment() => new() { ["TEST_STORAGE"] = azurite.ConnectionString, ["LOGMONITOR_CONTAINER_URL"] = null };
}
