using System.Text;
using CsCheck;
using LogMonitor.Shipper.Cutting;
using LogMonitor.Shipper.Tests.Support;

namespace LogMonitor.Shipper.Tests;

public sealed class RedactorTests
{
    static readonly string[] pieces = ["token=", "password=", "192.0.2.1", "2001:db8::1", "&", "?", " ", ".", ":", "=", "\n", "\"", "aé", "ffff", "1", "::"];

    [Theory]
    [InlineData("GET /login?user=ann&password=s3cret&x=1 HTTP/1.1", "GET /login?user=ann&password=******&x=1 HTTP/1.1")]
    [InlineData("GET /?TOKEN=abc HTTP/1.1\" 200 1 \"http://h/?token=d\"", "GET /?TOKEN=*** HTTP/1.1\" 200 1 \"http://h/?token=*\"")]
    [InlineData("token=abc\ntoken=def\r\n", "token=***\ntoken=***\r\n")]
    [InlineData("?token=&password=a", "?token=&password=*")]
    [InlineData("?mytoken=abc&token2=abc&nottoken=abc", "?mytoken=abc&token2=abc&nottoken=abc")]
    [InlineData("?a=token=abc", "?a=token=abc")]
    [InlineData("body: {\"q\":\"password=a b\"}", "body: {\"q\":\"password=* b\"}")]
    [InlineData("?token", "?token")]
    [InlineData("=abc", "=abc")]
    [InlineData("?token=abc=def", "?token=*******")]
    public void ValuesOfParametersBecomeStars(string line, string expected) =>
        Assert.Equal(expected, Redact(new Redaction { Parameters = ["token", "password"] }, line));

    [Theory]
    [InlineData("192.0.2.77 - - [22/Nov/2026:10:12:13 +0000] \"GET / HTTP/1.1\" 200 1 \"-\" \"Mozilla/5.0 Chrome/120.0.0.1\"",
        "192.0.2.00 - - [22/Nov/2026:10:12:13 +0000] \"GET / HTTP/1.1\" 200 1 \"-\" \"Mozilla/5.0 Chrome/120.0.0.1\"")]
    [InlineData("[client 198.51.100.7:51234] AH00128", "[client 198.51.100.0:51234] AH00128")]
    [InlineData("Failed password for root from 203.0.113.199 port 22 ssh2.", "Failed password for root from 203.0.113.000 port 22 ssh2.")]
    [InlineData("from 203.0.113.19.", "from 203.0.113.00.")]
    [InlineData("http://203.0.113.19/x", "http://203.0.113.00/x")]
    [InlineData("2001:db8:1234:5678:9abc:def0:1234:5678 - -", "2001:db8:1234:0000:0000:0000:0000:0000 - -")]
    [InlineData("2001:db8::9:1 - -", "2001:db8::0:0 - -")]
    [InlineData("::1 - -", "::0 - -")]
    [InlineData("::ffff:192.0.2.77 x", "::ffff:192.0.2.00 x")]
    [InlineData("[2001:db8::7]:443", "[2001:db8::0]:443")]
    [InlineData("fe80:0:0:0:0:0:0:1", "fe80:0:0:0:0:0:0:0")]
    [InlineData("2026-11-22T10:12:13.123456+01:00 host", "2026-11-22T10:12:13.123456+01:00 host")]
    [InlineData("10:12:13 1.2.3 1.2.3.4.5 999.1.1.1 v1.2.3.4 00:1b:44:11:3a:b7", "10:12:13 1.2.3 1.2.3.4.5 999.1.1.1 v1.2.3.4 00:1b:44:11:3a:b7")]
    public void AddressesLoseTheirLastPart(string line, string expected) => Assert.Equal(expected, Redact(new Redaction { Addresses = true }, line));

    [Fact]
    public void NoByteIsAddedOrTakenAwayAndASecondTimeChangesNothing() => Gen.Select(
        Gen.Int[0, pieces.Length - 1].Select(i => pieces[i]).Array[0, 40],
        Gen.Byte.Array[0, 10]).Sample((chosen, noise) =>
    {
        byte[] line = [.. Encoding.UTF8.GetBytes(string.Concat(chosen)), .. noise];
        var redactor = new Redactor(new Redaction { Parameters = Redaction.UsualParameters, Addresses = true });
        var once = (byte[])line.Clone();
        redactor.Redact(once);
        var twice = (byte[])once.Clone();
        redactor.Redact(twice);
        Assert.Equal(once, twice);
        Assert.Equal(line.Count(b => b == '\n'), once.Count(b => b == '\n'));
    }, iter: 5_000);

    [Fact]
    public async Task AChunkLeavesTheHostWithoutItsSecretsAndACrashCutsItAgainAsItWas()
    {
        using var rig = new Rig();
        rig.Configure = options => options with { Redaction = new Redaction { Parameters = ["token"] } };
        rig.Write("GET /?token=abc HTTP/1.1\n");
        rig.Crash.In = 5; // Put, and not committed.
        await Assert.ThrowsAsync<CrashException>(rig.ShipAllAsync);
        rig.Kill();

        // The setting has changed since: what was put stands.
        rig.Configure = options => options;
        rig.Write("GET /?token=def HTTP/1.1\n");
        await rig.ShipAllAsync();

        rig.Sink.AssertSound();
        Assert.Equal("GET /?token=*** HTTP/1.1\nGET /?token=def HTTP/1.1\n", rig.Sink.Text);
    }

    static string Redact(Redaction redaction, string line)
    {
        var bytes = Encoding.UTF8.GetBytes(line);
        new Redactor(redaction).Redact(bytes);
        return Encoding.UTF8.GetString(bytes);
    }
}
