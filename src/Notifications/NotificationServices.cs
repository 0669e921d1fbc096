using LogMonitor.Core.Alerting;
using LogMonitor.Notifications.Mail;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace LogMonitor.Notifications;

/// <summary>Puts the channels together.</summary>
public static class NotificationServices
{
    /// <summary>The name of the HTTP client that SendGrid is called with.</summary>
    public const string SendGridHttpClient = "sendgrid";

    /// <summary>
    /// Adds the one <see cref="IChannel"/> for mail that the configuration asks for: SendGrid where <c>SendGrid:ApiKey</c> is
    /// set, else SMTP where <c>Smtp:Host</c> is, else a folder where <c>Mail:Folder</c> is, else none, with a warning at start.
    /// A wrong setting stops the host at its start with an <see cref="OptionsValidationException"/> that names it.
    /// </summary>
    public static IServiceCollection AddNotifications(this IServiceCollection services, IConfiguration configuration)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddOptions<MailOptions>().Configure(options => MailSettings.Read(configuration, options)).ValidateOnStart();
        services.AddNotificationClient(ChannelFactory.HttpClient);
        services.AddSingleton<IChannelFactory, ChannelFactory>();
        return IsSet(configuration, MailSettings.SendGridKey) ? services.AddSendGrid(configuration)
            : IsSet(configuration, MailSettings.SmtpHost) ? services.AddSmtp(configuration)
            : IsSet(configuration, MailSettings.Folder) ? services.AddMail(provider => (name, mail) => new MailFolderChannel(mail, Composer(provider, mail), Clock(provider), name), "mail-folder")
            : services.AddHostedService<MissingChannelWarning>();
    }

    /// <summary>A notification as plain text, several lines.</summary>
    public static string PlainText(AlertMessage message) => MessageText.From(message).Plain;

    static bool IsSet(IConfiguration configuration, string key) => !string.IsNullOrWhiteSpace(configuration[key]);

    static IServiceCollection AddSendGrid(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<SendGridOptions>().Configure(options => MailSettings.Read(configuration, options)).ValidateOnStart();
        services.AddNotificationClient(SendGridHttpClient);
        return services.AddMail(
            provider => (name, mail) => new SendGridChannel(
                provider.GetRequiredService<IHttpClientFactory>().CreateClient(SendGridHttpClient), provider.GetRequiredService<IOptions<SendGridOptions>>(), mail, Clock(provider), name),
            "sendgrid");
    }

    static void AddNotificationClient(this IServiceCollection services, string name) => services.AddHttpClient(name, client =>
        {
            client.Timeout = TimeSpan.FromSeconds(30);
            client.MaxResponseContentBufferSize = 1024 * 1024;
        })
        // The channel lives as long as the process, so the handler renews its connections (and with them DNS) itself.
        .UseSocketsHttpHandler((handler, _) =>
        {
            handler.AllowAutoRedirect = false;
            handler.PooledConnectionLifetime = TimeSpan.FromMinutes(5);
        })
        .SetHandlerLifetime(Timeout.InfiniteTimeSpan)
        // Addresses of web hooks are secrets, and those of Twilio name the account.
        .RemoveAllLoggers();

    /// <summary>Adds the mail channel of the settings, and how others like it are made.</summary>
    static IServiceCollection AddMail(this IServiceCollection services, Func<IServiceProvider, MailChannelFactory> factory, string name) => services
        .AddSingleton(factory)
        .AddSingleton(provider => provider.GetRequiredService<MailChannelFactory>()(name, provider.GetRequiredService<IOptions<MailOptions>>()));

    static MailComposer Composer(IServiceProvider provider, IOptions<MailOptions> mail) => new(mail, Clock(provider));

    static TimeProvider Clock(IServiceProvider provider) => provider.GetRequiredService<TimeProvider>();

    static IServiceCollection AddSmtp(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<SmtpOptions>().Configure(options => MailSettings.Read(configuration, options)).ValidateOnStart();
        return services.AddMail(
            provider => (name, mail) => new SmtpChannel(provider.GetRequiredService<IOptions<SmtpOptions>>(), mail, Composer(provider, mail), Clock(provider), name), "smtp");
    }
}
