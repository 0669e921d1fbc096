using System.Net.Sockets;
using System.Text;

namespace LogMonitor.Shipper.Tests.Commands;

/// <summary>systemd's end of sd_notify.</summary>
sealed class NotifySocket : IDisposable
{
    readonly Socket socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { ReceiveTimeout = 30_000 };

    /// <param name="name">A path, or an abstract name behind '@'.</param>
    public NotifySocket(string name)
    {
        Name = name;
        socket.Bind(new UnixDomainSocketEndPoint(name[0] == '@' ? $"\0{name[1..]}" : name));
    }

    /// <summary>As NOTIFY_SOCKET.</summary>
    public string Name { get; }

    /// <summary>The next message; waits for one.</summary>
    public string Receive()
    {
        var buffer = new byte[4096];
        return Encoding.UTF8.GetString(buffer, 0, socket.Receive(buffer));
    }

    public void Dispose() => socket.Dispose();
}
