using System.Diagnostics;

namespace LogMonitor.Dashboard.Tests;

public sealed class PureFunctionTests
{
    /// <summary>src/Dashboard/tests: gaps in the counts, times, display text.</summary>
    [Fact]
    public async Task ThePagesOwnUnitTestsPass()
    {
        using var npm = Process.Start(new ProcessStartInfo("npm", ["run", "--silent", "test"])
        {
            WorkingDirectory = Source.PathOf("."),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var output = npm.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = npm.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await npm.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(npm.ExitCode == 0, await output + await error);
    }
}
