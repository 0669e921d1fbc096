using System.Text;
using LogMonitor.Core.Scanning;
using LogMonitor.Core.Tests.Pipeline;

namespace LogMonitor.Core.Tests.Scanning;

public sealed class ScanCounterTests
{
    [Fact]
    public void KnownValuesAreCountedWithoutAllocating()
    {
        byte[][] lines = [.. Enumerable.Range(0, 50).Select(i => Encoding.UTF8.GetBytes(Some.Line(i % 7, i % 3 == 0 ? 404 : 200, $"192.0.2.{i % 5}", $"/{i % 9}", $"agent {i % 4}")))];
        var counter = new ScanCounter(Some.Rules(TestPipeline.Rules), new ScanOptions());
        var parser = Some.Parser();
        counter.Begin(Some.Time);
        // Twice what is measured, so that what grows by doubling has grown, and all is compiled.
        Add(20_000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Add(10_000);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Add(int count)
        {
            for (var i = 0; i < count; i++)
            {
                parser.Parse(lines[0], out var line);
                counter.Add(line, null, i);
                parser.Parse(lines[3], out line);
                counter.Add(line, null, i);
            }
        }
    }

    [Fact]
    public async Task EveryLineIsAccountedFor()
    {
        string[] lines = [Some.Line(0, 200, "192.0.2.1"), "", "nothing that fits", Some.Line(60, 404, "192.0.2.1"), "[Sun Nov 01 09:02:00.381183 2026] [php:warn] [pid 902:tid 915] warned"];
        var all = await Some.ScanAsync(Some.Rules(TestPipeline.Rules), lines);
        Assert.Equal((5, 0), (all.Lines, all.SkippedLines));
        Assert.Equal(new ScanClasses(2, 1, 2), all.Classes);

        var some = await Some.ScanAsync(Some.Rules(TestPipeline.Rules), lines, new ScanOptions { Until = new DateTimeOffset(2026, 11, 1, 9, 1, 0, TimeSpan.Zero) });
        Assert.Equal((3, 2), (some.Lines, some.SkippedLines)); // lines without a time go with the one before
        Assert.Equal(new ScanClasses(1, 0, 2), some.Classes);
    }

    [Fact]
    public async Task LinesBeforeTheFirstTimeAreInNoTimesThatWereAskedFor()
    {
        string[] lines = ["nothing that fits", Some.Line(0, 200, "192.0.2.1")];
        var report = await Some.ScanAsync(Some.Rules(TestPipeline.Rules), lines, new ScanOptions { Since = DateTimeOffset.UnixEpoch });
        Assert.Equal((1, 1), (report.Lines, report.SkippedLines));
    }
}
