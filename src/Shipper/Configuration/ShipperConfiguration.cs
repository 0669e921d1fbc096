using System.Net;

namespace LogMonitor.Shipper.Configuration;

/// <summary>All that an administrator decides.</summary>
/// <param name="Options">What is shipped, and how it is cut.</param>
/// <param name="Destination">Where to, and as whom.</param>
/// <param name="Listen">Where health and metrics are served; null for nowhere.</param>
sealed record ShipperConfiguration(ShipperOptions Options, DestinationOptions Destination, IPEndPoint? Listen)
{
    public const string DefaultFile = "/etc/logmonitor/shipper.yml";

    public const string DefaultStateDirectory = "/var/lib/logmonitor-shipper";

    /// <summary>Outside of the ports that exporters of metrics share among each other (9100 to 9999), and below those of outgoing connections.</summary>
    public static readonly IPEndPoint DefaultListen = new(IPAddress.Loopback, 19464);
}
