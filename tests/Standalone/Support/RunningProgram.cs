using System.Net.Sockets;
using System.Text;
using LogMonitor.Tests.Support;

namespace LogMonitor.Standalone.Tests.Support;

/// <summary>One running program with a small log, for tests that only ask it.</summary>
public sealed class RunningProgram(AzuriteFixture azurite) : IAsyncLifetime
{
    readonly TemporaryFolder folder = new();
    LogMonitorProcess? process;
    HttpClient? client;

    public HttpClient Client => client!;

    public async ValueTask InitializeAsync()
    {
        await File.WriteAllTextAsync(folder["access.log"], """
            192.0.2.1 - - [01/Nov/2026:09:00:00 +0000] "GET / HTTP/1.1" 200 12
            192.0.2.1 - - [01/Nov/2026:09:00:01 +0000] "GET /gone HTTP/1.1" 404 12

            """);
        process = LogMonitorProcess.Start(
            ["up", "--port", "0", "--host", "web1", "--data", folder["data"], "--log", folder["access.log"]],
            new Dictionary<string, string?> { ["LogStorage"] = azurite.TakeAccount(), ["EvaluateSchedule"] = "* * * * * *" });
        client = await process.ConnectAsync();
        await Poll.UntilAsync("a report of the log", async () => (await client.GetStringAsync("api/reports")).Contains("\"lines\":2", StringComparison.Ordinal));
    }

    /// <summary>Sends a request target as it is, which no HTTP client does, and returns the whole answer.</summary>
    public async Task<string> GetRawAsync(string target, string host = "localhost")
    {
        using var connection = new TcpClient();
        await connection.ConnectAsync(Client.BaseAddress!.Host, Client.BaseAddress.Port);
        await connection.GetStream().WriteAsync(Encoding.Latin1.GetBytes($"GET {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"));
        using var reader = new StreamReader(connection.GetStream(), Encoding.Latin1);
        return await reader.ReadToEndAsync();
    }

    public async ValueTask DisposeAsync()
    {
        client?.Dispose();
        if (process is not null) await process.DisposeAsync();
        folder.Dispose();
    }
}
