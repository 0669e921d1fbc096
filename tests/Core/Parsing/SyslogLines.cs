namespace LogMonitor.Core.Tests.Parsing;

public sealed class SyslogLines
{
    [Theory]
    [InlineData("Feb 14 15:16:01 combo sshd[19939]: text", "error syslog 2026-02-14T15:16:01Z process=sshd pid=19939 message=text")]
    [InlineData("Feb  4 15:16:01 combo kernel: [ 1.5] text: more", "error syslog 2026-02-04T15:16:01Z process=kernel message=[ 1.5] text: more")]
    [InlineData("Feb 4 15:16:01.25 combo cron[1] text", "error syslog 2026-02-04T15:16:01.25Z process=cron pid=1 message=text")]
    [InlineData("<34>Feb  4 15:16:01 combo su: text", "error syslog 2026-02-04T15:16:01Z severity=Critical process=su message=text")]
    [InlineData("Feb  4 2024 15:16:01 combo su: text", "error syslog 2024-02-04T15:16:01Z process=su message=text")]
    [InlineData("Feb  4 15:16:01 combo -- MARK --", "error syslog 2026-02-04T15:16:01Z message=-- MARK --")]
    [InlineData("Feb  4 15:16:01 sshd[7]: text", "error syslog 2026-02-04T15:16:01Z process=sshd pid=7 message=text")]
    [InlineData("Feb  4 15:16:01 combo sshd(pam_unix)[7]: text", "error syslog 2026-02-04T15:16:01Z process=sshd pid=7 message=text")]
    [InlineData("Feb  4 15:16:01 combo postfix/smtpd[7]: warning: text", "error syslog 2026-02-04T15:16:01Z severity=Warning process=postfix/smtpd pid=7 message=warning: text")]
    [InlineData("2023-11-14T00:20:42.738197+01:00 web1 app[99999999999999999999]: text", "error syslog 2023-11-13T23:20:42.738Z process=app message=text")]
    [InlineData("2023-11-14T00:20:42.738197+01:00 web1 app[12]: error: text", "error syslog 2023-11-13T23:20:42.738Z severity=Error process=app pid=12 message=error: text")]
    [InlineData("2023-11-14T00:20:42+0100 web1 app: text", "error syslog 2023-11-13T23:20:42Z process=app message=text")]
    [InlineData("2023-11-14T00:20:42Z web1 app: text", "error syslog 2023-11-14T00:20:42Z process=app message=text")]
    public void SyslogLinesAreRead(string line, string expected) => Assert.Equal(expected, Describe.Line(line));

    [Theory]
    [InlineData("""<165>1 2026-02-04T15:16:01.003+01:00 host app 1234 ID47 [a@1 b="c \"d\] e"][f] error: text""", "error syslog_rfc5424 2026-02-04T14:16:01.003Z severity=Notice process=app pid=1234 message=error: text")]
    [InlineData("<11>1 2026-02-04T15:16:01Z host sshd 7 - - \u00EF\u00BB\u00BFInvalid user bob from 192.0.2.7 port 4022", "error syslog_rfc5424 2026-02-04T15:16:01Z client=192.0.2.7 port=4022 user=bob severity=Error process=sshd pid=7 message=Invalid user bob from 192.0.2.7 port 4022")]
    [InlineData("<11>1 - - - - - -", "error syslog_rfc5424 no-time severity=Error")]
    [InlineData("<11>1 2026-02-04T15:16:01Z h nginx - - - [error] [client 192.0.2.7] text", "error apache_error 2026-02-04T15:16:01Z client=192.0.2.7 severity=Error process=nginx message=text")]
    public void Rfc5424LinesAreRead(string line, string expected) => Assert.Equal(expected, Describe.Line(line));

    [Theory]
    [InlineData("<165>1 2026-02-04T15:16:01Z host app")]
    [InlineData("<165>1 yesterday host app - - - text")]
    [InlineData("<165>1 2026-02-04T15:16:01Z host app - - [a text")]
    [InlineData("<165>2 2026-02-04T15:16:01Z host app - - - text")]
    [InlineData("2023-11-14 00:20:42 Urgent log detected: disk full")]
    [InlineData("2023-11-14T00:20:42 web1 app: no zone")]
    [InlineData("2023-11-14T00:20:42Z just words")]
    [InlineData("Feb 14 sometime")]
    [InlineData("Maybe 4 15:16:01 x")]
    [InlineData("<999>Feb  4 15:16:01 combo su: text")]
    [InlineData("-- Boot 0123456789abcdef --")]
    public void JunkIsNotTakenForSyslog(string line) => Assert.Equal("unknown NoFormatMatches", Describe.Line(line));

    [Theory]
    [InlineData("2026-03-01T12:00:00Z", "Mar  1 11:59:59", "2026-03-01T11:59:59Z")]
    [InlineData("2026-03-01T12:00:00Z", "Mar  2 11:59:59", "2026-03-02T11:59:59Z")]
    [InlineData("2026-03-01T12:00:00Z", "Mar  2 12:00:01", "2025-03-02T12:00:01Z")]
    [InlineData("2026-01-01T00:00:05Z", "Dec 31 23:59:59", "2025-12-31T23:59:59Z")]
    [InlineData("2025-12-31T23:59:59Z", "Jan  1 00:00:01", "2026-01-01T00:00:01Z")]
    [InlineData("2025-12-31T23:59:59Z", "Jan  2 00:00:01", "2025-01-02T00:00:01Z")]
    [InlineData("2026-03-01T12:00:00Z", "Feb 29 01:00:00", "2024-02-29T01:00:00Z")]
    [InlineData("2103-03-01T12:00:00Z", "Feb 29 01:00:00", "2096-02-29T01:00:00Z")]
    public void AMissingYearIsTheLatestThatIsNotInTheFuture(string reference, string time, string expected)
    {
        var parser = Describe.Parser(reference: DateTimeOffset.Parse(reference, System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(expected, Describe.Time(parser, time + " host su: text"));
    }

    [Fact]
    public void TimesWithoutAZoneAreOfTheConfiguredOne()
    {
        var parser = Describe.Parser(zone: TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin"));
        Assert.Equal("2026-01-31T23:30:00Z", Describe.Time(parser, "Feb  1 00:30:00 host su: text"));
        Assert.Equal("2025-06-30T22:30:00Z", Describe.Time(parser, "2025/07/01 00:30:00 [error] 1#1: text"));
        Assert.Equal("2025-03-30T00:59:59Z", Describe.Time(parser, "2025/03/30 01:59:59 [error] 1#1: text"));
        Assert.Equal("2025-03-30T01:00:00Z", Describe.Time(parser, "2025/03/30 03:00:00 [error] 1#1: text"));
        Assert.Equal("2025-07-01T00:30:00Z", Describe.Time(parser, """192.0.2.7 - - [01/Jul/2025:00:30:00 +0000] "GET / HTTP/1.1" 200 1"""));
    }

    [Theory]
    // The hour that is skipped in spring, and the one that autumn has twice: the second of them is in standard time.
    [InlineData("Europe/Berlin", "Mar 29 01:59:59", "2026-03-29T00:59:59Z")]
    [InlineData("Europe/Berlin", "Mar 29 02:30:00", "2026-03-29T01:30:00Z")]
    [InlineData("Europe/Berlin", "Mar 29 03:00:00", "2026-03-29T01:00:00Z")]
    [InlineData("Europe/Berlin", "Oct 25 01:59:59", "2026-10-24T23:59:59Z")]
    [InlineData("Europe/Berlin", "Oct 25 02:30:00", "2026-10-25T01:30:00Z")]
    [InlineData("Europe/Berlin", "Oct 25 03:00:00", "2026-10-25T02:00:00Z")]
    [InlineData("America/New_York", "Mar  8 02:30:00", "2026-03-08T07:30:00Z")]
    [InlineData("America/New_York", "Nov  1 01:30:00", "2026-11-01T06:30:00Z")]
    [InlineData("Australia/Lord_Howe", "Apr  5 01:45:00", "2026-04-04T15:15:00Z")]
    [InlineData("Asia/Kathmandu", "Jan  1 00:00:00", "2025-12-31T18:15:00Z")]
    [InlineData("America/St_Johns", "Mar 11 2007 00:00:59", "2007-03-11T03:30:59Z")]
    [InlineData("America/St_Johns", "Mar 11 2007 01:01:00", "2007-03-11T03:31:00Z")]
    public void ATimeOfAZoneThatChangesItsClockIsOneMoment(string zone, string time, string expected)
    {
        var parser = Describe.Parser(zone: TimeZoneInfo.FindSystemTimeZoneById(zone), reference: new DateTimeOffset(2026, 12, 1, 0, 0, 0, TimeSpan.Zero));
        Assert.Equal(expected, Describe.Time(parser, time + " host su: text"));
        Assert.Equal(expected, Describe.Time(parser, time + " host su: text"));
    }

    [Fact]
    public void AStreamGoesOnAcrossNewYear()
    {
        // Cut in the old year and read later; cut in the new year with lines of the old one.
        foreach (var reference in new[] { "2025-12-31T23:59:30Z", "2026-01-01T00:00:30Z" })
        {
            var parser = Describe.Parser(reference: DateTimeOffset.Parse(reference, System.Globalization.CultureInfo.InvariantCulture));
            Assert.Equal(["2025-12-31T23:59:29Z", "2026-01-01T00:00:00Z", "2025-12-31T23:59:59Z", "2026-01-01T00:00:29Z"],
                new[] { "Dec 31 23:59:29", "Dec 31 23:59:60", "Dec 31 23:59:59", "Jan  1 00:00:29" }.Select(time => Describe.Time(parser, time + " host su: text")));
        }
    }

    [Fact]
    public void TheYearIsInferredOnTheClockOfTheZone()
    {
        var parser = Describe.Parser(zone: TimeZoneInfo.FindSystemTimeZoneById("Pacific/Auckland"), reference: new DateTimeOffset(2025, 12, 31, 11, 30, 0, TimeSpan.Zero));
        Assert.Equal("2025-12-31T11:15:00Z", Describe.Time(parser, "Jan  1 00:15:00 host su: text"));
    }

    [Theory]
    [InlineData("""Feb  4 15:16:01 web1 nginx[28]: 192.0.2.7 - - [04/Feb/2026:15:16:00 +0000] "GET / HTTP/1.1" 200 5 "-" "curl/8" """,
        "access combined 2026-02-04T15:16:00Z client=192.0.2.7 method=GET path=/ protocol=HTTP/1.1 status=200 bytes=5 agent=curl/8 process=nginx pid=28")]
    [InlineData("<187>Feb  4 15:16:01 web1 nginx: 2026/02/04 15:16:00 [crit] 19#19: *1 text, client: 192.0.2.7, server: _",
        "error nginx_error 2026-02-04T15:16:00Z client=192.0.2.7 severity=Critical process=nginx pid=19 message=text, client: 192.0.2.7, server: _")]
    [InlineData("Feb  4 15:16:01 web1 httpd/a[22]: [authz_core:error] [pid 23] [client 192.0.2.7:58585] AH01630: denied",
        "error apache_error 2026-02-04T15:16:01Z client=192.0.2.7 port=58585 severity=Error process=httpd/a pid=22 message=AH01630: denied")]
    [InlineData("Feb  4 15:16:01 web1 nginx[28]: something else", "error syslog 2026-02-04T15:16:01Z process=nginx pid=28 message=something else")]
    public void WhatAWebServerSendsToSyslogIsReadAsWhatItIs(string line, string expected) => Assert.Equal(expected, Describe.Line(line.TrimEnd(' ')));

    [Fact]
    public void OtherProgramsCannotForgeRequestsThroughSyslog() =>
        Assert.StartsWith("error syslog", Describe.Line("""Feb  4 15:16:01 web1 app[28]: 192.0.2.7 - - [04/Feb/2026:15:16:00 +0000] "GET / HTTP/1.1" 200 5"""), StringComparison.Ordinal);
}
