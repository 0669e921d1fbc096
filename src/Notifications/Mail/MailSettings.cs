using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Configuration;

namespace LogMonitor.Notifications.Mail;

/// <summary>From the configuration to the options: the names of the settings, their defaults, and what they exclude.</summary>
static class MailSettings
{
    public const string SendGridKey = "SendGrid:ApiKey";
    public const string SmtpHost = "Smtp:Host";
    public const string Folder = "Mail:Folder";

    public static void Read(IConfiguration configuration, MailOptions options)
    {
        var settings = new SettingReader(configuration);
        options.From = settings.Mailbox("Mail:From", options.From);
        options.To = settings.Mailboxes("Mail:To", options.To);
        options.Folder = settings.Text(Folder);
        settings.Require(options.Folder.IndexOf('\0') < 0, "Mail:Folder contains a NUL character; expected a path.");
        settings.ThrowIfFailed(typeof(MailOptions));
    }

    public static void Read(IConfiguration configuration, SendGridOptions options)
    {
        var settings = new SettingReader(configuration);
        options.ApiKey = settings.Text(SendGridKey);
        options.Host = settings.HttpHost("SendGrid:Host", options.Host);
        options.Sandbox = settings.Flag("SendGrid:Sandbox");
        settings.Require(options.ApiKey.All(char.IsAscii) && !options.ApiKey.Any(c => char.IsControl(c) || c == ' '),
            $"{SendGridKey} holds characters that no key has (its value is not shown); "
            + "expected the key as SendGrid shows it, one word that begins with SG.");
        settings.ThrowIfFailed(typeof(SendGridOptions));
    }

    public static void Read(IConfiguration configuration, SmtpOptions options)
    {
        var settings = new SettingReader(configuration);
        options.Host = settings.Text(SmtpHost);
        options.Port = settings.Port("Smtp:Port", options.Port);
        options.User = settings.Text("Smtp:User");
        options.Password = settings.Secret("Smtp:Password");
        options.Security = settings.OneOf("Smtp:Security", options.Security);
        options.TrustedCertificateFile = settings.Text("Smtp:TrustedCertificateFile");
        settings.Require(Uri.CheckHostName(options.Host) != UriHostNameType.Unknown,
            "Smtp:Host is not a host name; expected the server's name alone, such as mail.example.org (its port is Smtp:Port).");
        settings.Require(options.User.Length == 0 || options.Password.Length > 0,
            "Smtp:User is set and Smtp:Password is not; expected both or neither.");
        settings.Require(options.User.Length > 0 || options.Password.Length == 0,
            "Smtp:Password is set and Smtp:User is not; expected both or neither.");
        settings.Require(options.User.Length == 0 || options.Security != SmtpSecurity.None,
            "Smtp:Security is None and Smtp:User is set, so the password would cross the network in clear; "
            + "expected StartTls or Tls, or no user and password.");
        settings.Require(options.TrustedCertificateFile.Length == 0 || options.Security != SmtpSecurity.None,
            "Smtp:TrustedCertificateFile is set and Smtp:Security is None, which uses no certificate; "
            + "expected StartTls or Tls, or no file.");
        if (CertificateFailure(options.TrustedCertificateFile) is { } failure)
            settings.Require(false, $"Smtp:TrustedCertificateFile is '{options.TrustedCertificateFile}', {failure}; "
                + "expected a readable file with certificates in PEM form.");
        settings.ThrowIfFailed(typeof(SmtpOptions));
    }

    static string? CertificateFailure(string path)
    {
        if (path.Length == 0) return null;
        try
        {
            var certificates = new X509Certificate2Collection();
            certificates.ImportFromPemFile(path);
            return certificates.Count == 0 ? "which holds no certificate" : null;
        }
        catch (FileNotFoundException) { return "which does not exist"; }
        catch (DirectoryNotFoundException) { return "which does not exist"; }
        catch (UnauthorizedAccessException) { return "which this program may not read"; }
        catch (IOException) { return "which cannot be read"; }
        catch (CryptographicException) { return "which holds a damaged certificate"; }
    }
}
