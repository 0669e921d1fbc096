using Azure.Identity;
using LogMonitor.Functions;
using LogMonitor.Standalone.Tests.Support;
using LogMonitor.Tests.Support;

namespace LogMonitor.Standalone.Tests.Health;

/// <summary>What a collector gets from the real program, over OTLP.</summary>
public sealed class TelemetryTests(AzuriteFixture azurite)
{
    static readonly CancellationToken none = TestContext.Current.CancellationToken;

    [Fact]
    public async Task ACollectorGetsWhatThePipelineMeasuresOfItself()
    {
        await using var collector = await HookServer.StartAsync();
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder["access.log"], string.Concat(Enumerable.Range(0, 6).Select(second => $"192.0.2.1 - - [01/Nov/2026:09:00:0{second} +0000] \"GET /{second} HTTP/1.1\" 404 12\n")), none);
        await using var program = LogMonitorProcess.Start(["up", "--port", "0", "--host", "web1", "--data", folder["data"], "--log", folder["access.log"]], new Dictionary<string, string?>
        {
            ["LogStorage"] = azurite.TakeAccount(),
            ["EvaluateSchedule"] = "* * * * * *",
            ["Alerts__OldAfter"] = "00:00:00",
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Address.ToString(),
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
            ["OTEL_METRIC_EXPORT_INTERVAL"] = "500",
        });
        await program.AddressAsync();

        // Names and attributes stand in the messages as text.
        string[] expected = ["logmonitor.lines", "access", "logmonitor.chunks", "ingested", "logmonitor.ingest.lag", "logmonitor.evaluation.duration", "logmonitor.alert.decisions", "logmonitor.deliveries", "mail-folder", "sent", "dotnet.gc.collections", "service.name"];
        await Poll.UntilAsync("all measurements", () => Task.FromResult(collector.Requests.Any(request => expected.All(word => request.Body.Contains(word, StringComparison.Ordinal)))), TimeSpan.FromMinutes(1));
        Assert.All(collector.Requests, request => Assert.Equal(("POST", "/v1/metrics"), (request.Method, request.Path)));
        // Nothing of a log.
        Assert.DoesNotContain(collector.Requests, request => request.Body.Contains("192.0.2.1", StringComparison.Ordinal) || request.Body.Contains("access.log", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData("", false)]
    [InlineData("Authorization=AAD", true)]
    [InlineData("ClientId=11111111-0000-0000-0000-000000000000;Authorization=AAD", true)]
    [InlineData("ClientId=11111111-0000-0000-0000-000000000000", false)]
    public void AnIdentityIsTakenAsTheFunctionsHostIsToldIt(string? authentication, bool isIdentity) =>
        Assert.Equal(isIdentity, Telemetry.CredentialOf(authentication) is ManagedIdentityCredential);
}
