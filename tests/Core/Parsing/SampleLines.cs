namespace LogMonitor.Core.Tests.Parsing;

/// <summary>A valid line of each kind: what fuzzing mutates, and what is parsed to count allocations.</summary>
static class SampleLines
{
    public const string Layout = "%{X-Forwarded-For}i %l %u %{%Y-%m-%dT%H:%M:%S%z}t %v%U%q \"%m\" %>s %b %{ms}T \"%{Referer}i\" \"%{User-Agent}i\" %O";

    public static readonly string[] Auto =
    [
        """192.0.2.7 - - [17/May/2025:10:05:03 +0000] "GET /a HTTP/1.1" 200 512""",
        """192.0.2.7 - bob [17/May/2025:10:05:04 +0200] "POST /a/b?c=d&e=%20f HTTP/2.0" 404 - "https://example.org/x" "Agent/1.0 (X11; \"q\")" "-" 0.003""",
        """www.example.org:443 2001:db8::5 - - [17/May/2025:10:05:05 -0330] "\x16\x03\x01" 400 0 "-" "-" """,
        """192.0.2.7 - - - [31/Jan/2025:14:29:44 ] example.org "GET / HTTP/1.1" 200 814 "-" "curl/8" + 293""",
        "[Fri Oct 10 17:08:41.203277 2025] [core:error] [pid 7005:tid 140667133085440] (13)Permission denied: [client 192.0.2.7:14532] AH00126: Invalid URI, referer: http://example.org/",
        "[Fri Oct 10 17:08:41 2025] [error] [client 2001:db8::7] File does not exist: /srv/x",
        """2025/09/30 09:23:53 [error] 19#20: *17 user "foo" was not found in "/etc/x", client: 192.0.2.7, server: _, request: "GET /a?b HTTP/1.1", host: "example.org", referrer: "http://example.net/" """,
        "Feb 14 15:16:01 combo sshd[19939]: Failed password for invalid user admin from 192.0.2.7 port 4022 ssh2",
        "<38>Feb  4 15:16:01 combo sshd(pam_unix)[7]: authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=192.0.2.7  user=root",
        "2023-11-14T00:20:42.738197+01:00 web1 sshd-session[12]: Disconnecting invalid user x 192.0.2.7 port 4022: Too many authentication failures [preauth]",
        """Feb  4 15:16:01 web1 nginx[28]: 192.0.2.7 - - [04/Feb/2026:15:16:00 +0000] "GET / HTTP/1.1" 200 5 "-" "curl/8" """,
        """<165>1 2026-02-04T15:16:01.003+01:00 host app 1234 ID47 [a@1 b="c \"d\] e"][f] error: text""",
        """{"level":"info","ts":1747476303.25,"logger":"http.log.access","msg":"handled request","request":{"remote_ip":"192.0.2.7","proto":"HTTP/2.0","method":"GET","host":"example.org:8443","uri":"/a?b","headers":{"User-Agent":["curl/8 \u00e9\n","x"]}},"duration":0.0019,"size":10900,"status":200}""",
        "#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) sc-status sc-substatus sc-win32-status time-taken",
        "2025-05-17 10:05:03 10.0.0.1 GET /a.aspx b=c 443 DOM\\bob 192.0.2.7 Mozilla/5.0+(X11) - 404 0 2 15",
        "Traceback (most recent call last):",
        "",
    ];

    public static readonly string[] OfLayout =
    [
        "203.0.113.5, 10.0.0.1 - x y 2025-05-17T10:05:03+0200 example.org/a?b=c \"GET\" 200 7 12 \"-\" \"curl/8\" 99",
        "- - - 2025-05-17T10:05:03-0200 example.org/ \"GET\" 404 - 0 \"http://example.org/\" \"a \\\"b\\\"\" 0",
        "junk",
    ];
}
