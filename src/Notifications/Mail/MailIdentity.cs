using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace LogMonitor.Notifications.Mail;

/// <summary>
/// The names by which a mail is recognised: an attempt that repeats another has the same Message-ID, and all mails about
/// one alert refer to the same thread. Ids come from elsewhere, so what stands in a header or a file name is made here.
/// </summary>
static class MailIdentity
{
    public const string AlertHeader = "X-LogMonitor-Alert";
    public const string DeliveryHeader = "X-LogMonitor-Delivery";

    const int MaxToken = 100;

    static readonly SearchValues<char> tokenCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.");

    public static string MessageId(string deliveryId, string domain) => $"{Hash(deliveryId)}@{Domain(domain)}";

    /// <summary>The id of a mail that never was, which mail programs nevertheless sort answers under.</summary>
    public static string ThreadId(string alertId, string domain) => $"alert-{Hash(alertId)}@{Domain(domain)}";

    /// <summary>
    /// The id itself where it consists of letters, digits, <c>-</c>, <c>_</c> and <c>.</c> (not first) and has 1 to 100 of them,
    /// otherwise what is left of it with a hash of the whole: still one to one, and harmless in a header and a file name.
    /// </summary>
    public static string Token(string id)
    {
        if (id.Length is > 0 and <= MaxToken && id[0] != '.' && !id.AsSpan().ContainsAnyExcept(tokenCharacters)) return id;
        var kept = new string([.. id.Take(40).Select(c => tokenCharacters.Contains(c) ? c : '-')]).TrimStart('.');
        return $"{kept}-{Hash(id)}";
    }

    static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..32];

    static string Domain(string domain) =>
        domain.Length > 0 && !domain.AsSpan().ContainsAnyExcept(tokenCharacters) ? domain : "logmonitor.invalid";
}
