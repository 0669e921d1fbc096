using System.Net;
using System.Net.Sockets;
using LogMonitor.Tests.Support;

namespace LogMonitor.Standalone.Tests.Commands;

/// <summary>What the program says to wrong arguments, before anything is started.</summary>
public sealed class UsageTests
{
    [Theory]
    [InlineData("--port must be a whole number from 0 to 65535, but is '99999'.", "up", "--port", "99999")]
    [InlineData("--port must be a whole number from 0 to 65535, but is '99999'.", "--port", "99999")]
    [InlineData("--port must be a whole number from 0 to 65535, but is 'http'.", "up", "--port", "http")]
    [InlineData("--host must be letters, digits, '.', '_' and '-', beginning with a letter or digit, but is '../etc'.", "up", "--host", "../etc")]
    [InlineData("'watch'", "watch")]
    [InlineData("'access.log'", "up", "access.log")]
    public async Task AWrongCommandLineIsExplained(string message, params string[] arguments)
    {
        await using var program = LogMonitorProcess.Start(arguments);
        Assert.Equal(2, await program.ExitAsync());
        Assert.Contains(message, program.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", program.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--help", "  up")]
    [InlineData("--version", "0.1.0")]
    public async Task HelpAndVersionStartNothing(string argument, string expected)
    {
        await using var program = LogMonitorProcess.Start([argument]);
        Assert.Equal(0, await program.ExitAsync());
        Assert.Contains(expected, program.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task APortInUseIsNamed()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;
        using var folder = new TemporaryFolder();

        await using var program = LogMonitorProcess.Start(["up", "--port", $"{port}", "--data", folder["data"]]);

        Assert.Equal(2, await program.ExitAsync());
        Assert.Equal($"logmonitor: Port {port} is in use on 127.0.0.1. Stop the program that has it, or choose another port with --port.\n", program.Output);
    }

    [Fact]
    public async Task ADataDirectoryThatCannotBeOneIsNamed()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder["file"], "", TestContext.Current.CancellationToken);
        await using var program = LogMonitorProcess.Start(["up", "--port", "0", "--data", folder["file"]]);
        Assert.Equal(2, await program.ExitAsync());
        Assert.StartsWith($"logmonitor: The data directory '{folder["file"]}' can't be created: ", program.Output, StringComparison.Ordinal);
        Assert.EndsWith(" Choose another with --data.\n", program.Output, StringComparison.Ordinal);
    }
}
