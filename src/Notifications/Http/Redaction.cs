using System.Net;
using System.Text.Json;

namespace LogMonitor.Notifications.Http;

/// <summary>
/// Takes secrets out of what a service says before it is quoted: servers, proxies and frameworks like to repeat the address they were asked for, and an answer is stored
/// and shown.
/// </summary>
static class Redaction
{
    const string Hidden = "[hidden]";

    /// <summary>Shorter parts of an address are words such as <c>hooks</c>, which an answer may say; no service's secrets are that short.</summary>
    const int MinPart = 8;

    /// <summary>The text without these, in whatever way they are written. To be called before it is cut: half a secret is no longer recognised.</summary>
    public static string Of(string text, IEnumerable<string> secrets)
    {
        // The longest first: an address before its parts.
        foreach (var form in secrets.SelectMany(Forms).Where(form => form.Length > 1).Distinct(StringComparer.Ordinal).OrderByDescending(form => form.Length))
            text = text.Replace(form, Hidden, StringComparison.OrdinalIgnoreCase);
        return text;
    }

    /// <summary>What of an address is secret: all behind the host, and each part that may be a key by itself.</summary>
    public static IEnumerable<string> Of(Uri address) =>
    [
        address.AbsoluteUri, address.PathAndQuery, address.AbsolutePath, address.Query,
        .. address.PathAndQuery.Split('/', '?', '&', '=', ';').Where(part => part.Length >= MinPart),
    ];

    static IEnumerable<string> Forms(string secret) =>
        ((IEnumerable<string>)[secret, Uri.EscapeDataString(secret), Uri.UnescapeDataString(secret)])
        .SelectMany(form => (IEnumerable<string>)[form, WebUtility.HtmlEncode(form), JsonEncodedText.Encode(form).ToString(), form.Replace("/", "\\/", StringComparison.Ordinal)]);
}
