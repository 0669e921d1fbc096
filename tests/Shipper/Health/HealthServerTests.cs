using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using LogMonitor.Shipper.Health;
using LogMonitor.Shipper.Tests.Support;
using LogMonitor.Shipper.Upload;
using LogMonitor.Tests.Support;

namespace LogMonitor.Shipper.Tests.Health;

public sealed class HealthServerTests : IAsyncDisposable
{
    readonly TemporaryFolder folder = new();
    readonly MemorySink sink = new();
    readonly CancellationTokenSource stop = new();
    readonly HttpClient http = new();
    readonly List<Task> running = [];
    HealthServer? server;

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await Task.WhenAll(running);
        if (server is not null) await server.DisposeAsync();
        http.Dispose();
        stop.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task AShipperThatShipsIsHealthyAndCountsWhatItStored()
    {
        await File.WriteAllTextAsync(folder["a.log"], "one\ntwo\n", TestContext.Current.CancellationToken);
        Start(folder["a.log"]);
        await MetricAsync("logmonitor_shipper_chunks_total 1");
        await MetricAsync($"logmonitor_shipper_file_lag_bytes{{path=\"{folder["a.log"]}\"}} 0");

        var metrics = await GetAsync("/metrics");

        Assert.Contains("\nlogmonitor_shipper_lines_total 2\n", metrics.Body, StringComparison.Ordinal);
        Assert.Contains("\nlogmonitor_shipper_bytes_total 8\n", metrics.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("logmonitor_shipper_last_success_time_seconds 0\n", metrics.Body, StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.OK, "ok\n"), await GetAsync("/healthz"));
    }

    [Fact]
    public async Task AHeldUploadIsRedWithItsReasonAndGreenAgainWhenItIsMended()
    {
        PutResult? answer = new PutResult(PutOutcome.Held, "Access is denied.") { Kind = FaultKind.Denied };
        sink.Fault = _ => answer;
        await File.WriteAllTextAsync(folder["a.log"], "one\n", TestContext.Current.CancellationToken);
        Start(folder["a.log"]);

        await MetricAsync("logmonitor_shipper_errors_total{kind=\"denied\"} 1");
        await Poll.UntilAsync("it is red", async () => await GetAsync("/healthz") == (HttpStatusCode.ServiceUnavailable, "Access is denied.\n"));
        var status = await StatusAsync();
        answer = null;
        await Poll.UntilAsync("it is green", async () => await GetAsync("/healthz") == (HttpStatusCode.OK, "ok\n"));

        Assert.Equal("Access is denied.", status.LastError?.Message);
        var file = Assert.Single(status.Files);
        Assert.Equal((4, 0, 4, "Access is denied."), (file.Size, file.Offset, file.LagBytes, file.Error));
    }

    [Fact]
    public async Task WhatIsNotThereYetIsNoAlarm()
    {
        Start(folder["*.log"]);

        await Poll.UntilAsync("the note is there", async () =>
            await GetAsync("/healthz") is (HttpStatusCode.OK, var body) && body.StartsWith($"ok\nnote: No file matches {folder["*.log"]}.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task AnUnfinishedLineWaitsForItsWriterAndNotForTheShipper()
    {
        await File.WriteAllTextAsync(folder["a.log"], "one\ntw", TestContext.Current.CancellationToken);
        Start(folder["a.log"]);

        await Poll.UntilAsync("the first line is stored", async () => (await StatusAsync()).Files is [{ Offset: 4, LagBytes: 2, LagSeconds: 0 }]);
    }

    [Fact]
    public async Task ANameWithAQuoteOrANewLineIsEscaped()
    {
        await File.WriteAllTextAsync(folder["a\"\n\\.log"], "one\n", TestContext.Current.CancellationToken);
        Start(folder["*.log"]);

        await MetricAsync($"logmonitor_shipper_file_lag_bytes{{path=\"{folder.Path}/a\\\"\\n\\\\.log\"}} 0");
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n\r\n", "HTTP/1.1 404 Not Found")]
    [InlineData("GET /healthz?x=1 HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 200 OK")]
    [InlineData("HEAD /metrics HTTP/1.1\r\n\r\n", "HTTP/1.1 200 OK")]
    [InlineData("POST /healthz HTTP/1.1\r\nContent-Length: 1\r\n\r\nx", "HTTP/1.1 405 Method Not Allowed")]
    [InlineData("\r\n\r\n", "HTTP/1.1 405 Method Not Allowed")]
    [InlineData("\0\u00ff\r\n\r\n", "HTTP/1.1 405 Method Not Allowed")]
    public async Task AnyRequestHasAnAnswerAndAHeadHasNoBody(string request, string expected)
    {
        Start(folder["*.log"]);

        var answer = await SendAsync(Encoding.Latin1.GetBytes(request));

        Assert.StartsWith(expected, answer, StringComparison.Ordinal);
        if (request.StartsWith("HEAD", StringComparison.Ordinal)) Assert.EndsWith("\r\n\r\n", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ARequestWithoutAnEndIsClosedAndOthersAreAnswered()
    {
        Start(folder["*.log"]);

        var endless = await SendAsync(new byte[100_000]);

        Assert.Equal("", endless);
        Assert.Equal(HttpStatusCode.OK, (await GetAsync("/metrics")).Status);
    }

    [Fact]
    public async Task ConnectionsThatSayNothingDoNotKeepOthersOutForLong()
    {
        Start(folder["*.log"]);
        var silent = new List<TcpClient>();
        for (var i = 0; i < 20; i++)
        {
            silent.Add(new TcpClient());
            await silent[^1].ConnectAsync(server!.Address, TestContext.Current.CancellationToken);
        }

        Assert.Equal(HttpStatusCode.OK, (await GetAsync("/healthz")).Status);

        foreach (var client in silent) client.Dispose();
    }

    void Start(string path)
    {
        var shipper = new ShipperService(
            new ShipperOptions
            {
                Host = "web1",
                Files = [new FollowedPath(path)],
                StateDirectory = folder["state"],
                FlushInterval = TimeSpan.FromMilliseconds(100),
                PollInterval = TimeSpan.FromMilliseconds(50),
            },
            sink, TimeProvider.System, new Messages());
        server = HealthServer.Start(new IPEndPoint(IPAddress.Loopback, 0), shipper.Vitals);
        running.Add(shipper.RunAsync(stop.Token));
    }

    Task MetricAsync(string line) => Poll.UntilAsync(line, async () => (await GetAsync("/metrics")).Body.Split('\n').Contains(line));

    async Task<(HttpStatusCode Status, string Body)> GetAsync(string path)
    {
        using var response = await http.GetAsync(new Uri($"http://{server!.Address}{path}"), TestContext.Current.CancellationToken);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    async Task<ShipperStatus> StatusAsync() => JsonSerializer.Deserialize((await GetAsync("/status")).Body, StatusJson.Default.ShipperStatus)!;

    async Task<string> SendAsync(byte[] request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(server!.Address, TestContext.Current.CancellationToken);
        try
        {
            await client.GetStream().WriteAsync(request, TestContext.Current.CancellationToken);
            using var reader = new StreamReader(client.GetStream(), Encoding.Latin1);
            return await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
        }
        catch (IOException)
        {
            // Reset: there was more to read than is read.
            return "";
        }
    }
}
