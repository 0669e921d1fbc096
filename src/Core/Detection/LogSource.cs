using LogMonitor.Core.Parsing;

namespace LogMonitor.Core.Detection;

/// <summary>Which lines a rule looks at: Sigma's <c>logsource</c>. Null means any.</summary>
/// <remarks>
/// Category <c>webserver</c> is access lines. The services <c>apache</c> and <c>nginx</c> are access lines (which of the two wrote one can't be told
/// from it), the server's own error log, and what it says in syslog. <c>syslog</c> is all of syslog, <c>auth</c> what goes to auth.log: the programs
/// that let users in and change them, and what others say through PAM. Any other service is the program of that name, or those of that
/// package. The product alone, <c>linux</c>, is every line.
/// </remarks>
public sealed record LogSource(string? Category, string? Product, string? Service)
{
    /// <summary>What is wrong with it: that none of the logs that are read comes from it. Null where nothing is.</summary>
    internal string? Problem => (Category, Product) switch
    {
        (not (null or "webserver"), _) => $"no log that is read here is of the category '{Category}'; webserver is one",
        (_, not (null or "linux" or "apache" or "nginx")) => $"no log that is read here comes from the product '{Product}'; linux, apache and nginx are known",
        _ => null,
    };

    /// <summary>What it names: <c>product linux, service sshd</c>.</summary>
    public override string ToString() => string.Join(", ", new[] { ("category", Category), ("product", Product), ("service", Service) }.Where(part => part.Item2 is not null).Select(part => $"{part.Item1} {part.Item2}"));

    /// <summary>Whether another source is this one, or a part of it: where this names something, the other names the same.</summary>
    internal bool Includes(LogSource other) => Includes(Category, other.Category) && Includes(Product, other.Product) && Includes(Service, other.Service);

    /// <summary>Whether a line comes from such a source.</summary>
    internal bool Covers(in LogLine line) => Covers(line.Class) && (isOfAnyProgram || CoversProgram(line));

    // Asked for each line that may match, so that what needs no look at the line is known.
    readonly bool isOfAnyProgram = (Service ?? (Product is "apache" or "nginx" ? Product : null)) is null;

    bool CoversProgram(in LogLine line) => (Service ?? Server) switch
    {
        null => true,
        "apache" or "apache2" or "httpd" => line.Class == LineClass.Access || line.Format == ApacheError || IsProgram(line, apache),
        "nginx" => line.Class == LineClass.Access || line.Format == NginxError || IsProgram(line, ["nginx"]),
        "syslog" => line.Format.StartsWith("syslog", StringComparison.Ordinal),
        "auth" => IsProgram(line, auth) || SpeaksThroughPam(line),
        "cron" => IsProgram(line, cron),
        "sshd" => IsProgram(line, sshd),
        "clamav" => IsProgram(line, clamav),
        "guacamole" => IsProgram(line, guacamole),
        { } name => IsProgram(line, name),
    };

    /// <summary>Whether lines of a class can come from it.</summary>
    internal bool Covers(LineClass lineClass) => (Category, Service ?? Server) switch
    {
        ("webserver", _) => lineClass == LineClass.Access,
        (_, "apache" or "nginx") => lineClass is LineClass.Access or LineClass.Error,
        (_, not null) => lineClass == LineClass.Error,
        _ => true,
    };

    static bool Includes(string? ours, string? other) => ours is null || ours == other;

    string? Server => Product is "apache" or "nginx" ? Product : null;

    // As the parser calls them: what it says is a line's process is a module of the server there.
    const string ApacheError = "apache_error", NginxError = "nginx_error";

    static readonly string[] apache = ["apache2", "httpd"];

    // Since OpenSSH 9.8, three programs.
    static readonly string[] sshd = ["sshd", "sshd-session", "sshd-auth"];

    static readonly string[] cron = ["cron", "crond", "anacron"];

    static readonly string[] clamav = ["clamav", "clamd", "clamscan", "clamdscan", "clamonacc", "clamav-milter", "freshclam"];

    static readonly string[] guacamole = ["guacamole", "guacd"];

    // Whose facility is auth or authpriv: Debian's auth.log, Red Hat's secure.
    static readonly string[] auth =
    [
        .. sshd, "sudo", "su", "login", "systemd-logind", "polkitd", "pkexec", "useradd", "usermod", "userdel", "groupadd", "groupmod", "groupdel",
        "passwd", "chpasswd", "gpasswd", "chage", "chfn", "chsh", "newusers",
    ];

    static bool SpeaksThroughPam(in LogLine line) => line.Format is not (ApacheError or NginxError) && (line.Message.StartsWith("pam_"u8) || line.Message.IndexOf("pam_unix("u8) >= 0);

    static bool IsProgram(in LogLine line, params ReadOnlySpan<string> names)
    {
        if (line.Process.IsEmpty || line.Format is ApacheError or NginxError) return false;
        foreach (var name in names) if (System.Text.Ascii.EqualsIgnoreCase(line.Process, name)) return true;
        return false;
    }
}
