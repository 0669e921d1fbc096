using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace LogMonitor.Shipper.Health;

/// <summary>
/// Answers GET for <c>/healthz</c>, <c>/metrics</c> and <c>/status</c>, one request a connection. A web server of a hundred lines instead of
/// a framework of several megabytes: what it reads is bounded, in bytes, time and connections, and it writes nothing but what it made itself.
/// </summary>
sealed class HealthServer : IAsyncDisposable
{
    const int MaxRequestBytes = 8 << 10, MaxConnections = 16;

    static readonly TimeSpan patience = TimeSpan.FromSeconds(5);

    readonly TcpListener listener;
    readonly Vitals vitals;
    readonly CancellationTokenSource stopping = new();
    readonly SemaphoreSlim places = new(MaxConnections);
    readonly Task accepting;

    HealthServer(TcpListener listener, Vitals vitals)
    {
        (this.listener, this.vitals) = (listener, vitals);
        accepting = AcceptAsync();
    }

    /// <summary>With the port that it got, where 0 was asked for.</summary>
    public IPEndPoint Address => (IPEndPoint)listener.LocalEndpoint;

    /// <exception cref="SocketException">The address can't be had.</exception>
    public static HealthServer Start(IPEndPoint address, Vitals vitals)
    {
        var listener = new TcpListener(address);
        listener.Start();
        return new HealthServer(listener, vitals);
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        listener.Stop();
        await accepting;
        stopping.Dispose();
        listener.Dispose();
    }

    async Task AcceptAsync()
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await places.WaitAsync(stopping.Token);
                var connection = await listener.AcceptSocketAsync(stopping.Token);
                _ = AnswerAsync(connection);
            }
            catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                if (error is SocketException) places.Release();
            }
        }
    }

    async Task AnswerAsync(Socket connection)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stopping.Token);
        limit.CancelAfter(patience);
        try
        {
            using (connection)
            {
                if (await ReadTargetAsync(connection, limit.Token) is not { } target) return;
                foreach (var part in Response(target)) await connection.SendAsync(part, limit.Token);
                connection.Shutdown(SocketShutdown.Send);
            }
        }
        catch (Exception error) when (error is SocketException or OperationCanceledException)
        {
            // Whoever asked went away, or took too long.
        }
        finally
        {
            places.Release();
        }
    }

    /// <summary>The target of a GET or HEAD; empty for another method, null when no request came.</summary>
    static async Task<string?> ReadTargetAsync(Socket connection, CancellationToken cancellationToken)
    {
        var buffer = new byte[MaxRequestBytes];
        var length = 0;
        // To the end of the headers: an answer to a request half read would be cut off by a reset.
        while (buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8) < 0)
        {
            if (length == buffer.Length) return null;
            var read = await connection.ReceiveAsync(buffer.AsMemory(length), cancellationToken);
            if (read == 0) return null;
            length += read;
        }
        var line = Encoding.Latin1.GetString(buffer, 0, buffer.AsSpan().IndexOf((byte)'\r')).Split(' ');
        return line is ["GET" or "HEAD", var target, _] ? $"{line[0]} {target.Split('?')[0]}" : "";
    }

    IEnumerable<ReadOnlyMemory<byte>> Response(string request)
    {
        var (status, type, body) = request.Split(' ') switch
        {
            [_, "/healthz"] => Health(),
            [_, "/metrics"] => ("200 OK", Metrics.ContentType, Metrics.Of(vitals.Status())),
            [_, "/status"] => ("200 OK", "application/json", JsonSerializer.Serialize(vitals.Status(), StatusJson.Default.ShipperStatus)),
            [_, _] => ("404 Not Found", "text/plain", "There are /healthz, /metrics and /status.\n"),
            _ => ("405 Method Not Allowed", "text/plain", "Only GET is answered.\n"),
        };
        var bytes = Encoding.UTF8.GetBytes(body);
        yield return Encoding.ASCII.GetBytes(
            $"HTTP/1.1 {status}\r\nContent-Type: {type}\r\nContent-Length: {bytes.Length}\r\nX-Content-Type-Options: nosniff\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n");
        if (!request.StartsWith("HEAD ", StringComparison.Ordinal)) yield return bytes;
    }

    (string Status, string Type, string Body) Health()
    {
        var status = vitals.Status();
        var lines = status.Troubles.Concat(status.Notes.Select(note => $"note: {note}"));
        return status.Troubles.Count == 0
            ? ("200 OK", "text/plain; charset=utf-8", string.Join('\n', ["ok", .. lines]) + "\n")
            : ("503 Service Unavailable", "text/plain; charset=utf-8", string.Join('\n', lines) + "\n");
    }
}
