using System.Text;
using LogMonitor.Core.Chunks;
using LogMonitor.Core.Parsing;

namespace LogMonitor.Core.Tests.Parsing;

public sealed class LineParserTests
{
    const string Access = """192.0.2.7 - - [17/May/2025:10:05:03 +0000] "GET / HTTP/1.1" 200 512""";
    const string Error = "[Fri Oct 10 17:08:41 2025] [error] [client 192.0.2.7] text";
    const string Syslog = "Feb  4 15:16:01 host su: text";

    [Fact]
    public void AStreamsFormatIsFoundAndFoundAgainWhenItChanges()
    {
        var parser = Describe.Parser();
        Assert.Equal("auto", parser.Format);
        foreach (var (line, format) in new[] { ("junk", "auto"), (Access, "common"), ("junk", "common"), (Error, "apache_error"), (Syslog, "syslog"), (Access + " \"-\" \"-\"", "combined") })
        {
            Describe.Line(parser, line);
            Assert.Equal(format, parser.Format);
        }
    }

    [Fact]
    public void AStreamThatChangesItsFormatHalfWayLosesNoLine()
    {
        const string json = """{"time":"2025-05-17T10:05:03Z","remote_addr":"192.0.2.7","method":"GET","path":"/","status":200}""";
        const string w3c = "2025-05-17 10:05:03 10.0.0.1 GET / - 443 - 192.0.2.7 curl/8 - 200 0 0 15";
        string[] junk = ["starting", "", "   at Program.Main()"];
        (string Line, string Format)[] stages = [(Access, "common"), (Access + " \"-\" \"curl/8\"", "combined"), (json, "json"), ("www.example.org:443 " + Access + " \"-\" \"-\"", "vhost_combined"), (w3c, "w3c"), (Error, "apache_error")];
        var parser = Describe.Parser();
        foreach (var line in junk) Assert.StartsWith("unknown", Describe.Line(parser, line), StringComparison.Ordinal);
        Assert.Equal("auto", parser.Format);
        foreach (var (line, format) in stages)
            for (var i = 0; i < 100; i++)
            {
                // Some junk is no reason to give a format up.
                if (i % 10 == 5) Assert.StartsWith("unknown", Describe.Line(parser, junk[0]), StringComparison.Ordinal);
                Assert.Contains($" {format} 2025-", Describe.Line(parser, line), StringComparison.Ordinal);
                Assert.Equal(format, parser.Format);
            }
    }

    [Fact]
    public void ALineReadsTheSameWhateverStoodBeforeIt()
    {
        string[] lines = [Access, Error, Syslog, "junk", "", Access + " \"-\" \"-\""];
        var alone = lines.Select(line => Describe.Line(line)).ToArray();
        foreach (var first in lines)
        {
            var parser = Describe.Parser();
            Describe.Line(parser, first);
            Assert.Equal(alone, lines.Select(line => Describe.Line(parser, line)));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("\r")]
    [InlineData("   ")]
    public void AnEmptyLineSaysSo(string line) => Assert.Equal("unknown EmptyLine", Describe.Line(line));

    [Fact]
    public void ACarriageReturnAndAByteOrderMarkAreNotPartOfTheLine()
    {
        Assert.Equal(Describe.Line(Access), Describe.Line("\u00EF\u00BB\u00BF" + Access + "\r"));
        Assert.Equal(Describe.Line(Syslog), Describe.Line(Syslog + "\r"));
    }

    [Fact]
    public void ALineOverTheLimitIsUnknownAndSaysWhy()
    {
        Assert.StartsWith("access", Describe.Line(Access.PadRight(ChunkLimits.MaxParsedLineBytes)), StringComparison.Ordinal);
        Assert.Equal("unknown TooLong", Describe.Line(Access.PadRight(ChunkLimits.MaxParsedLineBytes + 1)));
    }

    [Fact]
    public void AnUnknownLineHasNoFieldsButItsText()
    {
        Describe.Parser().Parse("""192.0.2.7 - - [32/May/2025:10:05:03 +0000] "GET / HTTP/1.1" 200 512"""u8, out var line);
        Assert.True(line.Client.IsEmpty && line.Path.IsEmpty && line.Status == 0 && line.Time == LogLine.NoTime);
        Assert.StartsWith("192.0.2.7", Encoding.UTF8.GetString(line.Raw), StringComparison.Ordinal);
    }

    [Fact]
    public void AnUnknownFormatIsRefusedWithTheNamesThatThereAre()
    {
        var error = Assert.Throws<FormatException>(() => Describe.Parser("comined"));
        Assert.Equal("'comined' is not a log format. Use auto, one of access, common, combined, vhost_combined, apache_error, nginx_error, syslog, syslog_rfc5424, json, w3c, "
            + "an Apache LogFormat or nginx log_format string (%h …, $remote_addr …), json:field=name,… or w3c:columns….", error.Message);
    }
}
