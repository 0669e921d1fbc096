using System.Text;
using LogMonitor.Core.Detection;
using LogMonitor.Core.Tests.Scanning;

namespace LogMonitor.Core.Tests.Detection;

/// <summary>Which lines a log source covers. Each of the lines has an x.</summary>
public sealed class LogSourceTests
{
    static readonly (string Name, string Line)[] lines =
    [
        ("access", """192.0.2.7 - - [01/Nov/2026:09:00:00 +0000] "GET /x HTTP/1.1" 404 12 "-" "-" """),
        ("apache error", "[Sun Nov 01 09:00:00.000000 2026] [sshd:error] [pid 7] pam_x: x"),
        ("nginx error", "2026/11/01 09:00:00 [error] 7#7: pam_unix(x"),
        ("nginx by syslog", "Nov  1 09:00:00 web1 nginx: 2026/11/01 09:00:00 [error] 7#7: x"),
        ("access by syslog", """Nov  1 09:00:00 web1 nginx: 192.0.2.7 - - [01/Nov/2026:09:00:00 +0000] "GET /x HTTP/1.1" 404 12 "-" "-" """),
        ("sshd", "Nov  1 09:00:00 web1 sshd-session[7]: x"),
        ("sudo", "Nov  1 09:00:00 web1 sudo: x"),
        ("useradd", "Nov  1 09:00:00 web1 useradd[7]: x"),
        ("cron", "Nov  1 09:00:00 web1 CRON[7]: x"),
        ("cron's pam", "Nov  1 09:00:00 web1 CRON[7]: pam_unix(cron:session): x"),
        ("clamd", "Nov  1 09:00:00 web1 clamd[7]: x"),
        ("guacd", "Nov  1 09:00:00 web1 guacd[7]: x"),
        ("postfix", "Nov  1 09:00:00 web1 postfix/smtpd[7]: x"),
        ("unknown", "x"),
    ];

    [Theory]
    [InlineData("category: webserver", "access, access by syslog")]
    [InlineData("category: webserver, service: nginx", "access, access by syslog")]
    [InlineData("category: webserver, service: apache", "access, access by syslog")]
    [InlineData("category: webserver, product: apache", "access, access by syslog")]
    [InlineData("product: linux", "access, apache error, nginx error, nginx by syslog, access by syslog, sshd, sudo, useradd, cron, cron's pam, clamd, guacd, postfix, unknown")]
    [InlineData("service: apache", "access, apache error, access by syslog")]
    [InlineData("service: nginx", "access, nginx error, nginx by syslog, access by syslog")]
    [InlineData("product: linux, service: syslog", "sshd, sudo, useradd, cron, cron's pam, clamd, guacd, postfix")]
    [InlineData("product: linux, service: auth", "sshd, sudo, useradd, cron's pam")]
    [InlineData("product: linux, service: sshd", "sshd")]
    [InlineData("product: linux, service: sudo", "sudo")]
    [InlineData("product: linux, service: cron", "cron, cron's pam")]
    [InlineData("product: linux, service: clamav", "clamd")]
    [InlineData("product: linux, service: guacamole", "guacd")]
    [InlineData("service: postfix/smtpd", "postfix")]
    public void ASourceCoversItsLines(string source, string expected)
    {
        var rules = Some.Rules($"title: T\nid: t\nlogsource: {{{source}}}\ndetection: {{s: [x], condition: s}}");
        Assert.Equal(expected, string.Join(", ", lines.Where(line => IsMatch(rules, line.Line.Trim())).Select(line => line.Name)));
    }

    static bool IsMatch(RuleSet rules, string text)
    {
        Some.Parser().Parse(Encoding.UTF8.GetBytes(text), out var line);
        return rules.Events[0].IsMatch(line, new LineTexts());
    }
}
