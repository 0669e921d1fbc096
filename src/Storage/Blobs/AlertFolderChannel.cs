using System.Globalization;
using System.Text;
using Azure;
using Azure.Storage.Blobs;
using LogMonitor.Core.Alerting;
using LogMonitor.Core.Text;

namespace LogMonitor.Storage.Blobs;

/// <summary>The designated folder: each alert as a readable text file in the container <c>alerts</c>, <c>yyyy/MM/dd/{time}-{level}-{id}.txt</c> by its first event.</summary>
sealed class AlertFolderChannel(BlobContainerClient alerts) : IChannel
{
    public string Name => "folder";

    public async Task<DeliveryResult> SendAsync(AlertMessage message, string deliveryId, CancellationToken cancellationToken)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{message.First:yyyy/MM/dd/HHmmss}-{message.Level}-{message.AlertId}.txt");
        try
        {
            await alerts.GetBlobClient(name).UploadAsync(BinaryData.FromString(Compose(message)), overwrite: true, cancellationToken).ConfigureAwait(false);
            return new DeliveryResult.Sent($"{Containers.Alerts}/{name}");
        }
        catch (RequestFailedException e)
        {
            return new DeliveryResult.Retry(null, $"the container '{Containers.Alerts}' refused it: {e.Status} {e.ErrorCode}");
        }
    }

    static string Compose(AlertMessage message)
    {
        var text = new StringBuilder();
        Line("Alert", message.Title.ToString());
        Line("Level", message.Level);
        Line("Host", message.Host.ToString());
        foreach (var (field, value) in message.Group) Line(field, value.ToString());
        Line("Matches", string.Create(CultureInfo.InvariantCulture, $"{message.Count}, at most {message.Peak} in a window"));
        Line("Threshold", message.Threshold);
        Line("First", message.First.UtcDateTime.ToString("u", CultureInfo.InvariantCulture));
        Line("Last", message.Last.UtcDateTime.ToString("u", CultureInfo.InvariantCulture));
        Line("Status", $"{message.Kind} ({message.Reason})");
        Line("Rule", message.RuleId);
        if (message.DashboardUrl is { } url) Line("Dashboard", url.ToString());
        if (message.Samples.Count > 0) text.Append('\n').Append("First matching lines:\n");
        foreach (var sample in message.Samples) text.Append("  ").Append(sample).Append('\n');
        return text.ToString();

        void Line(string label, string value) => text.Append(DisplayText.From(label)).Append(": ").Append(value).Append('\n');
    }
}
