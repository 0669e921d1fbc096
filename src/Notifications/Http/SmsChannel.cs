using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using LogMonitor.Core.Alerting;
using LogMonitor.Core.Text;
using LogMonitor.Notifications.Mail;

namespace LogMonitor.Notifications.Http;

/// <summary>Text messages over Twilio's API: https://www.twilio.com/docs/messaging/api/message-resource. One for each number; a number that fails does not keep it from the others.</summary>
sealed class SmsChannel(HttpClient http, SmsDefinition definition, TimeProvider time) : IChannel
{
    /// <summary>In characters: two or three parts of a text message, each of which is billed.</summary>
    const int MaxLength = 320;

    /// <summary>Past this many unfinished deliveries all is forgotten, and some messages come twice.</summary>
    const int MaxDeliveries = 256;

    readonly HttpDelivery delivery = new(http, time);
    readonly ConcurrentDictionary<string, HashSet<string>> settled = new(StringComparer.Ordinal);

    public string Name => definition.Name;

    /// <summary>Whether its token is there.</summary>
    public Task<string?> ProbeAsync(CancellationToken cancellationToken) => Task.FromResult(Secrets.FindProblem(definition.Token));

    public async Task<DeliveryResult> SendAsync(AlertMessage message, string deliveryId, CancellationToken cancellationToken)
    {
        if (Secrets.Read(definition.Token, out var problem) is not { } token) return new DeliveryResult.Retry(HttpDelivery.UntilMended, problem);
        if (settled.Count >= MaxDeliveries) settled.Clear();
        var done = settled.GetOrAdd(deliveryId, _ => []);
        List<(string Number, DeliveryResult Result)> results = [];
        foreach (var number in definition.To.Except(done).ToList())
        {
            var result = await SendAsync(message, number, token, cancellationToken);
            results.Add((number, result));
            if (result is DeliveryResult.Sent) done.Add(number);
        }
        if (results.Select(sent => sent.Result).OfType<DeliveryResult.Retry>().ToList() is [var first, ..] later)
            return new DeliveryResult.Retry(later.Max(retry => retry.After), first.Why);
        settled.TryRemove(deliveryId, out _);
        var refused = results.Where(sent => sent.Result is DeliveryResult.Drop).Select(sent => $"{Masked(sent.Number)}: {((DeliveryResult.Drop)sent.Result).Why}").ToList();
        return done.Count == 0
            ? new DeliveryResult.Drop(string.Join("; ", refused))
            : new DeliveryResult.Sent($"{done.Count} sent{(refused.Count > 0 ? $"; not to {string.Join("; ", refused)}" : "")}");
    }

    Task<DeliveryResult> SendAsync(AlertMessage message, string number, string token, CancellationToken cancellationToken)
    {
        var sender = definition.From.StartsWith("MG", StringComparison.Ordinal) ? "MessagingServiceSid" : "From";
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(definition.Host, $"/2010-04-01/Accounts/{Uri.EscapeDataString(definition.Account)}/Messages.json"))
        {
            Content = new FormUrlEncodedContent([new("To", number), new(sender, definition.From), new("Body", BodyOf(message))]),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{definition.Account}:{token}")));
        return delivery.SendAsync(
            request, "Twilio", $"Check account and token of the channel '{Name}' in alerts.yml.", [token, number, number.TrimStart('+')],
            (status, body) => status == HttpStatusCode.BadRequest ? Refused(body) : null, cancellationToken);
    }

    DeliveryResult Refused(string body)
    {
        var (code, text) = ErrorIn(body);
        var answered = $"Twilio answered 400 ({Failures.Quote(text)})";
        return IsAboutTheSender(code)
            ? new DeliveryResult.Retry(HttpDelivery.UntilMended, $"{answered}. Check the sender (from) of the channel '{Name}' in alerts.yml.")
            : new DeliveryResult.Drop(answered);
    }

    /// <summary>A sender that is wrong is so for every number, and for the administrator to mend: https://www.twilio.com/docs/api/errors.</summary>
    static bool IsAboutTheSender(int code) => code is 21212 or 21603 or 21606 or 21659 or 21660 or 21701 or 21703 or 21704 or 21705;

    static string BodyOf(AlertMessage message)
    {
        var content = MessageContent.From(message);
        var text = $"{content.Subject}. {string.Concat(message.Group.Take(3).Select(field => $"{field.Key} {field.Value}. "))}{content.Summary}";
        // The ellipsis comes on top.
        return text.Length <= MaxLength ? text : DisplayText.From(text, MaxLength - 1).ToString();
    }

    /// <summary><c>{"code":21211,"message":…}</c>; the body for others.</summary>
    static (int Code, string Text) ErrorIn(string body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            var code = json.RootElement.GetProperty("code").GetInt32();
            return (code, $"{code}: {json.RootElement.GetProperty("message").GetString()}");
        }
        catch (Exception other) when (other is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return (0, body);
        }
    }

    /// <summary>Numbers are people's: an error shows the end alone.</summary>
    static string Masked(string number) => $"…{number[^Math.Min(3, number.Length)..]}";
}
