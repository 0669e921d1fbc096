using System.Text.Json;

namespace LogMonitor.Notifications.Tests.Support;

/// <summary>
/// The rules of <c>POST /v3/mail/send</c>, as SendGrid's API reference and its page of mail send errors state them: required
/// fields, types, limits, order of contents, reserved headers; and that no value can end a header.
/// </summary>
static class SendGridSchema
{
    static readonly HashSet<string> fields =
    [
        "personalizations", "from", "reply_to", "reply_to_list", "subject", "content", "attachments", "template_id", "headers",
        "categories", "custom_args", "send_at", "batch_id", "asm", "ip_pool_name", "mail_settings", "tracking_settings",
    ];

    static readonly HashSet<string> reservedHeaders = new(StringComparer.OrdinalIgnoreCase)
    {
        "x-sg-id", "x-sg-eid", "received", "dkim-signature", "Content-Type", "Content-Transfer-Encoding", "To", "From", "Subject", "Reply-To", "CC", "BCC",
    };

    public static List<string> ErrorsIn(JsonElement request)
    {
        var errors = new List<string>();
        foreach (var field in request.EnumerateObject())
            if (!fields.Contains(field.Name)) errors.Add($"{field.Name}: unknown");
        Mailbox("from", request.GetProperty("from"));
        OneLine("subject", request.GetProperty("subject"), 1, 998);
        var recipients = request.GetProperty("personalizations").EnumerateArray().SelectMany(p => p.GetProperty("to").EnumerateArray()).ToList();
        if (recipients.Count is < 1 or > 1000) errors.Add("personalizations: 1 to 1000 recipients");
        foreach (var to in recipients) Mailbox("to", to);
        if (recipients.Select(to => to.GetProperty("email").GetString()!.ToUpperInvariant()).Distinct().Count() != recipients.Count)
            errors.Add("personalizations: each unique email address should only be included once");
        var contents = request.GetProperty("content").EnumerateArray().ToList();
        if (!contents.Select(c => c.GetProperty("type").GetString()).SequenceEqual(["text/plain", "text/html"])) errors.Add("content: text/plain must come first");
        foreach (var content in contents)
            if (content.GetProperty("value").GetString() is null or "") errors.Add("content: value must not be empty");
        var categories = request.GetProperty("categories").EnumerateArray().ToList();
        if (categories.Count > 10 || categories.Select(c => c.GetString()).Distinct().Count() != categories.Count) errors.Add("categories: at most 10, all different");
        foreach (var category in categories) OneLine("categories", category, 1, 255);
        foreach (var header in request.GetProperty("headers").EnumerateObject())
        {
            if (reservedHeaders.Contains(header.Name)) errors.Add($"headers: {header.Name} is reserved");
            OneLine($"headers.{header.Name}", header.Value, 1, 998);
        }
        foreach (var argument in request.GetProperty("custom_args").EnumerateObject()) OneLine($"custom_args.{argument.Name}", argument.Value, 1, 1000);
        if (request.GetProperty("mail_settings").GetProperty("sandbox_mode").GetProperty("enable").ValueKind is not (JsonValueKind.True or JsonValueKind.False))
            errors.Add("mail_settings.sandbox_mode.enable: a boolean");
        return errors;

        void Mailbox(string field, JsonElement mailbox)
        {
            OneLine($"{field}.email", mailbox.GetProperty("email"), 3, 320);
            if (mailbox.GetProperty("email").GetString()?.Split('@') is not [{ Length: > 0 }, { Length: > 0 }]) errors.Add($"{field}.email: not an address");
            if (!mailbox.TryGetProperty("name", out var name)) return;
            OneLine($"{field}.name", name, 1, 100);
            if (name.GetString() is { } text && (text.Contains(';', StringComparison.Ordinal) || text.Contains(',', StringComparison.Ordinal)))
                errors.Add($"{field}.name: ; and , are not allowed");
        }

        void OneLine(string field, JsonElement value, int least, int most)
        {
            if (value.ValueKind != JsonValueKind.String) errors.Add($"{field}: a string");
            else if (value.GetString()!.Length < least || value.GetString()!.Length > most) errors.Add($"{field}: {least} to {most} characters");
            else if (value.GetString()!.Any(char.IsControl)) errors.Add($"{field}: control character");
        }
    }
}
