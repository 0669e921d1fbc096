using System.Text;
using LogMonitor.Core.Scanning;
using LogMonitor.Standalone.Scan;
using LogMonitor.Standalone.Tests.Scan.Support;
using LogMonitor.Tests.Support;
using ZstdSharp;

namespace LogMonitor.Standalone.Tests.Scan;

/// <summary>What a scan reads, and what it says of what it can't read.</summary>
public sealed class InputTests : IDisposable
{
    static readonly CancellationToken none = TestContext.Current.CancellationToken;

    readonly TemporaryFolder folder = new();

    [Theory]
    [InlineData()]
    [InlineData("-")]
    public async Task StandardInputIsRead(params string[] files)
    {
        var result = await ScanProcess.RunAsync([.. files, "--output", "ndjson"], Log(3));
        Assert.Equal((0, ""), (result.ExitCode, result.Errors));
        Assert.Equal([1, 2, 3], Read.Lines(result.Output).Select(line => line.Line));
        Assert.All(Read.Lines(result.Output), line => Assert.Null(line.File));
    }

    [Fact]
    public async Task CompressedStandardInputIsRead() =>
        Assert.Equal(3, Read.Report((await ScanProcess.RunAsync(["--output", "json"], TestChunk.Gzip(Log(3)))).Output).Lines);

    [Fact]
    public async Task SeveralFilesAreOneReportAndTheirLinesAreNumberedApart()
    {
        var (a, b) = (await FileAsync("a.log", Log(3)), await FileAsync("b.log.gz", TestChunk.Gzip(Log(2))));
        var lines = await ScanHere.LinesAsync(a, b);
        Assert.Equal([(a, 1L), (a, 2L), (a, 3L), (b, 1L), (b, 2L)], lines.Select(line => (line.File!, line.Line)));
        var report = await ScanHere.ReportAsync(a, b);
        Assert.Equal((5, Log(3).Length + Log(2).Length), (report.Lines, report.Bytes));
    }

    [Fact]
    public async Task AnUnknownLineOfSeveralFilesNamesItsFile()
    {
        var (a, b) = (await FileAsync("a.log", Log(1)), await FileAsync("b.log", "no format\n"u8.ToArray()));
        Assert.Equal(new ScanUnknown(1, "noFormatMatches", "no format", b), Assert.Single((await ScanHere.ReportAsync(a, b)).UnknownSamples));
        Assert.Null(Assert.Single((await ScanHere.ReportAsync(b)).UnknownSamples).File);
    }

    [Fact]
    public async Task StandardInputAmongFilesIsNamedByItsHyphen()
    {
        var result = await ScanProcess.RunAsync([await FileAsync("a.log", Log(1)), "-", "--output", "ndjson"], Log(1));
        Assert.Equal([folder["a.log"], "-"], Read.Lines(result.Output).Select(line => line.File!));
    }

    [Fact]
    public async Task GzipMembersAreReadToTheLast() =>
        Assert.Equal(5, (await ScanHere.ReportAsync(await FileAsync("a.gz", [.. TestChunk.Gzip(Log(3)), .. TestChunk.Gzip(Log(2))]))).Lines);

    [Fact]
    public async Task ZstdFramesAreReadToTheLast() =>
        Assert.Equal(5, (await ScanHere.ReportAsync(await FileAsync("a.zst", [.. Zstd(Log(3)), .. Zstd(Log(2))]))).Lines);

    [Fact]
    public async Task ZstdThatBeginsWithAFrameToSkipIsRead() =>
        Assert.Equal(3, (await ScanHere.ReportAsync(await FileAsync("a.zst", [0x50, 0x2A, 0x4D, 0x18, 2, 0, 0, 0, 9, 9, .. Zstd(Log(3))]))).Lines);

    [Theory]
    [InlineData("plain.gz")]
    [InlineData("plain.zst")]
    public async Task WhatItBeginsWithCountsAndNotItsName(string name)
    {
        Assert.Equal(3, (await ScanHere.ReportAsync(await FileAsync(name, Log(3)))).Classes.Access);
        Assert.Equal(3, (await ScanHere.ReportAsync(await FileAsync("compressed.log", TestChunk.Gzip(Log(3))))).Classes.Access);
    }

    [Theory]
    [InlineData("gzip", 0)]
    [InlineData("gzip", 1)]
    [InlineData("gzip", 8)]
    [InlineData("gzip", 2_000)]
    [InlineData("zstd", 1)]
    [InlineData("zstd", 2_000)]
    [InlineData("gzip in its second member", 100)]
    public async Task OfATruncatedFileTheLinesBeforeAreReportedAndTheExitCodeIsTwo(string kind, int missing)
    {
        const int Lines = 2_000;
        var whole = kind switch
        {
            "gzip" => TestChunk.Gzip(Log(Lines)),
            "zstd" => Zstd(Log(Lines)),
            _ => [.. TestChunk.Gzip(Log(Lines)), .. TestChunk.Gzip(Log(Lines))],
        };
        var (broken, good) = (await FileAsync("broken", whole[..^missing]), await FileAsync("good", Log(7)));

        // The whole program: whether truncation is noticed is a setting of its own.
        var result = await ScanProcess.RunAsync([broken, good, "--output", "json"]);

        var report = Read.Report(result.Output);
        Assert.Equal(0, report.Classes.Unknown); // no part of a line passes for one
        if (missing == 0)
        {
            Assert.Equal((0, "", Lines + 7), (result.ExitCode, result.Errors, report.Lines));
            Assert.Empty(report.InputErrors);
            return;
        }
        var error = $"'{broken}' is broken or not complete: its {kind[..4]} data can't be decompressed behind byte {whole.Length - missing}. The lines before count; for the others, copy it again.";
        Assert.Equal((2, $"logmonitor: {error}\n"), (result.ExitCode, result.Errors));
        Assert.Equal([error], report.InputErrors);
        Assert.InRange(report.Lines, 7, 2 * Lines + 7);
        if (kind == "gzip") Assert.InRange(report.Lines, 7 + 500, 7 + Lines);
        Assert.Equal(report.Lines, report.Classes.Access);
    }

    [Fact]
    public async Task TheReportForPeopleSaysThatItIsNotComplete()
    {
        var result = await ScanHere.RunAsync(new ScanRequest { Files = [await FileAsync("a.zst", Zstd(Log(2_000))[..^5])] });
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("\nnot complete: 1 file could not be read to the end\n", result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(23, 0)]
    [InlineData(27, 2)]
    public async Task AZstdWindowThatWouldTakeTooMuchMemoryIsRefusedWithAWayOut(int windowBits, int exitCode)
    {
        // A frame (RFC 8878 section 3.1.1) with a window descriptor and one block that is empty.
        byte[] frame = [0x28, 0xB5, 0x2F, 0xFD, 0x00, (byte)((windowBits - 10) << 3), 0x01, 0x00, 0x00];
        var result = await ScanHere.RunAsync(new ScanRequest { Files = [await FileAsync("a.zst", frame)], Output = ScanOutput.Json });
        Assert.Equal(exitCode, result.ExitCode);
        if (exitCode > 0) Assert.EndsWith("zstd -dc --long=31 FILE | logmonitor scan", Assert.Single(Read.Report(result.Output).InputErrors), StringComparison.Ordinal);
    }

    [Fact]
    public async Task DataThatDecompressesToNothingSensibleEndsWithAnError()
    {
        var random = new Random(1);
        foreach (var magic in new byte[][] { [0x1F, 0x8B, 8, 0], [0x28, 0xB5, 0x2F, 0xFD] })
            for (var i = 0; i < 200; i++)
            {
                var noise = new byte[random.Next(300)];
                random.NextBytes(noise);
                var result = await ScanHere.RunAsync(new ScanRequest { Files = [await FileAsync("noise", [.. magic, .. noise])], Output = ScanOutput.Json });
                Assert.True(result.ExitCode is 0 or 2);
                Assert.Equal(result.ExitCode == 2, Read.Report(result.Output).InputErrors.Count == 1);
            }
    }

    [Theory]
    [InlineData("xz", "is compressed with xz, which is not read here. Decompress it on the way: xz -dc FILE | logmonitor scan", "FD377A585A00")]
    [InlineData("bz2", "is compressed with bzip2, which is not read here. Decompress it on the way: bzip2 -dc FILE | logmonitor scan", "425A6839")]
    public async Task ACompressionThatIsNotReadIsNamedWithTheWayOut(string name, string message, string beginning)
    {
        var file = await FileAsync(name, Convert.FromHexString(beginning));
        var error = await Assert.ThrowsAsync<UserErrorException>(() => ScanHere.ReportAsync(file));
        Assert.Equal($"'{file}' {message}", error.Message);
    }

    [Fact]
    public async Task AnEmptyFileHasNoLines()
    {
        var report = await ScanHere.ReportAsync(await FileAsync("empty", []));
        Assert.Equal((0, 0, null, null), (report.Lines, report.Bytes, report.First, report.Last));
        Assert.Equal("", (await ScanHere.RunAsync(new ScanRequest { Files = [folder["empty"]], Output = ScanOutput.NdJson })).Output);
        Assert.StartsWith("0 lines, ", (await ScanHere.RunAsync(new ScanRequest { Files = [folder["empty"]] })).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("xy\n")]
    public async Task AFileShorterThanAnyMarkIsRead(string text) =>
        Assert.Equal(text.Length > 0 ? 1 : 0, (await ScanHere.ReportAsync(await FileAsync("short", Encoding.UTF8.GetBytes(text)))).Lines);

    [Fact]
    public async Task ALastLineWithoutLineFeedAndCarriageReturnsCount()
    {
        var text = Encoding.UTF8.GetString(Log(3)).TrimEnd('\n');
        var plain = await ScanHere.LinesAsync(await FileAsync("lf", Encoding.UTF8.GetBytes(text)));
        var windows = await ScanHere.LinesAsync(await FileAsync("crlf", Encoding.UTF8.GetBytes(text.Replace("\n", "\r\n", StringComparison.Ordinal))));
        Assert.Equal(3, plain.Count);
        Assert.Equal(plain, windows);
    }

    [Fact]
    public async Task AWrongNameIsSaidBeforeAnythingIsScanned()
    {
        var good = await FileAsync("good.log", Log(1));
        Directory.CreateDirectory(folder["directory"]);
        foreach (var (name, message) in new[]
        {
            ("missing.log", "does not exist. Check its name; quote a name with spaces."),
            ("no/such.log", "does not exist: there is no such directory."),
            ("directory", $"is a directory. Name the files in it, such as {folder["directory/*.log"]}."),
        })
        {
            var result = await ScanProcess.RunAsync([good, folder[name], "--output", "ndjson"]);
            Assert.Equal(new ScanResult(2, "", $"logmonitor: '{folder[name]}' {message}\n"), result);
        }
    }

    [Fact]
    public async Task AFileOfSomebodyElseIsSaidToBeUnreadable()
    {
        Assert.SkipWhen(Environment.IsPrivilegedProcess, "root reads everything");
        var file = await FileAsync("secret.log", Log(1));
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(file, UnixFileMode.UserWrite);
        var error = await Assert.ThrowsAsync<UserErrorException>(() => ScanHere.ReportAsync(file));
        Assert.Equal($"'{file}' can't be read by this user. Logs are often readable by the group adm: add the user to it, or use sudo.", error.Message);
    }

    [Fact]
    public async Task ANameFromAnAttackerDoesNotReachTheTerminalRaw()
    {
        var result = await ScanProcess.RunAsync([folder["\e[31mred.log"]]);
        Assert.Equal($"logmonitor: '{folder[@"\x1b[31mred.log"]}' does not exist. Check its name; quote a name with spaces.\n", result.Errors);
        Assert.DoesNotContain('\e', (await ScanHere.RunAsync(new ScanRequest { Files = [await FileAsync("\e[31m.log", "odd\n"u8.ToArray()), await FileAsync("b", [])] })).Output);
    }

    [Fact]
    public async Task APipeOfTheShellIsReadFromItsFirstByte()
    {
        await FileAsync("a.log", Log(3));
        var result = await ScanProcess.ShellAsync("\"$LOGMONITOR\" scan <(cat a.log) <(gzip -c a.log) --output json", folder.Path);
        Assert.Equal((0, ""), (result.ExitCode, result.Errors));
        Assert.Equal(6, Read.Report(result.Output).Classes.Access);
    }

    [Fact]
    public async Task AFileThatGrowsMeanwhileIsReadAsFarAsItIsThere()
    {
        var file = await FileAsync("growing.log", Log(1));
        using var inputs = ScanInputs.Check([file], TimeProvider.System);
        using var input = inputs.Open(0);
        await File.AppendAllTextAsync(file, Encoding.UTF8.GetString(Log(2)), none);
        using var read = new MemoryStream();
        await input.Content.CopyToAsync(read, none);
        Assert.Equal(3, read.ToArray().Count(b => b == (byte)'\n'));
    }

    [Fact]
    public async Task AFileThatGoesMeanwhileIsSaidAndTheOthersAreRead()
    {
        var (gone, good) = (await FileAsync("gone.log", Log(1)), await FileAsync("good.log", Log(2)));
        using var inputs = ScanInputs.Check([gone, good], TimeProvider.System);
        File.Delete(gone);
        Assert.Contains("does not exist", Assert.Throws<UserErrorException>(() => inputs.Open(0)).Message, StringComparison.Ordinal);
        using var input = inputs.Open(1);
        Assert.Equal(Log(2).Length, input.Length);
    }

    public void Dispose() => folder.Dispose();

    async Task<string> FileAsync(string name, byte[] content)
    {
        await File.WriteAllBytesAsync(folder[name], content, none);
        return folder[name];
    }

    // Different enough that compressing leaves something to truncate.
    static byte[] Log(int lines)
    {
        var random = new Random(lines);
        return Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, lines).Select(i =>
            $"192.0.2.{i % 250} - - [01/Nov/2026:09:{i / 60 % 60:00}:{i % 60:00} +0000] \"GET /{random.NextInt64():x} HTTP/1.1\" 200 {i} \"-\" \"agent\"\n")));
    }

    static byte[] Zstd(byte[] raw)
    {
        using var compressor = new Compressor();
        return compressor.Wrap(raw).ToArray();
    }
}
