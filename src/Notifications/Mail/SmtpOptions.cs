namespace LogMonitor.Notifications.Mail;

/// <summary>The section <c>Smtp</c> of the configuration.</summary>
public sealed class SmtpOptions
{
    /// <summary><c>Smtp:Host</c>: the server's name, which its certificate has to carry.</summary>
    public string Host { get; set; } = "";

    /// <summary><c>Smtp:Port</c>, 1 to 65535: 587 for submission with STARTTLS, 465 for TLS from the start, 25 between servers.</summary>
    public int Port { get; set; } = 587;

    /// <summary><c>Smtp:User</c>; empty for a server that asks for none.</summary>
    public string User { get; set; } = "";

    /// <summary><c>Smtp:Password</c>. A secret.</summary>
    public string Password { get; set; } = "";

    /// <summary><c>Smtp:Security</c>.</summary>
    public SmtpSecurity Security { get; set; } = SmtpSecurity.StartTls;

    /// <summary>
    /// <c>Smtp:TrustedCertificateFile</c>: a PEM file with the certificates to trust instead of the system's, for a server
    /// with a private authority. Empty for the system's.
    /// </summary>
    public string TrustedCertificateFile { get; set; } = "";

    /// <summary>For one attempt, from connecting to the last reply.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(60);
}

/// <summary>How the connection to an SMTP server is protected.</summary>
public enum SmtpSecurity
{
    /// <summary>Starts in clear and is upgraded before anything is said; a server that does not offer it is refused.</summary>
    StartTls,
    /// <summary>TLS from the first byte.</summary>
    Tls,
    /// <summary>In clear, for a relay on the same machine. Excludes a user and password.</summary>
    None,
}
