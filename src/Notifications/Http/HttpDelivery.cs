using System.Globalization;
using System.Net;
using System.Text;
using LogMonitor.Core.Alerting;
using LogMonitor.Notifications.Mail;

namespace LogMonitor.Notifications.Http;

/// <summary>One request of a channel, and what comes of it: alike for all services over HTTP.</summary>
/// <param name="http">Without redirects; its timeout is that of one attempt.</param>
/// <param name="time">The clock.</param>
sealed class HttpDelivery(HttpClient http, TimeProvider time)
{
    /// <summary>Of an answer, no more is read.</summary>
    const int MaxAnswer = 64 << 10;

    static readonly TimeSpan longestWait = TimeSpan.FromHours(1);

    /// <summary>Until the next attempt where a setting is wrong, not the message: it waits for the administrator, who must not find alerts lost.</summary>
    public static TimeSpan UntilMended { get; } = TimeSpan.FromMinutes(5);

    /// <summary>Sends a request and judges the answer.</summary>
    /// <param name="request">It; disposed here.</param>
    /// <param name="service">Whom an error is about, such as <c>Slack</c>: never an address, which may be a secret.</param>
    /// <param name="mend">What to check when the service does not know us.</param>
    /// <param name="secrets">What is not to be quoted, should the service repeat it.</param>
    /// <param name="special">What a refusal means that is the service's own; null for what holds everywhere.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<DeliveryResult> SendAsync(
        HttpRequestMessage request, string service, string mend, IEnumerable<string> secrets, Func<HttpStatusCode, string, DeliveryResult?>? special, CancellationToken cancellationToken)
    {
        try
        {
            using (request)
            {
                // The head alone decides: an answer that breaks off, stalls, or has no end, was an answer.
                using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
                if (response.IsSuccessStatusCode) return new DeliveryResult.Sent($"{(int)response.StatusCode} accepted");
                var body = Redaction.Of(await ReadAsync(response, cancellationToken), secrets);
                return special?.Invoke(response.StatusCode, body) ?? Judge(response, service, mend, body);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new DeliveryResult.Retry(null, $"{service} did not answer within {http.Timeout.TotalSeconds:0.#} s.");
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException)
        {
            return new DeliveryResult.Retry(null, $"{service} cannot be reached: {Failures.InWords(failure)}.");
        }
    }

    DeliveryResult Judge(HttpResponseMessage response, string service, string mend, string body)
    {
        var said = body.Length > 0 ? $" ({Failures.Quote(body)})" : "";
        var answered = $"{service} answered {(int)response.StatusCode}{said}";
        return response.StatusCode switch
        {
            HttpStatusCode.RequestTimeout or (HttpStatusCode)425 or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError => new DeliveryResult.Retry(WaitOf(response), $"{answered}."),
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.NotFound or HttpStatusCode.Gone => new DeliveryResult.Retry(UntilMended, $"{answered}. {mend}"),
            >= HttpStatusCode.MultipleChoices and < HttpStatusCode.BadRequest => new DeliveryResult.Retry(UntilMended, $"{answered}: it has moved. {mend}"),
            _ => new DeliveryResult.Drop($"{answered}: it does not take this message."),
        };
    }

    TimeSpan? WaitOf(HttpResponseMessage response)
    {
        var wait = response.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - time.GetUtcNow(),
            _ => (TimeSpan?)null,
        };
        return wait is null ? null : wait < TimeSpan.FromSeconds(1) ? TimeSpan.FromSeconds(1) : wait > longestWait ? longestWait : wait;
    }

    /// <summary>As much as comes in time. The client's own timeout ends with the head, and whoever waits for a body that stalls keeps back all deliveries.</summary>
    async Task<string> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var buffer = new byte[MaxAnswer];
        var length = 0;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(http.Timeout);
        try
        {
            await using var stream = await response.Content.ReadAsStreamAsync(patience.Token);
            while (length < buffer.Length && await stream.ReadAsync(buffer.AsMemory(length), patience.Token) is > 0 and var read) length += read;
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException || (failure is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // What came is enough for a quotation.
        }
        return Encoding.UTF8.GetString(buffer, 0, length);
    }

    /// <summary>A time as services read it.</summary>
    public static string Iso(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
