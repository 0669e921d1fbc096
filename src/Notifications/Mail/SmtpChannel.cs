using System.Net.Sockets;
using System.Security.Cryptography;
using LogMonitor.Core.Alerting;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using Microsoft.Extensions.Options;

namespace LogMonitor.Notifications.Mail;

/// <summary>
/// Mail over SMTP. What becomes of a failure: where the server has judged the mail (5xx on sender, recipient or content)
/// it is dropped, since the same mail will meet the same answer. Where it never got that far, because of the network, TLS,
/// a certificate or a password, nothing is wrong with the mail: it is kept for the time after an administrator's repair.
/// </summary>
sealed class SmtpChannel(IOptions<SmtpOptions> options, IOptions<MailOptions> mail, MailComposer composer, TimeProvider time, string name = "smtp") : IChannel
{
    /// <summary>Between attempts with settings that do not work: below what makes servers lock an account.</summary>
    static readonly TimeSpan untilRepaired = TimeSpan.FromMinutes(5);

    readonly PartialDeliveries partial = new();

    public string Name => name;

    SmtpOptions Smtp => options.Value;

    string Server => $"The SMTP server {Smtp.Host}:{Smtp.Port}";

    public Task<DeliveryResult> SendAsync(AlertMessage message, string deliveryId, CancellationToken cancellationToken) =>
        TalkAsync((client, token) => HandOverAsync(client, message, deliveryId, token), cancellationToken);

    /// <summary>Connects and signs in, as for a mail.</summary>
    public async Task<string?> ProbeAsync(CancellationToken cancellationToken) =>
        await TalkAsync((_, _) => Task.FromResult<DeliveryResult>(new DeliveryResult.Sent("")), cancellationToken) switch
        {
            DeliveryResult.Retry { Why: var why } => why,
            DeliveryResult.Drop { Why: var why } => why,
            _ => null,
        };

    /// <param name="speak">What is said once we are signed in.</param>
    async Task<DeliveryResult> TalkAsync(Func<RecipientLog, CancellationToken, Task<DeliveryResult>> speak, CancellationToken cancellationToken)
    {
        if (VaultReference.Is(Smtp.Password)) return Repair(VaultReference.Explain("Smtp__Password"));
        using var timeout = new CancellationTokenSource(Smtp.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            return await ConverseAsync(speak, either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new DeliveryResult.Retry(null, $"{Server} did not answer within {Smtp.Timeout.TotalSeconds:0.#} s.");
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            // Most often the network. What nobody thought of is worth another try, too, and must not stop the outbox.
            return new DeliveryResult.Retry(null, $"{Server} cannot be reached or broke off: {Failures.InWords(failure)}.");
        }
    }

    async Task<DeliveryResult> ConverseAsync(Func<RecipientLog, CancellationToken, Task<DeliveryResult>> speak, CancellationToken cancellationToken)
    {
        ServerTrust trust;
        try
        {
            trust = new(Smtp.TrustedCertificateFile);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or CryptographicException)
        {
            return Repair($"Smtp:TrustedCertificateFile '{Smtp.TrustedCertificateFile}' cannot be used: {Failures.InWords(failure)}.");
        }
        using var client = new RecipientLog
        {
            ServerCertificateValidationCallback = (_, certificate, chain, errors) => trust.Accepts(certificate, chain, errors),
            // As .NET's own default: a list of revocations that cannot be fetched would otherwise stop alerts.
            CheckCertificateRevocation = false,
        };
        var result = await ConnectAsync(client, trust, cancellationToken)
            ?? await AuthenticateAsync(client, cancellationToken)
            ?? await speak(client, cancellationToken);
        await QuitAsync(client, cancellationToken);
        return result;
    }

    async Task<DeliveryResult?> ConnectAsync(RecipientLog client, ServerTrust trust, CancellationToken cancellationToken)
    {
        var security = Smtp.Security switch
        {
            SmtpSecurity.Tls => SecureSocketOptions.SslOnConnect,
            SmtpSecurity.None => SecureSocketOptions.None,
            _ => SecureSocketOptions.StartTls,
        };
        try
        {
            await client.ConnectAsync(Smtp.Host, Smtp.Port, security, cancellationToken);
            return null;
        }
        catch (SslHandshakeException)
        {
            return Repair(trust.Refusal is { } refusal
                ? $"{Server} is not trusted: {refusal}."
                : $"{Server} does not answer in TLS. Check Smtp:Port and Smtp:Security: StartTls for port 587, Tls for 465.");
        }
        catch (NotSupportedException)
        {
            return Repair($"{Server} does not offer STARTTLS, so the mail would go in clear. Use another port or server, "
                + "or set Smtp:Security to Tls, or to None for a relay on this machine.");
        }
        catch (SmtpCommandException refusal)
        {
            return Judge(refusal);
        }
    }

    async Task<DeliveryResult?> AuthenticateAsync(RecipientLog client, CancellationToken cancellationToken)
    {
        if (Smtp.User.Length == 0) return null;
        try
        {
            await client.AuthenticateAsync(Smtp.User, Smtp.Password, cancellationToken);
            return null;
        }
        catch (AuthenticationException refusal)
        {
            return Repair($"{Server} refuses the user or the password ({Redact(refusal.Message)}). Check Smtp:User and Smtp:Password.");
        }
        catch (NotSupportedException)
        {
            return Repair($"{Server} does not offer to log in. Remove Smtp:User and Smtp:Password, "
                + "or use its port for submission, most often 587.");
        }
        catch (SmtpCommandException refusal)
        {
            return Judge(refusal);
        }
    }

    async Task<DeliveryResult> HandOverAsync(
        RecipientLog client, AlertMessage message, string deliveryId, CancellationToken cancellationToken)
    {
        var recipients = partial.Remaining(deliveryId, mail.Value.To);
        try
        {
            var answer = await client.SendAsync(composer.Compose(message, deliveryId), mail.Value.From, recipients, cancellationToken);
            return Delivered(client, deliveryId, answer);
        }
        catch (ServiceNotAuthenticatedException)
        {
            return Repair($"{Server} wants a login. Set Smtp:User and Smtp:Password.");
        }
        // A server that has refused the sender refuses the recipients after it as well, where commands are pipelined.
        catch (SmtpCommandException refusal) when (refusal.ErrorCode != SmtpErrorCode.SenderNotAccepted
            && client.Accepted.Count == 0 && client.Refused.Count > 0)
        {
            return NobodyTook(client, deliveryId, recipients.Count < mail.Value.To.Count);
        }
        catch (SmtpCommandException refusal)
        {
            return Judge(refusal);
        }
        catch (NotSupportedException)
        {
            return Repair($"{Server} does not take addresses with letters beyond ASCII. "
                + "Change Mail:From or Mail:To, or use another server.");
        }
    }

    DeliveryResult Delivered(RecipientLog client, string deliveryId, string answer)
    {
        if (client.Refused.Any(IsTemporary)) return LaterFor(client, deliveryId);
        partial.Forget(deliveryId);
        var refused = client.Refused.Count == 0 ? "" : $"; not to {Refusals(client)}";
        return new DeliveryResult.Sent($"{Redact(answer)}{refused}");
    }

    DeliveryResult NobodyTook(RecipientLog client, string deliveryId, bool othersHaveIt)
    {
        if (client.Refused.Any(IsTemporary)) return LaterFor(client, deliveryId);
        partial.Forget(deliveryId);
        return othersHaveIt
            ? new DeliveryResult.Sent($"delivered before; not to {Refusals(client)}")
            : new DeliveryResult.Drop($"{Server} refuses each recipient: {Refusals(client)}. Check Mail:To.");
    }

    DeliveryResult.Retry LaterFor(RecipientLog client, string deliveryId)
    {
        // Only who has it: that someone was refused for good is asked again, so that a mail which nobody got is never called sent.
        partial.Settle(deliveryId, client.Accepted);
        return new(null, $"{Server} refuses recipients for now: {Refusals(client)}.");
    }

    static bool IsTemporary((MimeKit.MailboxAddress, SmtpResponse Response) refused) => (int)refused.Response.StatusCode < 500;

    string Refusals(RecipientLog client) => string.Join(", ", client.Refused.Take(5)
        .Select(refused => $"{Failures.Quote(refused.Mailbox.Address)} "
            + $"({(int)refused.Response.StatusCode} {Redact(refused.Response.Response)})"));

    DeliveryResult Judge(SmtpCommandException refusal)
    {
        var said = $"{(int)refusal.StatusCode} {Redact(refusal.Message)}";
        return (int)refusal.StatusCode switch
        {
            // Not about this mail: log in first, encrypt first.
            530 or 534 or 535 or 538 => Repair($"{Server} wants another login or encryption ({said}). "
                + "Check Smtp:User, Smtp:Password and Smtp:Security."),
            < 500 => new DeliveryResult.Retry(null, $"{Server} is not ready for the mail: {said}."),
            _ when refusal.ErrorCode == SmtpErrorCode.SenderNotAccepted =>
                new DeliveryResult.Drop($"{Server} refuses the sender: {said}. Check Mail:From."),
            _ => new DeliveryResult.Drop($"{Server} refuses the mail: {said}."),
        };
    }

    static DeliveryResult.Retry Repair(string why) => new(untilRepaired, why);

    string Redact(string text)
    {
        var quoted = Failures.Quote(text);
        return Smtp.Password.Length == 0 ? quoted : quoted.Replace(Smtp.Password, "[password]", StringComparison.Ordinal);
    }

    /// <summary>Politeness only: the result stands, whatever comes of it.</summary>
    static async Task QuitAsync(RecipientLog client, CancellationToken cancellationToken)
    {
        try
        {
            if (client.IsConnected) await client.DisconnectAsync(quit: true, cancellationToken);
        }
        catch (Exception failure) when (failure is SocketException or IOException or ProtocolException
            or CommandException or OperationCanceledException)
        {
            // The server has answered for the mail already; reporting this would repeat it.
        }
    }
}
