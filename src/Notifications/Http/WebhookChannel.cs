using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using LogMonitor.Core.Alerting;

namespace LogMonitor.Notifications.Http;

/// <summary>A POST to an address of the user's: our own document, or a message for Slack or Teams.</summary>
sealed class WebhookChannel(HttpClient http, WebhookDefinition definition, TimeProvider time) : IChannel
{
    /// <summary>Has <c>t={seconds since 1970},v1={hex}</c>: the HMAC-SHA256 of <c>{t}.{body}</c> with the channel's secret.</summary>
    public const string SignatureHeader = "X-LogMonitor-Signature";

    /// <summary>The same for each attempt at one delivery.</summary>
    public const string IdempotencyHeader = "Idempotency-Key";

    readonly HttpDelivery delivery = new(http, time);

    public string Name => definition.Name;

    string Service => definition.Form switch { WebhookForm.Slack => "Slack", WebhookForm.Teams => "Teams", _ => $"The web hook '{Name}'" };

    /// <summary>Whether its address and key are there: a request would be a message.</summary>
    public Task<string?> ProbeAsync(CancellationToken cancellationToken) => Task.FromResult(Secrets.FindProblem(definition.Url, definition.Signing));

    public async Task<DeliveryResult> SendAsync(AlertMessage message, string deliveryId, CancellationToken cancellationToken)
    {
        if (Secrets.Read(definition.Url, out var problem) is not { } address) return Mendable(problem);
        // What stands in the file itself was checked there; in an error, it is not quoted.
        if (!Uri.TryCreate(address, UriKind.Absolute, out var url) || !(url.Scheme == Uri.UriSchemeHttps || (url.Scheme == Uri.UriSchemeHttp && url.IsLoopback)))
            return Mendable($"What {definition.Url} holds is not an https address.");
        var body = Encoding.UTF8.GetBytes(BodyOf(message));
        var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json", "utf-8") } } };
        request.Headers.Add(IdempotencyHeader, Mail.MailIdentity.Token(deliveryId));
        List<string> secrets = [.. Redaction.Of(url), .. message.AcknowledgeUrl is { } acknowledge ? Redaction.Of(acknowledge) : []];
        if (definition.Signing is { } signing)
        {
            if (Secrets.Read(signing, out problem) is not { } key) return Mendable(problem);
            secrets.Add(key);
            request.Headers.Add(SignatureHeader, Sign(body, Encoding.UTF8.GetBytes(key), time.GetUtcNow().ToUnixTimeSeconds()));
        }
        return await delivery.SendAsync(request, Service, $"Check the address of the channel '{Name}' in alerts.yml.", secrets, null, cancellationToken);
    }

    string BodyOf(AlertMessage message) => definition.Form switch
    {
        WebhookForm.Slack => SlackMessage.Of(message).ToJsonString(),
        WebhookForm.Teams => TeamsMessage.Of(message),
        _ => AlertDocument.Of(message).ToJsonString(),
    };

    static string Sign(byte[] body, byte[] key, long seconds)
    {
        byte[] signed = [.. Encoding.ASCII.GetBytes($"{seconds}."), .. body];
        return $"t={seconds},v1={Convert.ToHexStringLower(HMACSHA256.HashData(key, signed))}";
    }

    static DeliveryResult.Retry Mendable(string why) => new(HttpDelivery.UntilMended, why);
}
