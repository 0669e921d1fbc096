namespace LogMonitor.Core.Tests.Parsing;

public sealed class AccessLines
{
    const string Head = "192.0.2.7 - - [17/May/2025:10:05:03 +0000] ";
    const string Parsed = "2025-05-17T10:05:03Z client=192.0.2.7";

    [Theory]
    [InlineData("""192.0.2.7 - - [17/May/2025:10:05:03 +0000] "GET /a HTTP/1.1" 200 512""",
        "access common 2025-05-17T10:05:03Z client=192.0.2.7 method=GET path=/a protocol=HTTP/1.1 status=200 bytes=512")]
    [InlineData("""192.0.2.7 - alice [17/May/2025:10:05:03 +0200] "POST /a?b=c&d=e?f HTTP/2.0" 302 - "https://example.org/x" "Agent/1.0 (X11; \"quoted\")" """,
        "access combined 2025-05-17T08:05:03Z client=192.0.2.7 user=alice method=POST target=/a?b=c&d=e?f path=/a query=b=c&d=e?f protocol=HTTP/2.0 status=302 referer=https://example.org/x agent=Agent/1.0 (X11; \\\"quoted\\\")")]
    [InlineData("""www.example.org:443 2001:db8::5 - - [17/May/2025:10:05:03 -0330] "HEAD / HTTP/1.1" 304 0 "-" "-" """,
        "access vhost_combined 2025-05-17T13:35:03Z client=2001:db8::5 method=HEAD path=/ protocol=HTTP/1.1 host=www.example.org status=304 bytes=0")]
    [InlineData("""example.org 192.0.2.7 - bob [17/May/2025:10:05:03 +0000] "GET / HTTP/1.1" 200 1 "-" "curl/8" """,
        "access vhost_combined 2025-05-17T10:05:03Z client=192.0.2.7 user=bob method=GET path=/ protocol=HTTP/1.1 host=example.org status=200 bytes=1 agent=curl/8")]
    [InlineData("""host.example.net - - [17/May/2025:10:05:03 +0000] "GET / HTTP/1.1" 200 1""",
        "access common 2025-05-17T10:05:03Z client=host.example.net method=GET path=/ protocol=HTTP/1.1 status=200 bytes=1")]
    [InlineData("""::ffff:192.0.2.7 - - [17/May/2025:10:05:03 +0000] "GET / HTTP/1.1" 200 1""",
        "access common 2025-05-17T10:05:03Z client=192.0.2.7 method=GET path=/ protocol=HTTP/1.1 status=200 bytes=1")]
    [InlineData("""0:0:0:0:0:FFFF:192.0.2.7 - - [17/May/2025:10:05:03 +0000] "GET / HTTP/1.1" 200 1""",
        "access common 2025-05-17T10:05:03Z client=192.0.2.7 method=GET path=/ protocol=HTTP/1.1 status=200 bytes=1")]
    [InlineData("""fe80::1:2%eth0.7 - - [17/May/2025:10:05:03 +0000] "GET / HTTP/1.1" 200 1""",
        "access common 2025-05-17T10:05:03Z client=fe80::1:2%eth0.7 method=GET path=/ protocol=HTTP/1.1 status=200 bytes=1")]
    [InlineData("""example.org:443 fe80::1%en0 - - [17/May/2025:10:05:03 +0000] "GET / HTTP/1.1" 200 1 "-" "-" """,
        "access vhost_combined 2025-05-17T10:05:03Z client=fe80::1%en0 method=GET path=/ protocol=HTTP/1.1 host=example.org status=200 bytes=1")]
    [InlineData("""192.0.2.7:4022 - - [17/May/2025:10:05:03 +0000] "GET / HTTP/1.1" 200 1""",
        "access common 2025-05-17T10:05:03Z client=192.0.2.7 port=4022 method=GET path=/ protocol=HTTP/1.1 status=200 bytes=1")]
    [InlineData("""[2001:db8::7]:4022 - - [17/May/2025:10:05:03 +0000] "GET / HTTP/1.1" 200 1""",
        "access common 2025-05-17T10:05:03Z client=2001:db8::7 port=4022 method=GET path=/ protocol=HTTP/1.1 status=200 bytes=1")]
    [InlineData("""[::ffff:192.0.2.7]:4022 - - [17/May/2025:10:05:03 +0000] "GET / HTTP/1.1" 200 1""",
        "access common 2025-05-17T10:05:03Z client=192.0.2.7 port=4022 method=GET path=/ protocol=HTTP/1.1 status=200 bytes=1")]
    [InlineData("""192.0.2.7 identity bob [17/May/2025:10:05:03 +0000] "GET / HTTP/1.1" 200 1""",
        "access common 2025-05-17T10:05:03Z client=192.0.2.7 user=bob method=GET path=/ protocol=HTTP/1.1 status=200 bytes=1")]
    [InlineData("""192.0.2.7 - John Q. Public [17/May/2025:10:05:03 +0000] "GET / HTTP/1.1" 401 1""",
        "access common 2025-05-17T10:05:03Z client=192.0.2.7 user=John Q. Public method=GET path=/ protocol=HTTP/1.1 status=401 bytes=1")]
    public void TheServersOwnFormatsAreRead(string line, string expected) => Assert.Equal(expected, Describe.Line(line.TrimEnd(' ')));

    [Theory]
    // Further fields at the end: a forwarded-for, a duration, nothing that we know the name of.
    [InlineData(""" "GET / HTTP/1.1" 200 7 "-" "curl/8" "203.0.113.9" 0.004 "a b" """, "access combined {0} method=GET path=/ protocol=HTTP/1.1 status=200 bytes=7 agent=curl/8")]
    [InlineData(""" "GET / HTTP/1.1" 200 7 0.004 3""", "access common {0} method=GET path=/ protocol=HTTP/1.1 status=200 bytes=7")]
    // Cut off within the agent, within the referer, behind the status.
    [InlineData(""" "GET / HTTP/1.1" 200 7 "-" "curl/8""", "access combined {0} method=GET path=/ protocol=HTTP/1.1 status=200 bytes=7 agent=curl/8")]
    [InlineData(""" "GET / HTTP/1.1" 200 7 "http://exa""", "access combined {0} method=GET path=/ protocol=HTTP/1.1 status=200 bytes=7 referer=http://exa")]
    [InlineData(""" "GET / HTTP/1.1" 200""", "access common {0} method=GET path=/ protocol=HTTP/1.1 status=200")]
    public void WhatFollowsOrIsMissingAtTheEndIsTolerated(string tail, string expected) =>
        Assert.Equal(string.Format(null, expected, Parsed), Describe.Line(Head + tail.Trim(' ')));

    [Theory]
    [InlineData(@"""-"" 408 -", "status=408")]
    [InlineData(@""""" 400 0", "status=400 bytes=0")]
    [InlineData(@"""\x16\x03\x01\x02"" 400 226", @"path=\x16\x03\x01\x02 status=400 bytes=226")]
    [InlineData("\"\u0016\u0003\u0001\0\u00ff\u00fe\" 400 226", "path=\u0016\u0003\u0001\0\u00ff\u00fe status=400 bytes=226")]
    [InlineData(@"""\x03\x00\x00/*\xE0\x00Cookie: mstshash=Admin"" 400 47", @"path=\x03\x00\x00/*\xE0\x00Cookie: mstshash=Admin status=400 bytes=47")]
    [InlineData(@"""batman"" 400 47", "path=batman status=400 bytes=47")]
    [InlineData(@"""GET"" 400 47", "path=GET status=400 bytes=47")]
    [InlineData(@"""GET /old"" 200 47", "method=GET path=/old status=200 bytes=47")]
    [InlineData(@"""get /lower HTTP/1.0"" 200 47", "method=get path=/lower protocol=HTTP/1.0 status=200 bytes=47")]
    [InlineData(@"""GET /a b c.html HTTP/1.1"" 404 47", "method=GET path=/a b c.html protocol=HTTP/1.1 status=404 bytes=47")]
    [InlineData(@"""CONNECT example.org:443 HTTP/1.1"" 405 47", "method=CONNECT path=example.org:443 protocol=HTTP/1.1 status=405 bytes=47")]
    [InlineData(@"""GET http://example.org/x?y HTTP/1.1"" 200 47", "method=GET target=http://example.org/x?y path=http://example.org/x query=y protocol=HTTP/1.1 status=200 bytes=47")]
    [InlineData(@"""OPTIONS * HTTP/1.1"" 200 47", "method=OPTIONS path=* protocol=HTTP/1.1 status=200 bytes=47")]
    [InlineData(@"""GET /? HTTP/1.1"" 200 47", "method=GET target=/? path=/ protocol=HTTP/1.1 status=200 bytes=47")]
    [InlineData(@"""GET /\"" 500 1 \"" HTTP/1.1"" 404 47", @"method=GET path=/\"" 500 1 \"" protocol=HTTP/1.1 status=404 bytes=47")]
    [InlineData(@"""GET /\\"" 404 47", @"method=GET path=/\\ status=404 bytes=47")]
    [InlineData(@"""GET /""bare""quotes"" HTTP/1.1"" 404 47", @"method=GET path=/""bare""quotes"" protocol=HTTP/1.1 status=404 bytes=47")]
    [InlineData(@"""GET / HTTP/1.1"" 404 -5", "method=GET path=/ protocol=HTTP/1.1 status=404")]
    [InlineData(@"""GET / HTTP/1.1"" 404 99999999999999999999999999", "method=GET path=/ protocol=HTTP/1.1 status=404")]
    [InlineData(@"""GET / HTTP/1.1"" 000 1", "method=GET path=/ protocol=HTTP/1.1 bytes=1")]
    [InlineData(@"""GET / HTTP/1.1"" - -", "method=GET path=/ protocol=HTTP/1.1")]
    public void WhatClientsSendInPlaceOfARequestIsKept(string tail, string expected) =>
        Assert.Equal($"access common {Parsed} {expected}", Describe.Line(Head + tail));

    [Theory]
    [InlineData("""192.0.2.7 - - - [31/Jan/2025:14:29:44 ] example.org "GET / HTTP/1.1" 200 814 "-" "curl/8" + 293""",
        "access access 2025-01-31T14:29:44Z client=192.0.2.7 method=GET path=/ protocol=HTTP/1.1 status=200 bytes=814 agent=curl/8")]
    [InlineData("""192.0.2.7 - - [1/Apr/2025:00:00:01 -0500] "GET / HTTP/1.1" 200 814""",
        "access common 2025-04-01T05:00:01Z client=192.0.2.7 method=GET path=/ protocol=HTTP/1.1 status=200 bytes=814")]
    [InlineData("""[31/Jan/2025:14:29:44 +0000] 192.0.2.7 - "GET / HTTP/1.1" 200 814""",
        "access access 2025-01-31T14:29:44Z client=192.0.2.7 method=GET path=/ protocol=HTTP/1.1 status=200 bytes=814")]
    public void OtherLayoutsOfTheSamePartsAreRead(string line, string expected) => Assert.Equal(expected, Describe.Line(line));

    [Theory]
    [InlineData("192.0.2.7 TLSv1.3 TLS_AES_256_GCM_SHA384 \"GET /a HTTP/1.1\" 404", "client=192.0.2.7 method=GET path=/a protocol=HTTP/1.1 bytes=404")]
    [InlineData("2001:db8::7 TLSv1.2 X \"GET /\\\"a HTTP/1.1\" 51200", "client=2001:db8::7 method=GET path=/\\\"a protocol=HTTP/1.1 bytes=51200")]
    [InlineData("192.0.2.7 - - \"GET / HTTP/1.0\" -", "client=192.0.2.7 method=GET path=/ protocol=HTTP/1.0")]
    public void TheSizesOfAnSslRequestLogAreNoStatuses(string tail, string expected) =>
        Assert.Equal("access access 2025-05-17T10:05:03Z " + expected, Describe.Line("[17/May/2025:10:05:03 +0000] " + tail));

    [Theory]
    [InlineData("""203.0.113.1 - x [01/Jan/2020:00:00:00 +0000] [17/May/2025:10:05:03 +0000] "GET / HTTP/1.1" 401 1""",
        "access common 2025-05-17T10:05:03Z client=203.0.113.1 user=x [01/Jan/2020:00:00:00 +0000] method=GET path=/ protocol=HTTP/1.1 status=401 bytes=1")]
    [InlineData("""203.0.113.1 - 198.51.100.1 - - [17/May/2025:10:05:03 +0000] "GET / HTTP/1.1" 401 1""",
        "access common 2025-05-17T10:05:03Z client=203.0.113.1 user=198.51.100.1 - - method=GET path=/ protocol=HTTP/1.1 status=401 bytes=1")]
    [InlineData("""203.0.113.1 - a\"b\\\"] \" [17/May/2025:10:05:03 +0000] "GET / HTTP/1.1" 401 1""",
        """access common 2025-05-17T10:05:03Z client=203.0.113.1 user=a\"b\\\"] \" method=GET path=/ protocol=HTTP/1.1 status=401 bytes=1""")]
    public void AUserNameCannotForgeTheClientOrTheTime(string line, string expected) => Assert.Equal(expected, Describe.Line(line));

    [Theory]
    [InlineData("""192.0.2.7 - - [32/May/2025:10:05:03 +0000] "GET / HTTP/1.1" 200 1""")]
    [InlineData("""192.0.2.7 - - [17/Mai/2025:10:05:03 +0000] "GET / HTTP/1.1" 200 1""")]
    [InlineData("""192.0.2.7 - - [29/Feb/2025:10:05:03 +0000] "GET / HTTP/1.1" 200 1""")]
    [InlineData("""192.0.2.7 - - [17/May/0000:10:05:03 +0000] "GET / HTTP/1.1" 200 1""")]
    [InlineData("""192.0.2.7 - - [31/Dec/9999:23:59:59 -1200] "GET / HTTP/1.1" 200 1""")]
    [InlineData("""192.0.2.7 - - [17/May/2025:24:05:03 +0000] "GET / HTTP/1.1" 200 1""")]
    [InlineData("""192.0.2.7 - - [xx/May/2025:10:05:03 +0000] "GET / HTTP/1.1" 200 1""")]
    public void ATimeThatIsNoneMakesTheLineUnknown(string line) => Assert.Equal("unknown BadTime", Describe.Line(line));

    [Theory]
    [InlineData("192.0.2.7 - - [17/May/2025:10:05:03 +0000] GET / HTTP/1.1 200 1")]
    [InlineData("""192.0.2.7 - - [17/May/2025:10:05:03 +0000] "GET / HTTP/1.1""")]
    [InlineData("""192.0.2.7 - - [17/May/2025:10:05:03 +0000] "GET / HTTP/1.1" OK 1""")]
    [InlineData("""192.0.2.7 - - [17/May/2025:10:05:03 +0000] "GET / HTTP/1.1" 2000 1""")]
    [InlineData("""192.0.2.7 - - [yesterday] "GET / HTTP/1.1" 200 1""")]
    [InlineData("""Traceback (most recent call last): "GET / HTTP/1.1" 200 1""")]
    public void JunkIsNotTakenForAnAccessLine(string line) => Assert.Equal("unknown NoFormatMatches", Describe.Line(line));

    [Fact]
    public void ANamedFormatTakesItsOwnLinesOnly()
    {
        const string common = Head + "\"GET / HTTP/1.1\" 200 1";
        const string combined = common + " \"-\" \"curl/8\"";
        var vhost = "proxy " + combined.Replace("192.0.2.7", "client", StringComparison.Ordinal);
        Assert.StartsWith("access common", Describe.Line(common, "common"), StringComparison.Ordinal);
        Assert.StartsWith("access combined", Describe.Line(combined, "combined"), StringComparison.Ordinal);
        Assert.StartsWith("access vhost_combined", Describe.Line("example.org:80 " + combined, "vhost_combined"), StringComparison.Ordinal);
        Assert.Contains("client=client ", Describe.Line(vhost, "vhost_combined"), StringComparison.Ordinal);
        Assert.Equal("unknown NoFormatMatches", Describe.Line(common, "combined"));
        Assert.Equal("unknown NoFormatMatches", Describe.Line(combined, "vhost_combined"));
        Assert.Equal("unknown NoFormatMatches", Describe.Line("example.org:80 " + combined, "common"));
    }
}
