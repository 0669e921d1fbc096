using System.Text;
using CsCheck;
using LogMonitor.Standalone.Scan;
using LogMonitor.Standalone.Tests.Scan.Support;
using LogMonitor.Tests.Support;

namespace LogMonitor.Standalone.Tests.Scan;

/// <summary>Attackers write log lines: none may break the report, the JSON or the terminal.</summary>
public sealed class HostileLogTests : IDisposable
{
    static readonly CancellationToken none = TestContext.Current.CancellationToken;

    readonly TemporaryFolder folder = new();

    [Fact]
    public async Task ALineOfTenMegabytesIsOneLineAndTheNextIsRead()
    {
        var good = Encoding.UTF8.GetBytes(Request("/next") + "\n");
        var lines = await LinesAsync([.. Enumerable.Repeat((byte)'x', 10 << 20), (byte)'\n', .. good]);
        Assert.Equal([("unknown", "tooLong"), ("access", null)], lines.Select(line => (line.Class, line.Reason)));
        Assert.Equal("/next", lines[1].Path);
    }

    [Fact]
    public async Task ManyNulBytesAndNothingElseAreOneUnknownLine()
    {
        var line = Assert.Single(await LinesAsync(new byte[1 << 20]));
        Assert.Equal("unknown", line.Class);
    }

    [Fact]
    public async Task InvalidUtf8StandsAsReplacementCharacters()
    {
        var line = Assert.Single(await LinesAsync([.. "192.0.2.1 - - [01/Nov/2026:09:00:00 +0000] \"GET /a"u8, 0xFF, 0xC3, .. "b HTTP/1.1\" 200 1 \"-\" \"-\"\n"u8]));
        Assert.Equal("/a\uFFFD\uFFFDb", line.Path);
    }

    [Fact]
    public async Task TheReportForPeopleHasNoControlCharacterFromALog()
    {
        var text = await TextAsync(Encoding.UTF8.GetBytes(string.Concat(
            Request("/\e]0;owned\a\e[2J\r", agent: "\e[31m\u202Eevil\u0085\u2028\x7f"), "\n\e[1;1Hunknown \b\b\b\t line\n",
            string.Concat(Enumerable.Repeat(Request("/x", client: "\e[5mblink", status: 404) + "\n", 9)))));
        Assert.DoesNotContain(text, c => c != '\n' && (char.IsControl(c) || char.GetUnicodeCategory(c) is System.Globalization.UnicodeCategory.Format));
        Assert.Contains(@"\x1b[31m\u{202e}evil", text, StringComparison.Ordinal);
        Assert.Contains(@"\x1b[1;1Hunknown \x08\x08\x08\x09 line", text, StringComparison.Ordinal);
    }

    [Fact]
    public void AnyBytesGiveValidJsonAndEveryLineIsAccountedFor()
    {
        var piece = Gen.OneOf(
            Gen.Byte.Array[0, 40],
            Gen.OneOf(new[] { "\n", "\"", "\\", "\\x", "[01/Nov/2026:09:00:00 +0000] ", "192.0.2.1 - - ", "{\"time\":", "}", "\"GET / HTTP/1.1\" 404 99999999999999999999 ", "<38>1 ", "\e[", "\0", "\r\n", "\uFEFF" }.Select(text => Gen.Const(text)).ToArray())
                .Select(Encoding.UTF8.GetBytes),
            Gen.Const(Encoding.UTF8.GetBytes(Request("/fine") + "\n")));
        piece.Array[0, 30].Sample(pieces =>
        {
            byte[] log = [.. pieces.SelectMany(bytes => bytes)];
            var output = ScanAsync(ScanOutput.NdJson, log).GetAwaiter().GetResult();
            var lines = Read.Lines(output);
            Assert.True(Ascii.IsValid(output));
            Assert.Equal(log.Count(b => b == (byte)'\n') + (log is [] or [.., (byte)'\n'] ? 0 : 1), lines.Count);
            Assert.Equal(Enumerable.Range(1, lines.Count), lines.Select(line => (int)line.Line));

            var report = Read.Report(ScanAsync(ScanOutput.Json, log).GetAwaiter().GetResult());
            Assert.Equal((lines.Count, log.Length), (report.Lines, report.Bytes));
            Assert.Equal(report.Lines, report.Classes.Access + report.Classes.Error + report.Classes.Unknown);
            Assert.Equal(report.Lines - report.Classes.Unknown, report.Formats.Values.Sum());
        }, iter: 300, threads: 1);
    }

    [Fact]
    public async Task TimesThatCannotBeAreLeftOut()
    {
        var lines = await LinesAsync("""
            {"time":"9999-12-31T23:59:59Z","remote_addr":"192.0.2.1","request_method":"GET","request_uri":"/a","status":200}
            {"time":-1,"remote_addr":"192.0.2.1","request_method":"GET","request_uri":"/b","status":200}
            {"time":1e300,"remote_addr":"192.0.2.1","request_method":"GET","request_uri":"/c","status":200}

            """u8.ToArray());
        Assert.Equal(3, lines.Count);
        Assert.All(lines.Skip(1), line => Assert.Null(line.Time));
    }

    public void Dispose() => folder.Dispose();

    static string Request(string path, string agent = "agent", string client = "192.0.2.1", int status = 200) =>
        $"{client} - - [01/Nov/2026:09:00:00 +0000] \"GET {path} HTTP/1.1\" {status} 1 \"-\" \"{agent}\"";

    async Task<IReadOnlyList<Core.Scanning.ScanLine>> LinesAsync(byte[] log) => Read.Lines(await ScanAsync(ScanOutput.NdJson, log));

    Task<string> TextAsync(byte[] log) => ScanAsync(ScanOutput.Text, log);

    async Task<string> ScanAsync(ScanOutput output, byte[] log)
    {
        await File.WriteAllBytesAsync(folder["log"], log, none);
        return (await ScanHere.RunAsync(new ScanRequest { Files = [folder["log"]], Output = output })).Output;
    }
}
