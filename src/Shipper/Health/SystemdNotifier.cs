using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace LogMonitor.Shipper.Health;

/// <summary>
/// Tells systemd how the service is: sd_notify(3)'s protocol, datagrams to the socket that NOTIFY_SOCKET names. Without
/// one (another init, a terminal) it says nothing.
/// </summary>
sealed class SystemdNotifier : IDisposable
{
    readonly Lock gate = new();
    readonly TimeProvider time;
    readonly Socket? socket;
    readonly TimeSpan? watchdog;
    long fedAt;
    string said = "";

    public SystemdNotifier(Func<string, string?> environment, TimeProvider time)
    {
        this.time = time;
        fedAt = time.GetTimestamp();
        socket = Connect(environment("NOTIFY_SOCKET"));
        var isMine = environment("WATCHDOG_PID") is not { Length: > 0 } pid || pid == Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        if (isMine && long.TryParse(environment("WATCHDOG_USEC"), NumberStyles.None, CultureInfo.InvariantCulture, out var microseconds) && microseconds > 0)
            watchdog = TimeSpan.FromMicroseconds(microseconds);
    }

    /// <summary>Whether anybody hears it.</summary>
    public bool IsListening => socket is not null;

    public void Ready() => Send("READY=1");

    /// <summary>Ends with <see cref="Ready"/>, whatever comes of it. Stopwatch is CLOCK_MONOTONIC, which Type=notify-reload wants to know.</summary>
    public void Reloading() => Send(string.Create(CultureInfo.InvariantCulture, $"RELOADING=1\nMONOTONIC_USEC={Stopwatch.GetTimestamp() / (Stopwatch.Frequency / 1_000_000)}"));

    public void Stopping() => Send("STOPPING=1");

    /// <summary>What <c>systemctl status</c> shows; sent when it changes.</summary>
    public void Status(string text)
    {
        if (text != said && Send($"STATUS={text.ReplaceLineEndings(" ")}")) said = text;
    }

    /// <summary>To be called by the work itself, never by a clock: a shipper that is stuck is to be restarted.</summary>
    public void Progress()
    {
        lock (gate)
        {
            if (watchdog is not { } limit || time.GetElapsedTime(fedAt) < limit / 4) return;
            fedAt = time.GetTimestamp();
        }
        Send("WATCHDOG=1");
    }

    public void Dispose() => socket?.Dispose();

    static Socket? Connect(string? path)
    {
        if (path is not ['/' or '@', ..]) return null;
        // A service manager that does not listen just now must not hold up the shipping.
        var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { SendTimeout = 1_000 };
        try
        {
            // '@' stands for the NUL that begins an abstract name.
            socket.Connect(new UnixDomainSocketEndPoint(path[0] == '@' ? $"\0{path[1..]}" : path));
            return socket;
        }
        catch (SocketException)
        {
            socket.Dispose();
            return null;
        }
    }

    bool Send(string state)
    {
        try
        {
            return socket?.Send(Encoding.UTF8.GetBytes(state)) > 0;
        }
        catch (SocketException)
        {
            return false; // systemd will say what it misses.
        }
    }
}
