using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using LogMonitor.Core.Alerting;
using Microsoft.Extensions.Options;
using SendGrid;

namespace LogMonitor.Notifications.Mail;

/// <summary>Mail over SendGrid's v3 API.</summary>
/// <param name="http">Without redirects; its timeout is that of one attempt.</param>
sealed class SendGridChannel(HttpClient http, IOptions<SendGridOptions> options, IOptions<MailOptions> mail, TimeProvider time, string name = "sendgrid") : IChannel
{
    /// <summary>Against a reset that lies far ahead by somebody's wrong clock.</summary>
    static readonly TimeSpan longestWait = TimeSpan.FromHours(1);

    static readonly TimeSpan shortestWait = TimeSpan.FromSeconds(1);

    readonly SendGridClient client = new(http, new SendGridClientOptions
    {
        ApiKey = options.Value.ApiKey,
        Host = options.Value.Host.GetLeftPart(UriPartial.Authority),
    });

    public string Name => name;

    public async Task<DeliveryResult> SendAsync(AlertMessage message, string deliveryId, CancellationToken cancellationToken)
    {
        if (VaultReference.Is(options.Value.ApiKey)) return Mendable(VaultReference.Explain("SendGrid__ApiKey"));
        try
        {
            var request = SendGridMail.Compose(message, deliveryId, mail.Value, options.Value.Sandbox);
            var response = await client.SendEmailAsync(request, cancellationToken);
            return response.IsSuccessStatusCode ? Accepted(response) : await RefusedAsync(response, cancellationToken);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new DeliveryResult.Retry(null, $"SendGrid did not answer within {http.Timeout.TotalSeconds:0.#} s.");
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            // Most often the network. What nobody thought of is worth another try, too, and must not stop the outbox.
            return new DeliveryResult.Retry(null, Redact($"SendGrid cannot be reached: {Failures.InWords(failure)}."));
        }
    }

    /// <summary>Asks which rights the key has, which any key may: <c>GET /v3/scopes</c>.</summary>
    public async Task<string?> ProbeAsync(CancellationToken cancellationToken)
    {
        if (VaultReference.Is(options.Value.ApiKey)) return VaultReference.Explain("SendGrid__ApiKey");
        try
        {
            var response = await client.RequestAsync(BaseClient.Method.GET, urlPath: "scopes", cancellationToken: cancellationToken);
            if (!response.IsSuccessStatusCode) return (await RefusedAsync(response, cancellationToken)) is DeliveryResult.Retry { Why: var why } ? why : null;
            using var json = JsonDocument.Parse(await response.Body.ReadAsStringAsync(cancellationToken));
            return json.RootElement.TryGetProperty("scopes", out var scopes) && !scopes.EnumerateArray().Any(scope => scope.GetString() == "mail.send")
                ? "SendGrid knows the key, which may not send mail. Give it the permission Mail Send." : null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"SendGrid did not answer within {http.Timeout.TotalSeconds:0.#} s.";
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            return Redact($"SendGrid cannot be reached: {Failures.InWords(failure)}.");
        }
    }

    DeliveryResult.Sent Accepted(Response response)
    {
        var id = response.Headers.TryGetValues("X-Message-Id", out var ids) ? $", message {Failures.Quote(ids.First())}" : "";
        return new(options.Value.Sandbox
            ? $"{(int)response.StatusCode}, sandbox: checked, not delivered"
            : $"{(int)response.StatusCode} accepted{id}");
    }

    async Task<DeliveryResult> RefusedAsync(Response response, CancellationToken cancellationToken)
    {
        var said = Redact(ErrorsIn(await response.Body.ReadAsStringAsync(cancellationToken)));
        return response.StatusCode switch
        {
            HttpStatusCode.TooManyRequests =>
                new DeliveryResult.Retry(WaitOf(response.Headers), $"SendGrid answered 429: too many requests{said}."),
            HttpStatusCode.RequestTimeout or >= HttpStatusCode.InternalServerError =>
                new DeliveryResult.Retry(null, $"SendGrid answered {(int)response.StatusCode}{said}."),
            HttpStatusCode.BadRequest => Drop($"SendGrid answered 400: it takes the request for wrong{said}. Check Mail:From and Mail:To."),
            HttpStatusCode.Unauthorized => Mendable($"SendGrid answered 401: it does not know the key{said}. "
                + "Check SendGrid:ApiKey, and SendGrid:Host for an account in the EU."),
            HttpStatusCode.Forbidden => Mendable($"SendGrid answered 403: the key or the sender is not allowed to{said}. "
                + "Give the key the permission Mail Send, and verify the address in Mail:From as a sender."),
            HttpStatusCode.RequestEntityTooLarge => Drop($"SendGrid answered 413: the mail is too large{said}. Shorten Mail:To."),
            _ => Drop($"SendGrid answered {(int)response.StatusCode}, which it should not{said}. Check SendGrid:Host."),
        };
    }

    static DeliveryResult.Drop Drop(string why) => new(why);

    /// <summary>A setting is wrong, not the mail: it waits for the administrator, who must not find alerts lost.</summary>
    static DeliveryResult.Retry Mendable(string why) => new(TimeSpan.FromMinutes(5), why);

    /// <summary>X-RateLimit-Reset holds seconds since 1970; null leaves the wait to the outbox.</summary>
    TimeSpan? WaitOf(HttpResponseHeaders headers)
    {
        if (!headers.TryGetValues("X-RateLimit-Reset", out var values)
            || !long.TryParse(values.First(), NumberStyles.None, CultureInfo.InvariantCulture, out var reset)) return null;
        var wait = reset - time.GetUtcNow().ToUnixTimeMilliseconds() / 1000d;
        var seconds = Math.Clamp(wait, shortestWait.TotalSeconds, longestWait.TotalSeconds);
        return TimeSpan.FromSeconds(seconds);
    }

    /// <summary>The messages in <c>{"errors":[{"message":…,"field":…}]}</c>; nothing for a body of any other form.</summary>
    static string ErrorsIn(string body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            var errors = json.RootElement.GetProperty("errors").EnumerateArray().Take(5)
                .Select(error => (
                    Message: error.GetProperty("message").GetString(),
                    Field: error.TryGetProperty("field", out var field) ? field.GetString() : null))
                .Select(error => error.Field is { Length: > 0 } field ? $"{field}: {error.Message}" : error.Message);
            return $" ({Failures.Quote(string.Join("; ", errors))})";
        }
        catch (Exception other) when (other is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return "";
        }
    }

    /// <summary>Nobody should send the key back, but an error is stored and shown.</summary>
    string Redact(string text) => text.Replace(options.Value.ApiKey, "[key]", StringComparison.Ordinal);
}
