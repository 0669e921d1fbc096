namespace LogMonitor.Core.Tests.Parsing;

public sealed class JsonLines
{
    [Theory]
    [InlineData("""{"time":"2025-05-17T12:05:03+02:00","remote_addr":"192.0.2.7","remote_user":"","request":"GET /a?b=c HTTP/1.1","status": "404","body_bytes_sent":"0","request_time":"0.25","http_referrer":"-","http_user_agent":"curl\/8 \u00e9 \"x\""}""",
        "access json 2025-05-17T10:05:03Z client=192.0.2.7 method=GET target=/a?b=c path=/a query=b=c protocol=HTTP/1.1 status=404 bytes=0 agent=curl/8 \u00c3\u00a9 \"x\" micros=250000")]
    [InlineData("""{"level":"info","ts":1747476303.2500001,"logger":"http.log.access.log0","msg":"handled request","request":{"remote_ip":"10.0.0.9","remote_port":"4022","client_ip":"192.0.2.7","proto":"HTTP/2.0","method":"GET","host":"example.org:8443","uri":"/a?b","headers":{"User-Agent":["curl/8","second"],"Referer":["http://example.net/"]},"tls":{"resumed":false}},"bytes_read":0,"user_id":"bob","duration":0.001929675,"size":10900,"status":200,"resp_headers":{"Server":["Caddy"]}}""",
        "access json 2025-05-17T10:05:03.25Z client=192.0.2.7 port=4022 user=bob method=GET target=/a?b path=/a query=b protocol=HTTP/2.0 host=example.org status=200 bytes=10900 referer=http://example.net/ agent=curl/8 micros=1930 process=http.log.access.log0")]
    [InlineData("""{"ClientHost":"192.0.2.7","ClientUsername":"-","DownstreamContentSize":12,"DownstreamStatus":500,"Duration":2500000,"RequestHost":"example.org","RequestMethod":"PUT","RequestPath":"/x","RequestProtocol":"HTTP/1.1","StartUTC":"2025-05-17T10:05:03.123456789Z","level":"info","msg":"","time":"2025-05-17T10:05:04Z"}""",
        "access json 2025-05-17T10:05:04Z client=192.0.2.7 method=PUT path=/x protocol=HTTP/1.1 host=example.org status=500 bytes=12 micros=2500")]
    [InlineData("""{"@timestamp":"2025-05-17T10:05:03Z","client":{"ip":"192.0.2.7"},"http":{"request":{"method":"GET"},"response":{"status_code":200,"body":{"bytes":5}}},"url":{"path":"/x","query":"y"}}""",
        "access json 2025-05-17T10:05:03Z client=192.0.2.7 method=GET path=/x query=y status=200 bytes=5")]
    [InlineData("""{"level":"ERROR","ts":"2025/05/17 10:05:03.5","logger":"tls.obtain","msg":"could not get certificate"}""",
        "error json 2025-05-17T10:05:03Z severity=Error process=tls.obtain message=could not get certificate")]
    [InlineData("""{"time":"17/May/2025:10:05:03 +0000","message":"started","pid":7}""", "error json 2025-05-17T10:05:03Z pid=7 message=started")]
    [InlineData("""{"time":1747476303250,"status":200,"path":"/"}""", "access json 2025-05-17T10:05:03.25Z path=/ status=200")]
    [InlineData("""{"time":0.25,"status":200,"path":"/"}""", "access json no-time path=/ status=200")]
    public void JsonLinesAreRead(string line, string expected) => Assert.Equal(expected, Describe.Line(line));

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"a":1}""")]
    [InlineData("""{"status":200}""")]
    [InlineData("""{"message":"cut of""")]
    [InlineData("""{"message":"a"}}""")]
    [InlineData("""{"message":"a",}""")]
    [InlineData("""{"message" "a"}""")]
    [InlineData("""{"message":"a" "b":1}""")]
    [InlineData("""{message:"a"}""")]
    [InlineData("""["message","a"]""")]
    [InlineData("""{"a":[}]}""")]
    public void JunkIsNotTakenForAJsonLine(string line) => Assert.Equal("unknown NoFormatMatches", Describe.Line(line));

    [Fact]
    public void DeepNestingIsUnknown()
    {
        string Nested(int depth) => "{\"message\":\"a\",\"b\":" + new string('[', depth) + new string(']', depth) + "}";
        Assert.StartsWith("error json", Describe.Line(Nested(60)), StringComparison.Ordinal);
        Assert.Equal("unknown NoFormatMatches", Describe.Line(Nested(64)));
        Assert.Equal("unknown NoFormatMatches", Describe.Line(string.Concat(Enumerable.Repeat("{\"a\":", 10_000)) + "}"));
    }

    [Fact]
    public void AnImpossibleTimeSaysSo() => Assert.Equal("unknown BadTime", Describe.Line("""{"time":"2025-02-30T10:05:03Z","status":200,"path":"/"}"""));

    [Theory]
    [InlineData("json:time=when,client=who.address,path=what", """{"when":"2025-05-17T10:05:03Z","who":{"address":"192.0.2.7"},"what":"/x","status":200,"client":"10.0.0.1"}""")]
    [InlineData("""{"when":"$time_iso8601","who":{"address":"$remote_addr"},"what":"$request_uri","code":$status,"both":"$host $status"}""", """{"when":"2025-05-17T10:05:03Z","who":{"address":"192.0.2.7"},"what":"/x","code":200,"both":"a 300","client":"10.0.0.1"}""")]
    [InlineData("""{ \"when\":\"%{%Y-%m-%dT%H:%M:%S%z}t\", \"who\":{\"address\":\"%a\"}, \"what\":\"%U%q\", \"stem\":\"%U\", \"code\":%>s }""", """{"when":"2025-05-17T10:05:03Z","who":{"address":"192.0.2.7"},"what":"/x","stem":"/x","code":200}""")]
    [InlineData("log_format j escape=json '{\"when\":\"$time_iso8601\",' '\"who\":\"$remote_addr\",\"what\":\"$request\",\"code\":$status}';", """{"when":"2025-05-17T10:05:03Z","who":"192.0.2.7","what":"/x","code":200}""")]
    public void TheNamesAreConfigurable(string format, string line) => Assert.Equal("access json 2025-05-17T10:05:03Z client=192.0.2.7 path=/x status=200", Describe.Line(line, format));

    [Fact]
    public void AWebServersJsonWithinSyslogIsRead() =>
        Assert.Equal("access json 2025-05-17T10:05:03Z path=/ status=200 process=caddy pid=5", Describe.Line("""Feb  4 15:16:01 web1 caddy[5]: {"time":"2025-05-17T10:05:03Z","status":200,"path":"/"}"""));
}
