using LogMonitor.Core.Parsing;

namespace LogMonitor.Core.Detection;

/// <summary>Which lines a rule looks at: Sigma's <c>logsource</c>. Null means any.</summary>
/// <remarks>
/// Category <c>webserver</c> is access lines. The services <c>apache</c> and <c>nginx</c> are access lines (which of the two wrote one can't be told
/// from it), the server's own error log, and what it says in syslog. <c>auth</c> and <c>syslog</c> are all of syslog; any other service is the
/// program of that name in it. The product alone, <c>linux</c>, is every line.
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

    /// <summary>Whether a line comes from such a source.</summary>
    internal bool Covers(in LogLine line) => Covers(line.Class) && (Service ?? Server) switch
    {
        null => true,
        "apache" => line.Class == LineClass.Access || line.Format == "apache_error" || IsProgram(line, "apache2"u8) || IsProgram(line, "httpd"u8),
        "nginx" => line.Class == LineClass.Access || line.Format == "nginx_error" || IsProgram(line, "nginx"u8),
        "auth" or "syslog" => line.Format.StartsWith("syslog", StringComparison.Ordinal),
        "cron" => IsProgram(line, "cron"u8) || IsProgram(line, "crond"u8) || IsProgram(line, "anacron"u8),
        "sshd" => IsProgram(line, "sshd"u8) || IsProgram(line, "sshd-session"u8) || IsProgram(line, "sshd-auth"u8), // since OpenSSH 9.8, three programs
        { } name => System.Text.Ascii.EqualsIgnoreCase(line.Process, name),
    };

    /// <summary>Whether lines of a class can come from it.</summary>
    internal bool Covers(LineClass lineClass) => (Category, Service ?? Server) switch
    {
        ("webserver", _) => lineClass == LineClass.Access,
        (_, "apache" or "nginx") => lineClass is LineClass.Access or LineClass.Error,
        (_, not null) => lineClass == LineClass.Error,
        _ => true,
    };

    string? Server => Product is "apache" or "nginx" ? Product : null;

    static bool IsProgram(in LogLine line, ReadOnlySpan<byte> name) => System.Text.Ascii.EqualsIgnoreCase(line.Process, name);
}
