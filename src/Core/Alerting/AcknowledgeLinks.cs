using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace LogMonitor.Core.Alerting;

/// <summary>
/// Links by which whoever gets a message can acknowledge its alert: signed, so that nobody makes up others, and good for a week. Following one only asks
/// (mail scanners follow links); the answer acknowledges.
/// </summary>
/// <param name="dashboard">Where the dashboard is; null for no links.</param>
/// <param name="key">The key of the signatures, at least <see cref="MinKeyLength"/> characters; null for no links. A secret.</param>
public sealed class AcknowledgeLinks(Uri? dashboard, string? key)
{
    /// <summary>The path behind the dashboard's address.</summary>
    public const string Route = "acknowledge";

    /// <summary>32.</summary>
    public const int MinKeyLength = 32;

    /// <summary>7 days.</summary>
    public static TimeSpan Validity { get; } = TimeSpan.FromDays(7);

    /// <summary>The link for an alert; null where there are none.</summary>
    public Uri? For(string alertId, DateTimeOffset now)
    {
        if (dashboard is null || key is null) return null;
        var until = (now + Validity).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        return new Uri(dashboard, $"{Route}?alert={Uri.EscapeDataString(alertId)}&until={until}&signature={Sign(alertId, until, key)}");
    }

    /// <summary>Whether a link was made here, and is still good.</summary>
    public bool IsGood(string? alertId, string? until, string? signature, DateTimeOffset now) =>
        key is not null && alertId is not null && until is not null && signature is not null
        && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(signature), Encoding.UTF8.GetBytes(Sign(alertId, until, key)))
        && long.TryParse(until, NumberStyles.None, CultureInfo.InvariantCulture, out var end) && now.ToUnixTimeSeconds() < end;

    // No id has a line end.
    static string Sign(string alertId, string until, string key) =>
        Base64Url.EncodeToString(HMACSHA256.HashData(Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes($"acknowledge\n{until}\n{alertId}")));
}
