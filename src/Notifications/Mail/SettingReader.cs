using System.Globalization;
using LogMonitor.Core.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using MimeKit;

namespace LogMonitor.Notifications.Mail;

/// <summary>
/// Reads settings into their types and collects what is wrong with them, so that an administrator sees all mistakes at
/// once. Each message names the setting, what was found and what is expected; a secret's value is never quoted.
/// </summary>
sealed class SettingReader(IConfiguration configuration)
{
    readonly List<string> failures = [];

    public string Text(string key, string fallback = "") =>
        configuration[key] is { } value && !string.IsNullOrWhiteSpace(value) ? value.Trim() : fallback;

    /// <summary>As written: a password may begin or end with a space.</summary>
    public string Secret(string key) => configuration[key] ?? "";

    public int Port(string key, int fallback)
    {
        if (Text(key) is not { Length: > 0 } found) return fallback;
        if (int.TryParse(found, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is >= 1 and <= 65535) return port;
        return Fail(key, found, "a port number from 1 to 65535", fallback);
    }

    public bool Flag(string key)
    {
        if (Text(key) is not { Length: > 0 } found) return false;
        return bool.TryParse(found, out var flag) ? flag : Fail(key, found, "true or false", false);
    }

    public T OneOf<T>(string key, T fallback) where T : struct, Enum
    {
        if (Text(key) is not { Length: > 0 } found) return fallback;
        // Enum.TryParse takes "1" and "StartTls,Tls" as well; an administrator should not.
        foreach (var name in Enum.GetNames<T>())
            if (name.Equals(found, StringComparison.OrdinalIgnoreCase)) return Enum.Parse<T>(name);
        return Fail(key, found, $"one of {string.Join(", ", Enum.GetNames<T>())}", fallback);
    }

    /// <summary>An address without a path. Over http only to this machine, since a key travels with each request.</summary>
    public Uri HttpHost(string key, Uri fallback)
    {
        if (Text(key) is not { Length: > 0 } found) return fallback;
        if (Uri.TryCreate(found, UriKind.Absolute, out var host) && host is { PathAndQuery: "/", Fragment: "", UserInfo: "" }
            && (host.Scheme == Uri.UriSchemeHttps || host.Scheme == Uri.UriSchemeHttp && host.IsLoopback)) return host;
        // Not quoted: a user and password may stand in it.
        failures.Add($"{key} is not an address that mail can be sent to; "
            + $"expected https:// and a host name, such as {fallback.AbsoluteUri.TrimEnd('/')}.");
        return fallback;
    }

    public MailboxAddress Mailbox(string key, MailboxAddress fallback) =>
        Mailboxes(key, [fallback]) is [var one] ? one : Fail(key, Text(key), "one address, such as logmonitor@example.org", fallback);

    public IReadOnlyList<MailboxAddress> Mailboxes(string key, IReadOnlyList<MailboxAddress> fallback)
    {
        if (Text(key) is not { Length: > 0 } found) return fallback;
        if (InternetAddressList.TryParse(found, out var list) && list.Count > 0
            && list.All(address => address is MailboxAddress { LocalPart.Length: > 0, Domain.Length: > 0 }))
            return [.. list.Mailboxes.DistinctBy(mailbox => mailbox.Address, StringComparer.OrdinalIgnoreCase)];
        return Fail(key, found, "mail addresses, separated by commas, such as ops@example.org, Night shift <night@example.org>", fallback);
    }

    public void Require(bool condition, string failure)
    {
        if (!condition) failures.Add(failure);
    }

    /// <exception cref="OptionsValidationException">A setting is wrong; carries all messages.</exception>
    public void ThrowIfFailed(Type options)
    {
        if (failures.Count > 0) throw new OptionsValidationException(Options.DefaultName, options, failures);
    }

    T Fail<T>(string key, string found, string expected, T fallback)
    {
        failures.Add($"{key} is '{DisplayText.From(found, 80)}'; expected {expected}.");
        return fallback;
    }
}
