using System.Diagnostics;
using LogMonitor.Tests.Support;

namespace LogMonitor.Infra.Tests;

/// <summary>What runs after a deployment of the code, with an Azure CLI of the test's own.</summary>
public sealed class HookTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task TheKeyOfEventsIsWaitedForAndEachTryNamesAzdsSubscription()
    {
        var (exit, said, calls) = await RunAsync(signedIn: true, failures: 2);
        Assert.Equal((0, 3), (exit, calls.Count(call => call.StartsWith("deployment ", StringComparison.Ordinal))));
        Assert.All(calls, call => Assert.Contains("--subscription a-subscription", call, StringComparison.Ordinal));
        Assert.Contains("--resource-group rg-test --template-file infra/events.bicep --parameters topic=evgt-1 functionApp=func-1 dataAccount=st1", calls[^1], StringComparison.Ordinal);
        Assert.Contains("Shippers need destination.url: https://st1.blob.core.windows.net/incoming", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AfterTenTriesItSaysWhatToDoAndThatNothingIsLost()
    {
        var (exit, said, calls) = await RunAsync(signedIn: true, failures: 99);
        Assert.Equal((1, 10), (exit, calls.Count(call => call.StartsWith("deployment ", StringComparison.Ordinal))));
        Assert.Contains("what they miss is read by the sweep", said, StringComparison.Ordinal);
        Assert.Contains("azd hooks run postdeploy", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhoIsNotSignedInIsToldSoAtOnce()
    {
        var (exit, said, calls) = await RunAsync(signedIn: false, failures: 0);
        Assert.Equal((1, 1), (exit, calls.Length));
        Assert.Contains("does not reach the subscription a-subscription: sign in with 'az login'", said, StringComparison.Ordinal);
    }

    async Task<(int ExitCode, string Said, string[] Calls)> RunAsync(bool signedIn, int failures)
    {
        var cancel = TestContext.Current.CancellationToken;
        await WriteAsync("az", $$"""
            #!/bin/sh
            echo "$*" >> '{{folder["calls"]}}'
            case "$1" in
              account) exit {{(signedIn ? 0 : 1)}} ;;
              *) [ "$(grep -c ^deployment '{{folder["calls"]}}')" -gt {{failures}} ] ;;
            esac
            """, cancel);
        await WriteAsync("sleep", "#!/bin/sh\n", cancel);
        var start = new ProcessStartInfo("sh", [Repository.PathOf("infra/hooks/postdeploy.sh")]) { WorkingDirectory = Repository.Root, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PATH"] = $"{folder.Path}:{Environment.GetEnvironmentVariable("PATH")}";
        foreach (var (name, value) in new[]
        {
            ("AZURE_SUBSCRIPTION_ID", "a-subscription"), ("AZURE_RESOURCE_GROUP", "rg-test"), ("AZURE_FUNCTION_APP", "func-1"), ("LOGMONITOR_TOPIC", "evgt-1"), ("LOGMONITOR_ACCOUNT", "st1"),
            ("LOGMONITOR_INCOMING_URL", "https://st1.blob.core.windows.net/incoming"),
        }) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(cancel), process.StandardError.ReadToEndAsync(cancel));
        await process.WaitForExitAsync(cancel);
        return (process.ExitCode, await output + await errors, await File.ReadAllLinesAsync(folder["calls"], cancel));
    }

    async Task WriteAsync(string name, string script, CancellationToken cancel)
    {
        await File.WriteAllTextAsync(folder[name], script, cancel);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(folder[name], UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }
}
