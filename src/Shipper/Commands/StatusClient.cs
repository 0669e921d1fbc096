using System.Net;
using System.Text.Json;
using LogMonitor.Shipper.Health;

namespace LogMonitor.Shipper.Commands;

/// <summary>Asks the shipper that runs.</summary>
static class StatusClient
{
    static readonly TimeSpan patience = TimeSpan.FromSeconds(5);

    /// <summary>Null when none answers there, or something else does.</summary>
    public static async Task<ShipperStatus?> ReadAsync(IPEndPoint address, CancellationToken cancellationToken)
    {
        // A listener on all addresses answers on loopback.
        if (address.Address.Equals(IPAddress.Any)) address = new(IPAddress.Loopback, address.Port);
        if (address.Address.Equals(IPAddress.IPv6Any)) address = new(IPAddress.IPv6Loopback, address.Port);
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = patience };
        try
        {
            return JsonSerializer.Deserialize(await http.GetStringAsync(new Uri($"http://{address}/status"), cancellationToken), StatusJson.Default.ShipperStatus);
        }
        catch (Exception error) when (error is HttpRequestException or JsonException || (error is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return null;
        }
    }
}
