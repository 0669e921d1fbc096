using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;

namespace LogMonitor.Shipper.Tests.Commands;

/// <summary>systemd's end of sd_notify. Read all the time, as systemd does: the kernel keeps ten messages only.</summary>
sealed class NotifySocket : IDisposable
{
    static readonly TimeSpan patience = TimeSpan.FromSeconds(30);

    readonly Socket socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
    readonly BlockingCollection<string> received = [];
    readonly Task reading;

    /// <param name="name">A path, or an abstract name behind '@'.</param>
    public NotifySocket(string name)
    {
        Name = name;
        socket.Bind(new UnixDomainSocketEndPoint(name[0] == '@' ? $"\0{name[1..]}" : name));
        reading = ReadAsync();
    }

    /// <summary>As NOTIFY_SOCKET.</summary>
    public string Name { get; }

    /// <summary>The next message; waits for one.</summary>
    public string Receive() => received.TryTake(out var message, patience) ? message : throw new TimeoutException($"Nothing was said to systemd within {patience}.");

    public void Dispose()
    {
        socket.Dispose();
        reading.Wait();
        received.Dispose();
    }

    async Task ReadAsync()
    {
        var buffer = new byte[4096];
        try
        {
            while (true) received.Add(Encoding.UTF8.GetString(buffer, 0, await socket.ReceiveAsync(buffer)));
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }
}
