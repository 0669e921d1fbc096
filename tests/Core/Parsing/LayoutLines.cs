namespace LogMonitor.Core.Tests.Parsing;

/// <summary>Apache LogFormat and nginx log_format strings, each with a line and its fields.</summary>
public sealed class LayoutLines
{
    const string Time = "[17/May/2025:10:05:03 +0000]";

    [Theory]
    [InlineData("%h %l %u %t \"%r\" %>s %b %D", $"192.0.2.7 - bob {Time} \"GET /a?b HTTP/1.1\" 200 512 1500",
        "access custom 2025-05-17T10:05:03Z client=192.0.2.7 user=bob method=GET target=/a?b path=/a query=b protocol=HTTP/1.1 status=200 bytes=512 micros=1500")]
    [InlineData("%v:%p %a %u %t %T \\\"%m %U%q %H\\\" %s %>s %B %O %I", $"example.org:443 2001:db8::5 - {Time} 2 \"GET /a?b=c HTTP/2.0\" 301 200 7 500 90",
        "access custom 2025-05-17T10:05:03Z client=2001:db8::5 method=GET target=/a?b=c path=/a query=b=c protocol=HTTP/2.0 host=example.org status=200 bytes=7 micros=2000000")]
    [InlineData("%U%q %s", "/a 404", "access custom no-time path=/a status=404")]
    [InlineData("%m %U %q %s", "GET /a ?b 404", "access custom no-time method=GET path=/a query=b status=404")]
    [InlineData("%{c}a %a %{remote}p %{ms}T \"%{User-agent}i\" \"%{Cookie}i\" \"%{Host}i\"", "10.0.0.1 192.0.2.7 4022 12 \"curl/8\" \"a=b; c=d\" \"example.org:8080\"",
        "access custom no-time client=192.0.2.7 port=4022 host=example.org agent=curl/8 micros=12000")]
    [InlineData("%{X-Forwarded-For}i %t \"%r\" %>s", $"203.0.113.5, 10.0.0.1 {Time} \"GET / HTTP/1.1\" 200", "access custom 2025-05-17T10:05:03Z client=203.0.113.5 method=GET path=/ protocol=HTTP/1.1 status=200")]
    [InlineData("%h %{X-Forwarded-For}i %>s", "192.0.2.7 203.0.113.5, 10.0.0.1 200", "access custom no-time client=192.0.2.7 status=200")]
    [InlineData("%400,501{User-agent}i|%!200,304{Referer}i|%>s%%", "-|-|200%", "access custom no-time status=200")]
    [InlineData("%P %{tid}P %k %L %X %{x}e %{y}n %{z}C %{w}o %{v}^ti %s", "77 5 0 - + a b c d e 200", "access custom no-time status=200 pid=77")]
    [InlineData("%t %h %{SSL_PROTOCOL}x %{SSL_CIPHER}x \"%r\" %b", $"{Time} 192.0.2.7 TLSv1.3 TLS_AES_256_GCM_SHA384 \"GET / HTTP/1.1\" 404", "access custom 2025-05-17T10:05:03Z client=192.0.2.7 method=GET path=/ protocol=HTTP/1.1 bytes=404")]
    [InlineData("%h %{version}c %^FB %>s", "192.0.2.7 TLSv1.3 1503 200", "access custom no-time client=192.0.2.7 status=200")]
    [InlineData("LogFormat \"%h %t \\\"%r\\\" %>s\" mine", $"192.0.2.7 {Time} \"GET / HTTP/1.0\" 200", "access custom 2025-05-17T10:05:03Z client=192.0.2.7 method=GET path=/ protocol=HTTP/1.0 status=200")]
    public void AnApacheFormatStringReadsItsLines(string format, string line, string expected) => Assert.Equal(expected, Describe.Line(line, format));

    [Theory]
    [InlineData("%{%Y-%m-%dT%H:%M:%S%z}t", "2025-05-17T10:05:03+0200", "2025-05-17T08:05:03Z")]
    [InlineData("%{%F %T}t.%{msec_frac}t", "2025-05-17 10:05:03.250", "2025-05-17T10:05:03.25Z")]
    [InlineData("%{%d/%b/%Y %T}t.%{usec_frac}t %{%z}t", "17/May/2025 10:05:03.250999 -0100", "2025-05-17T11:05:03.25Z")]
    [InlineData("%{sec}t", "1747476303", "2025-05-17T10:05:03Z")]
    [InlineData("%{msec}t", "1747476303250", "2025-05-17T10:05:03.25Z")]
    [InlineData("%{usec}t", "1747476303250999", "2025-05-17T10:05:03.25Z")]
    [InlineData("%{begin:sec}t.%{end:msec_frac}t", "1747476303.007", "2025-05-17T10:05:03.007Z")]
    [InlineData("%{%a, %e %B %y %I:%M:%S %p %Z}t", "Sat, 17 May 25 10:05:03 PM GMT", "2025-05-17T22:05:03Z")]
    [InlineData("%{%a %I %p %D}t", "Saturday 12 am 05/17/25", "2025-05-17T00:00:00Z")]
    [InlineData("%{%Y %j %R %w%%}t", "2024 366 23:59 2%", "2024-12-31T23:59:00Z")]
    [InlineData("%{%c}t", "Sat May 17 10:05:03 2025", "2025-05-17T10:05:03Z")]
    [InlineData("%{%x %X}t", "05/17/25 10:05:03", "2025-05-17T10:05:03Z")]
    [InlineData("%{%F %r}t", "2025-05-17 10:05:03 PM", "2025-05-17T22:05:03Z")]
    [InlineData("%{%F %k:%M %l%P}t", "2025-05-17  9:05  9am", "2025-05-17T09:05:00Z")]
    [InlineData("%{%Y-%m-%d %G-W%V-%u %C %g %U %W %T}t", "2025-05-17 2025-W20-6 20 25 19 19 10:05:03", "2025-05-17T10:05:03Z")]
    [InlineData("%{%s}t", "1747476303", "2025-05-17T10:05:03Z")]
    [InlineData("%t", Time, "2025-05-17T10:05:03Z")]
    [InlineData("%{}t", Time, "2025-05-17T10:05:03Z")]
    public void ATimeFormatReadsItsTimes(string format, string time, string expected)
    {
        Assert.Equal($"access custom {expected} client=192.0.2.7 status=200", Describe.Line($"192.0.2.7 {time} 200", $"%h {format} %>s"));
        Assert.Equal($"access custom {expected} user=a user", Describe.Line($"{time}|a user", format + "|%u"));
    }

    [Theory]
    [InlineData("%{%Y-%m-%d}t", "2025-02-30")]
    [InlineData("%{%Y %j}t", "2025 366")]
    [InlineData("%{sec}t", "99999999999999999")]
    [InlineData("%{%F %I:%M}t", "2025-05-17 13:00")]
    [InlineData("%t", "[31/Feb/2025:10:05:03 +0000]")]
    public void AnImpossibleTimeSaysSo(string format, string time) => Assert.Equal("unknown BadTime", Describe.Line($"{time} 200", format + " %>s"));

    [Theory]
    [InlineData("$remote_addr - $remote_user [$time_local] \"$request\" $status $body_bytes_sent \"$http_referer\" \"$http_user_agent\" \"$http_x_forwarded_for\" rt=$request_time uct=\"$upstream_connect_time\" urt=\"$upstream_response_time\"",
        $"192.0.2.7 - bob {Time} \"GET /a HTTP/1.1\" 200 512 \"-\" \"curl/8\" \"-\" rt=0.123 uct=\"0.000, 0.001\" urt=\"0.120 : 0.003\"",
        "access custom 2025-05-17T10:05:03Z client=192.0.2.7 user=bob method=GET path=/a protocol=HTTP/1.1 status=200 bytes=512 agent=curl/8 micros=123000")]
    [InlineData("$time_iso8601 $msec $remote_addr:$remote_port $scheme://$host$request_uri $request_method $status $upstream_addr $upstream_status $request_time $pid",
        "2025-05-17T12:05:03+02:00 1747476303.250 192.0.2.7:4022 https://example.org/a?b=c POST 502 10.0.0.1:80, 10.0.0.2:80 : 10.0.0.3:80 502, 504 : 200 1.5 77",
        "access custom 2025-05-17T10:05:03.25Z client=192.0.2.7 port=4022 method=POST target=/a?b=c path=/a query=b=c host=example.org status=502 micros=1500000 pid=77")]
    [InlineData("${remote_addr}|$request_method $uri$is_args$args $server_protocol|$status|$bytes_sent", "192.0.2.7|GET /a?b=c HTTP/2.0|200|512",
        "access custom no-time client=192.0.2.7 method=GET target=/a?b=c path=/a query=b=c protocol=HTTP/2.0 status=200 bytes=512")]
    [InlineData("$proxy_protocol_addr:$proxy_protocol_port [$time_local] $status $request_length $upstream_bytes_received $upstream_cache_status \"$http_user_agent\"", $"192.0.2.7:4022 {Time} 200 90 12 MISS \"curl/8\"",
        "access custom 2025-05-17T10:05:03Z client=192.0.2.7 port=4022 status=200 agent=curl/8")]
    [InlineData("$proxy_protocol_addr $remote_addr $status", "10.0.0.1 192.0.2.7 200", "access custom no-time client=192.0.2.7 status=200")]
    [InlineData("log_format main '$remote_addr [$time_local] '\n   '\"$request\" $status';", $"192.0.2.7 {Time} \"GET / HTTP/1.1\" 200",
        "access custom 2025-05-17T10:05:03Z client=192.0.2.7 method=GET path=/ protocol=HTTP/1.1 status=200")]
    public void AnNginxFormatStringReadsItsLines(string format, string line, string expected) => Assert.Equal(expected, Describe.Line(line, format));

    [Theory]
    [InlineData("$remote_addr - $remote_user [$time_local] \"$request\" $status", $"192.0.2.7 - x [01/Jan/2020:00:00:00 +0000] y {Time} \"GET / HTTP/1.1\" 401", "user=x [01/Jan/2020:00:00:00 +0000] y method=GET")]
    [InlineData("%h %u %t \"%r\" %>s", $"192.0.2.7 a b {Time} \"GET /\\\" 200 HTTP/1.1\" 401", "user=a b method=GET path=/\\\" 200 protocol=HTTP/1.1 status=401")]
    [InlineData("%h \"%r\" %>s", "192.0.2.7 \"GET /\" x HTTP/1.1\" 401", "client=192.0.2.7 method=GET path=/\" x protocol=HTTP/1.1 status=401")]
    [InlineData("%>s \"%{User-Agent}i\"", "200 \"a \"bare\" quote\"", "status=200 agent=a \"bare\" quote")]
    [InlineData("%>s \"%{User-Agent}i\"", "200 \"cut off", "status=200 agent=cut off")]
    public void TextOfTheClientsChoosingDoesNotMislead(string format, string line, string expected) => Assert.Contains(expected, Describe.Line(line, format), StringComparison.Ordinal);

    [Theory]
    [InlineData("%h %>s", "192.0.2.7 OK")]
    [InlineData("%h %>s", "192.0.2.7 200 more")]
    [InlineData("%h %>s", "192.0.2.7")]
    [InlineData("%h %t", "192.0.2.7 [yesterday]")]
    [InlineData("%h %D", "192.0.2.7 fast")]
    [InlineData("x %h", "192.0.2.7")]
    public void ALineOfAnotherLayoutIsUnknown(string format, string line) => Assert.Equal("unknown NoFormatMatches", Describe.Line(line, format));

    [Theory]
    [InlineData("%h %y", "The log format has '%y' at position 4, which is no directive of Apache's LogFormat. Allowed: %h %a")]
    [InlineData("%h %^F", "The log format has '%^F' at position 4, which is no directive")]
    [InlineData("%h %x", "The log format has '%x' at position 4, which is no directive")]
    [InlineData("%h %{x}^tz", "The log format has '%{x}^tz' at position 4, which is no directive")]
    [InlineData("%h %i", "The log format has '%i' at position 4, which is no directive")]
    [InlineData("%h %{Referer", "The log format has '%{Referer' at position 4: its '{' has no '}'.")]
    [InlineData("%h %>", "The log format ends within '%>' at position 4: a directive's letter must follow.")]
    [InlineData("%h%u", "The log format has '%h' at position 1 directly before '%u' at position 3: put a character between them")]
    [InlineData("%h%{sec}t", "The log format has '%h' at position 1 directly before the time: put a character between them")]
    [InlineData("%{sec}t%h", "The log format has '%h' at position 8 right behind a time: put a character between them")]
    [InlineData("%h %{%E}t", "The time format has '%E' at position 6, which is unknown. Allowed: %a %A")]
    [InlineData("%h %{%-d}t", "The time format has '%-' at position 6, which is unknown. Allowed: %a %A")]
    [InlineData("%h %{%Y%}t", "The time format ends with '%' at position 8: a letter must follow.")]
    [InlineData("$remote_addr $ $status", "The log format has '$ ' at position 14: a variable's name must follow '$', such as $remote_addr or ${status}.")]
    [InlineData("100%%", "The log format '100%%' has no directive: expected Apache's, such as %h, or nginx's, such as $remote_addr.")]
    [InlineData("log_format main;", "The configuration line 'log_format main;' has no quoted format: expected log_format name '$remote_addr …';")]
    [InlineData("LogFormat \"%h", "The log format's quote at position 11 is not closed: expected LogFormat \"%h …\" name.")]
    [InlineData("{\"a\":\"$status\",}", "The log format '{\"a\":\"$status\",}' begins as JSON but is not: check its quotes, commas and braces.")]
    [InlineData("{\"a\":\"$connection\"}", "The JSON log format '{\"a\":\"$connection\"}' has no member whose value is one directive that a line has a place for")]
    [InlineData("{\"a\":\"%y\"}", "In the JSON log format's member 'a': The log format has '%y' at position 1, which is no directive")]
    [InlineData("json:time=ts,klient=ip", "The JSON format has 'klient=ip' at position 14: 'klient' is not a field. Fields are: time, client")]
    [InlineData("json:time", "The JSON format has 'time' at position 6: expected field=name")]
    [InlineData("w3c:x y", "'x y' are not the columns of a W3C log. Give 1 to 64 names as behind its '#Fields:'")]
    [InlineData("", "'' is not a log format. Use auto, one of access, common,")]
    public void AWrongFormatStringSaysWhatAndWhere(string format, string expected) =>
        Assert.StartsWith(expected, Assert.Throws<FormatException>(() => Describe.Parser(format)).Message, StringComparison.Ordinal);

    [Fact]
    public void FormatStringsOfKnownFormatsAreThoseFormats()
    {
        var line = $"192.0.2.7 - - {Time} \"GET / HTTP/1.1\" 200 1 \"-\" \"curl/8\"";
        Assert.StartsWith("access combined", Describe.Line(line, "%h %l %u %t \\\"%r\\\" %>s %b \\\"%{Referer}i\\\" \\\"%{User-Agent}i\\\""), StringComparison.Ordinal);
        Assert.StartsWith("access combined", Describe.Line(line, "$remote_addr - $remote_user [$time_local] \"$request\" $status $body_bytes_sent \"$http_referer\" \"$http_user_agent\""), StringComparison.Ordinal);
    }
}
