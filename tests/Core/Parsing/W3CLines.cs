namespace LogMonitor.Core.Tests.Parsing;

public sealed class W3CLines
{
    const string Fields = "#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) sc-status sc-substatus sc-win32-status time-taken";
    const string Line = "2025-05-17 10:05:03 10.0.0.1 GET /a.aspx b=c 443 DOM\\bob 192.0.2.7 Mozilla/5.0+(X11) - 404 0 2 15";
    const string Parsed = "access w3c 2025-05-17T10:05:03Z client=192.0.2.7 user=DOM\\bob method=GET path=/a.aspx query=b=c status=404 agent=Mozilla/5.0+(X11) micros=15000";

    [Fact]
    public void TheColumnsAreThoseOfTheHeader()
    {
        var parser = Describe.Parser();
        foreach (var header in new[] { "#Software: Microsoft Internet Information Services 10.0", "#Version: 1.0", "#Date: 2025-05-17 00:00:00", Fields })
            Assert.Equal("unknown Header", Describe.Line(parser, header));
        Assert.Equal("w3c", parser.Format);
        Assert.Equal(Parsed, Describe.Line(parser, Line));
        Assert.Equal("unknown Header", Describe.Line(parser, "#Fields: time c-ip cs-uri sc-status sc-bytes cs(Host) time-taken"));
        Assert.Equal("access w3c 2025-05-17T11:00:00Z client=192.0.2.9 target=/x?y path=/x query=y host=example.org status=200 bytes=7 micros=2500", Describe.Line(parser, "11:00:00 192.0.2.9 /x?y 200 7 example.org 0.0025"));
        Assert.Equal("unknown NoFormatMatches", Describe.Line(parser, Line));
    }

    [Fact]
    public void WithoutAHeaderIissDefaultColumnsAreTaken()
    {
        Assert.Equal(Parsed, Describe.Line(Line));
        Assert.Equal("access w3c 2025-05-17T10:05:03Z client=192.0.2.7 method=GET path=/ status=200 agent=curl/8 micros=15000", Describe.Line("2025-05-17 10:05:03 10.0.0.1 GET / - 80 - 192.0.2.7 curl/8 200 0 0 15"));
    }

    [Fact]
    public void TheColumnsMayBeConfigured()
    {
        Assert.Equal("access w3c 2025-05-17T10:05:03Z client=192.0.2.7 status=200", Describe.Line("2025-05-17\t10:05:03\t192.0.2.7\t200", "w3c:date time c-ip sc-status"));
        Assert.Equal("access w3c 2025-05-17T10:05:03Z client=192.0.2.7 status=200 agent=a b", Describe.Line("2025-05-17 10:05:03 192.0.2.7 200 \"a b\"", "#Fields: date time c-ip sc-status cs(User-Agent)"));
    }

    [Theory]
    [InlineData("2025-05-17 10:05:03 10.0.0.1 GET / - 80 - 192.0.2.7 curl/8 - OK 0 0 15")]
    [InlineData("2025-05-17 10:05:03 10.0.0.1 GET / - 80")]
    [InlineData("#Fields: x-one x-two")]
    [InlineData("# a comment of somebody's")]
    public void JunkIsNotTakenForW3C(string line) => Assert.Equal("unknown NoFormatMatches", Describe.Line(line));

    [Fact]
    public void AnImpossibleDateSaysSo() => Assert.Equal("unknown BadTime", Describe.Line(Line.Replace("05-17", "02-30", StringComparison.Ordinal)));

    [Fact]
    public void AHeaderOfTooManyColumnsIsRefused() => Assert.Equal("unknown NoFormatMatches", Describe.Line("#Fields: date time" + string.Concat(Enumerable.Repeat(" c-ip", 63))));
}
