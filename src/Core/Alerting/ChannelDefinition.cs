namespace LogMonitor.Core.Alerting;

/// <summary>A channel as <c>alerts.yml</c> names it.</summary>
/// <param name="Name">Letters, digits, <c>-</c> and <c>_</c>, at most 40: part of a delivery's key, and of what routes say.</param>
public abstract record ChannelDefinition(string Name)
{
    /// <summary>Whether it keeps an incident open until it is told of its end, as incident tools do: it is told of each alert by itself, and of its end whatever the settings say.</summary>
    public virtual bool KeepsIncidents => false;

    /// <summary>How many messages it may have; null for any number.</summary>
    public RateLimit? Limit { get; init; }
}

/// <summary>So many messages within any such time; the others wait.</summary>
/// <param name="Messages">1 to <see cref="MaxMessages"/>.</param>
/// <param name="Per">A second to a day.</param>
public sealed record RateLimit(int Messages, TimeSpan Per)
{
    /// <summary>100.</summary>
    public const int MaxMessages = 100;
}

/// <summary>Mail to these, over the mail server or service of the settings.</summary>
/// <param name="To">Addresses, as <c>ops@example.org</c> or <c>Night shift &lt;night@example.org&gt;</c>; at least one.</param>
public sealed record MailDefinition(string Name, IReadOnlyList<string> To) : ChannelDefinition(Name);

/// <summary>What is posted to a web hook.</summary>
public enum WebhookForm
{
    /// <summary>LogMonitor's own document, for programs; docs/alerts.md describes it.</summary>
    Json,

    /// <summary>A message for Slack's incoming webhooks.</summary>
    Slack,

    /// <summary>An Adaptive Card for a Teams workflow.</summary>
    Teams,
}

/// <summary>A POST to an address.</summary>
/// <param name="Url">http or https; what Slack and Teams give out is a secret by itself.</param>
/// <param name="Signing">The key of the signature header; null for none.</param>
public sealed record WebhookDefinition(string Name, WebhookForm Form, SecretText Url, SecretText? Signing = null) : ChannelDefinition(Name);

/// <summary>PagerDuty's Events API, version 2.</summary>
/// <param name="RoutingKey">The integration's key, 32 characters.</param>
/// <param name="Host">https, <see cref="DefaultHost"/> unless it is the EU's.</param>
public sealed record PagerDutyDefinition(string Name, SecretText RoutingKey, Uri Host) : ChannelDefinition(Name)
{
    /// <inheritdoc/>
    public override bool KeepsIncidents => true;

    /// <summary>https://events.pagerduty.com.</summary>
    public static Uri DefaultHost { get; } = new("https://events.pagerduty.com");
}

/// <summary>Text messages over Twilio.</summary>
/// <param name="Account">The account's SID, <c>AC</c> and 32 hex digits.</param>
/// <param name="Token">The account's auth token.</param>
/// <param name="From">A number in E.164 form, or a messaging service's SID (<c>MG…</c>).</param>
/// <param name="To">Numbers in E.164 form, such as <c>+4930123456</c>; at least one.</param>
/// <param name="Host">https, <see cref="DefaultHost"/> unless another is named.</param>
public sealed record SmsDefinition(string Name, string Account, SecretText Token, string From, IReadOnlyList<string> To, Uri Host) : ChannelDefinition(Name)
{
    /// <summary>https://api.twilio.com.</summary>
    public static Uri DefaultHost { get; } = new("https://api.twilio.com");

    /// <summary>20 an hour: each costs money, and wakes people.</summary>
    public static RateLimit DefaultLimit { get; } = new(20, TimeSpan.FromHours(1));
}

/// <summary>A text that nobody is to see, or where it is: exactly one of the three.</summary>
/// <param name="Value">Itself.</param>
/// <param name="Environment">The environment variable that has it.</param>
/// <param name="File">The file that has it, on its only line.</param>
public sealed record SecretText(string? Value = null, string? Environment = null, string? File = null)
{
    /// <summary>Where it is, never what it is.</summary>
    public override string ToString() => Environment is not null ? $"the environment variable {Environment}" : File is not null ? $"the file {File}" : "[secret]";
}

/// <summary>Makes channels of what <c>alerts.yml</c> says.</summary>
public interface IChannelFactory
{
    /// <summary>A channel that is used until the definition changes. It throws nothing: what is wrong with it is what each of its deliveries results in.</summary>
    IChannel Create(ChannelDefinition definition);
}
