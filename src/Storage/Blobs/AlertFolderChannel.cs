using System.Globalization;
using Azure;
using Azure.Storage.Blobs;
using LogMonitor.Core.Alerting;

namespace LogMonitor.Storage.Blobs;

/// <summary>The designated folder: each alert as a readable text file in the container <c>alerts</c>, <c>yyyy/MM/dd/{time}-{level}-{id}.txt</c> by its first event.</summary>
/// <param name="alerts">The container.</param>
/// <param name="render">An alert as plain text.</param>
sealed class AlertFolderChannel(BlobContainerClient alerts, Func<AlertMessage, string> render) : IChannel
{
    public string Name => "alerts-folder";

    public bool IsRecord => true;

    public async Task<DeliveryResult> SendAsync(AlertMessage message, string deliveryId, CancellationToken cancellationToken)
    {
        // The time when it was opened stands in its id; the first match may move when late lines come in, and the file must not.
        var opened = message.AlertId.Split('-') is [_, var hex] && long.TryParse(hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var time)
            ? DateTimeOffset.FromUnixTimeMilliseconds(time) : message.First;
        var name = string.Create(CultureInfo.InvariantCulture, $"{opened:yyyy/MM/dd/HHmmss}-{message.Level}-{message.AlertId}.txt");
        try
        {
            await alerts.GetBlobClient(name).UploadAsync(BinaryData.FromString(render(message)), overwrite: true, cancellationToken).ConfigureAwait(false);
            return new DeliveryResult.Sent($"{Containers.Alerts}/{name}");
        }
        catch (RequestFailedException e)
        {
            return new DeliveryResult.Retry(null, $"the container '{Containers.Alerts}' refused it: {e.Status} {e.ErrorCode}");
        }
    }
}
