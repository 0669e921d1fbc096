namespace LogMonitor.Core.Tests.Parsing;

public sealed class ErrorLines
{
    [Theory]
    [InlineData("[Fri Oct 10 17:08:41.203277 2025] [core:error] [pid 7005:tid 140667133085440] [client 192.0.2.7:14532] AH00126: Invalid URI in request GET /x",
        "error apache_error 2025-10-10T17:08:41.203Z client=192.0.2.7 port=14532 severity=Error process=core pid=7005 message=AH00126: Invalid URI in request GET /x")]
    [InlineData("[Fri Oct 10 17:08:41 2025] [error] [client 192.0.2.7] File does not exist: /srv/x, referer: http://example.org/",
        "error apache_error 2025-10-10T17:08:41Z client=192.0.2.7 referer=http://example.org/ severity=Error message=File does not exist: /srv/x, referer: http://example.org/")]
    [InlineData("[Fri Oct 10 17:08:41 2025] [error] [client 2001:db8::80da:af6b:8b2c] user x not found: /",
        "error apache_error 2025-10-10T17:08:41Z client=2001:db8::80da:af6b:8b2c user=x severity=Error message=user x not found: /")]
    [InlineData("[Fri Oct 10 17:08:41.1 2025] [ssl:warn] [pid 1] [client [2001:db8::5]:51548] AH1",
        "error apache_error 2025-10-10T17:08:41.1Z client=2001:db8::5 port=51548 severity=Warning process=ssl pid=1 message=AH1")]
    [InlineData("[Fri Oct 10 17:08:41.1 2025] [ssl:warn] [pid 1] [client 2001:db8::5:51548] AH1",
        "error apache_error 2025-10-10T17:08:41.1Z client=2001:db8::5 port=51548 severity=Warning process=ssl pid=1 message=AH1")]
    [InlineData("[Fri Oct 10 17:08:41.1 2025] [:emerg] [pid 1:tid 2] [remote 192.0.2.7:5] x",
        "error apache_error 2025-10-10T17:08:41.1Z client=192.0.2.7 port=5 severity=Emergency pid=1 message=x")]
    [InlineData("[Fri Oct 10 17:08:41.1 2025] [core:error] [pid 9] (13)Permission denied: [client 192.0.2.7:99] AH00035: access to / denied",
        "error apache_error 2025-10-10T17:08:41.1Z client=192.0.2.7 port=99 severity=Error process=core pid=9 message=AH00035: access to / denied")]
    [InlineData("[Fri Oct  3 17:08:41 2025] [notice] caught SIGTERM, shutting down",
        "error apache_error 2025-10-03T17:08:41Z severity=Notice message=caught SIGTERM, shutting down")]
    [InlineData("[2025-10-10 17:08:41.203277] [mpm_event:trace4] [pid 7] x",
        "error apache_error 2025-10-10T17:08:41.203Z severity=Debug process=mpm_event pid=7 message=x")]
    public void ApachesErrorLogIsRead(string line, string expected) => Assert.Equal(expected, Describe.Line(line));

    [Theory]
    [InlineData("[Fri Oct 10 17:08:41 2025] [error] [client 192.0.2.7] File does not exist: /srv/[client 198.51.100.9] user root not found", "client=192.0.2.7 ")]
    [InlineData("[Fri Oct 10 17:08:41 2025] [error] [client 192.0.2.7] [client 198.51.100.9] x", "client=192.0.2.7 ")]
    public void AClientWithinAnApacheMessageIsNotTaken(string line, string expected) => Assert.Contains(expected, Describe.Line(line), StringComparison.Ordinal);

    [Theory]
    [InlineData("[Fri Oct 10 17:08:41 2025] [error] script said: [client 198.51.100.9] x")]
    [InlineData("[Fri Oct 10 17:08:41 2025] [error] (x) script said: [client 198.51.100.9] x")]
    public void AnApacheMessageWithoutAClientHasNone(string line) => Assert.DoesNotContain("client=", Describe.Line(line), StringComparison.Ordinal);

    [Theory]
    [InlineData("""2025/09/30 09:23:53 [error] 19#20: *17 user "foo" was not found in "/etc/x", client: 192.0.2.7, server: _, request: "GET /a?b HTTP/1.1", host: "example.org:8080", referrer: "http://example.net/" """,
        """error nginx_error 2025-09-30T09:23:53Z client=192.0.2.7 user=foo method=GET target=/a?b path=/a query=b protocol=HTTP/1.1 host=example.org referer=http://example.net/ severity=Error pid=19 message=user "foo" was not found in "/etc/x", client: 192.0.2.7, server: _, request: "GET /a?b HTTP/1.1", host: "example.org:8080", referrer: "http://example.net/" """)]
    [InlineData("2025/09/30 09:23:53 [notice] 1#1: signal process started", "error nginx_error 2025-09-30T09:23:53Z severity=Notice pid=1 message=signal process started")]
    [InlineData("2025/09/30 09:23:53 [info] 8#8: *15 text, client: unix:, server: _", "error nginx_error 2025-09-30T09:23:53Z client=unix: severity=Informational pid=8 message=text, client: unix:, server: _")]
    [InlineData("2025/09/30 09:23:53 [info] 8#8: *15 client 192.0.2.7:53044 connected to 0.0.0.0:25",
        "error nginx_error 2025-09-30T09:23:53Z client=192.0.2.7 port=53044 severity=Informational pid=8 message=client 192.0.2.7:53044 connected to 0.0.0.0:25")]
    [InlineData("2025/09/30 09:23:53 [info] 8#8: *15 login failed, client: 2001:db8::5 using starttls, server: 0.0.0.0:587",
        "error nginx_error 2025-09-30T09:23:53Z client=2001:db8::5 host=0.0.0.0:587 severity=Informational pid=8 message=login failed, client: 2001:db8::5 using starttls, server: 0.0.0.0:587")]
    public void NginxsErrorLogIsRead(string line, string expected) => Assert.Equal(expected.TrimEnd(' '), Describe.Line(line.TrimEnd(' ')));

    [Theory]
    [InlineData("[Fri Oct 10 17:08:41.1 2025] [auth_basic:error] [pid 1] [client 192.0.2.7:5] AH01617: user bob: authentication failure for \"/x\": Password Mismatch", "bob")]
    [InlineData("[Fri Oct 10 17:08:41.1 2025] [auth_basic:error] [pid 1] [client 192.0.2.7:5] AH01618: user a b not found: /x", "a b")]
    [InlineData("[Fri Oct 10 17:08:41.1 2025] [authz_core:error] [pid 1] [client 192.0.2.7:5] AH01631: user bob: authorization failure for \"/x\": ", "bob")]
    [InlineData("[Fri Oct 10 17:08:41 2025] [error] [client 192.0.2.7] Digest: user bob: password mismatch: /x", "bob")]
    [InlineData("[Fri Oct 10 17:08:41 2025] [error] [client 192.0.2.7] Digest: user `bob' in realm `x' not found: /x", "bob")]
    [InlineData("2025/09/30 09:23:53 [error] 1#1: *2 user \"bob\": password mismatch, client: 192.0.2.7, server: _", "bob")]
    public void ARefusedLoginNamesItsUser(string line, string user) => Assert.Contains($"client=192.0.2.7 {(line.Contains(":5]", StringComparison.Ordinal) ? "port=5 " : "")}user={user} severity=Error", Describe.Line(line), StringComparison.Ordinal);

    [Theory]
    // In the path, in the user name: before the real one.
    [InlineData("""2025/09/30 09:23:53 [error] 1#1: *2 open() "/srv/, client: 198.51.100.9" failed (2: No such file), client: 192.0.2.7, server: _, request: "GET / HTTP/1.1", host: "h" """)]
    [InlineData("""2025/09/30 09:23:53 [error] 1#1: *2 user "a", client: 198.51.100.9, server: _" was not found, client: 192.0.2.7, server: _, request: "GET / HTTP/1.1", host: "h" """)]
    // In the referer, behind it.
    [InlineData("""2025/09/30 09:23:53 [error] 1#1: *2 open() "/srv/x" failed, client: 192.0.2.7, server: _, request: "GET / HTTP/1.1", host: "h", referrer: "x, client: 198.51.100.9" """)]
    public void AForgedClientInNginxsMessageIsNotTaken(string line) => Assert.Contains("client=192.0.2.7 ", Describe.Line(line.TrimEnd(' ')), StringComparison.Ordinal);

    [Fact]
    public void AnNginxMessageThatCouldNameTwoClientsHasNone()
    {
        const string request = """, server: _, request: "GET / HTTP/1.1", host: "h" """;
        var line = $"2025/09/30 09:23:53 [error] 1#1: *2 text, client: 192.0.2.7{request.TrimEnd(' ')}, referrer: \"x, client: 198.51.100.9{request.TrimEnd(' ')}";
        Assert.DoesNotContain(" client=", Describe.Line(line), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""[Fri Oct 10 17:08:41.1 2025] [core:error] [pid 1] [client 192.0.2.7:5] from 2001:db8::5 - - [17/May/2025:10:05:05 +0000] "GET / HTTP/1.1" 400 0 "-" "-" """, "error apache_error")]
    [InlineData("""2025/09/30 09:23:53 [error] 1\b [17/May/2025:10:05:04 +0200] "GET / HTTP/1.1" 200 1""", "error nginx_error")]
    [InlineData("""#Fields: cs-method 192.0.2.7 - - [17/May/2025:10:05:04 +0200] "GET / HTTP/1.1" 200 1""", "unknown Header")]
    [InlineData("""2025-05-17 10:05:03 10.0.0.1 GET /2001:db8::5 - - [17/May/2025:10:05:05 -0330] "x" 400 0 "-" "-" """, "access w3c")]
    [InlineData("""Feb 14 15:16:01 [17/May/2025:10:05:04 +0200] "GET / HTTP/1.1" 200 1""", "error syslog")]
    public void ALineThatQuotesAnAccessLineIsNone(string line, string expected) => Assert.StartsWith(expected, Describe.Line(line), StringComparison.Ordinal);

    [Theory]
    [InlineData("[Fri Oct 10 17:08:41 2025] [mood] text")]
    [InlineData("[Fri Oct 10 17:08:41 2025] text")]
    [InlineData("[Fri Foo 10 17:08:41 2025] [error] text")]
    [InlineData("2025/09/30 09:23:53 [mood] 1#1: text")]
    [InlineData("2025/09/30 text")]
    public void JunkIsNotTakenForAnErrorLine(string line) => Assert.Equal("unknown NoFormatMatches", Describe.Line(line));

    [Theory]
    [InlineData("[Fri Feb 30 17:08:41 2025] [error] text")]
    [InlineData("2025/13/30 09:23:53 [error] 1#1: text")]
    [InlineData("Feb 30 09:23:53 host program: text")]
    public void ATimeThatIsNoneMakesTheLineUnknown(string line) => Assert.Equal("unknown BadTime", Describe.Line(line));
}
