using System.Runtime.InteropServices;
using System.Text;
using LogMonitor.Core.Chunks;
using LogMonitor.Core.Parsing;

namespace LogMonitor.Core.Tests.Parsing;

public sealed class HostileLines
{
    static readonly string[] Repeated =
    [
        "\"", "\\", "\\\"", " \\\" ", "\" 2", " [", "[", "]", " ", "a ", "\0", "\u00ff", "- ", "\" \"", "from ", " from 192.0.2.1", " from !", " ! port 1", " port 1", " 192.0.2.1 port 1", " 192.0.2.1 port 1: ", ", client: 192.0.2.1, server: ",
        ", request: \"", ", client: 192.0.2.1, server: , request: \"", "[client 192.0.2.1] ", "[pid 1] ", "{\"a\":", "[", "{\"message\":\"a\",", "\\u", ", ", " : ", "?", "/", "rhost=", ", referer: ", "9",
    ];

    static readonly string[] Heads =
    [
        "", "192.0.2.7 - ", "192.0.2.7 - - [17/May/2025:10:05:03 +0000] \"", "192.0.2.7 - - [17/May/2025:10:05:03 +0000] \"GET / HTTP/1.1\" 200 1 \"", "[Fri Oct 10 17:08:41 2025] [core:error] ",
        "2025/09/30 09:23:53 [error] 1#1: *2 ", "Feb  4 15:16:01 host sshd[7]: Failed publickey for ID ", "Feb  4 15:16:01 host sshd[7]: Failed password for ", "Feb  4 15:16:01 host sshd[7]: Disconnecting invalid user ", "Feb  4 15:16:01 host sshd[7]: ", "Feb  4 15:16:01 host nginx: ",
        "<11>1 2026-02-04T15:16:01Z h a - - ", "{\"message\":\"", "{", "2025-05-17 10:05:03 ", "#Fields: ",
    ];

    [Theory]
    [InlineData("auto")]
    [InlineData(SampleLines.Layout)]
    [InlineData("%h %u %t \"%r\" %>s \"%{User-Agent}i\"")]
    public void ALongLineTakesLinearTimeWhateverItRepeats(string format)
    {
        const int length = ChunkLimits.MaxParsedLineBytes, part = 16;
        foreach (var head in Heads)
        {
            foreach (var repeated in Repeated)
            {
                // What is quick is no harm. Of the rest, 16 times the length takes 16 times as long; quadratic, it would be 256 times.
                var whole = Fastest(format, head, repeated, length);
                if (whole < TimeSpan.FromMilliseconds(4)) continue;
                var short16 = Fastest(format, head, repeated, length / part);
                Assert.True(whole < 4 * part * short16, $"{short16.TotalMilliseconds:F3} ms for {length / part} bytes, but {whole.TotalMilliseconds:F1} ms for {length}: {head}{repeated}…");
            }
        }
    }

    static TimeSpan Fastest(string format, string head, string repeated, int length)
    {
        var line = Encoding.Latin1.GetBytes(head + string.Concat(Enumerable.Repeat(repeated, (length - head.Length) / repeated.Length)));
        var parser = Describe.Parser(format);
        var fastest = TimeSpan.MaxValue;
        for (var i = 0; i < 8 && fastest > TimeSpan.FromMilliseconds(1); i++)
        {
            var start = ThreadTime();
            parser.Parse(line, out _);
            var taken = ThreadTime() - start;
            if (taken < fastest) fastest = taken;
        }
        return fastest;
    }

    // What this thread has computed: however busy the machine is with others, that is not counted.
    static TimeSpan ThreadTime()
    {
        const int threadCpuTime = 3;
        Assert.Equal(0, clock_gettime(threadCpuTime, out var time));
        return new TimeSpan((long)time.Seconds * TimeSpan.TicksPerSecond + (long)time.Nanoseconds / 100);
    }

    [DllImport("libc"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    static extern int clock_gettime(int clock, out Timespec time);

    [StructLayout(LayoutKind.Sequential)]
    readonly struct Timespec
    {
        public readonly nint Seconds, Nanoseconds;
    }

    [Theory]
    [InlineData("auto")]
    [InlineData(SampleLines.Layout)]
    public void ParsingAllocatesNothing(string format)
    {
        string[] samples = format == "auto" ? SampleLines.Auto : SampleLines.OfLayout;
        byte[][] lines = [.. samples.Concat(samples.Select(line => line[..(line.Length / 2)])).Concat(Repeated.Select(text => string.Concat(Enumerable.Repeat(text, 50)))).Select(Encoding.Latin1.GetBytes)];
        var parser = Describe.Parser(format, zone: TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin"));
        Run(1_000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Run(10_000);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Run(int count)
        {
            for (var i = 0; i < count; i++) parser.Parse(lines[i % lines.Length], out _);
        }
    }

    [Fact]
    public void AMillionClientsCostNoMemory()
    {
        var parser = Describe.Parser();
        var line = "000000000.example.net - - [17/May/2025:10:05:03 +0000] \"GET / HTTP/1.1\" 200 1"u8.ToArray();
        parser.Parse(line, out _);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000_000; i++)
        {
            i.TryFormat(line, out _, "D9");
            parser.Parse(line, out var parsed);
            if (parsed.Class != LineClass.Access) Assert.Fail($"client {i}");
        }
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void BytesThatAreNoTextStayAsTheyAre()
    {
        var line = Describe.Line("192.0.2.7 - \u00ff\u0000\u001b[2J [17/May/2025:10:05:03 +0000] \"GET /\u00c3\u0028\r\u0007 HTTP/1.1\" 200 1");
        Assert.Contains("user=\u00ff\u0000\u001b[2J method=GET path=/\u00c3\u0028\r\u0007 protocol", line, StringComparison.Ordinal);
    }
}
