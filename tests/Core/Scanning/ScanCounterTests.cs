using System.Text;
using LogMonitor.Core.Scanning;
using LogMonitor.Core.Tests.Pipeline;

namespace LogMonitor.Core.Tests.Scanning;

public sealed class ScanCounterTests
{
    [Fact]
    public void KnownValuesAreCountedWithoutAllocating() => Assert.Equal(0, AllocatedByTenThousand(secondsApart: 0));

    // At new times, what the windows need is kept, and now and then looked through.
    [Fact]
    public void NewTimesAllocateNextToNothing() => Assert.InRange(AllocatedByTenThousand(secondsApart: 1), 0, 10_000 * 8);

    static long AllocatedByTenThousand(int secondsApart)
    {
        const int Count = 10_000;
        byte[][] lines = [.. Enumerable.Range(0, 3 * Count).Select(i => Encoding.UTF8.GetBytes(
            Some.Line(i * secondsApart, i % 3 == 0 ? 404 : 200, $"192.0.2.{i % 5}", $"/{i % 9}", $"agent {i % 4}")))];
        var counter = new ScanCounter(Some.Rules(TestPipeline.Rules), new ScanOptions());
        var parser = Some.Parser();
        counter.Begin(Some.Time);
        // Twice what is measured comes first, so that what grows by doubling has grown, and all is compiled.
        Add(lines.AsSpan(0, 2 * Count));
        var before = GC.GetAllocatedBytesForCurrentThread();
        Add(lines.AsSpan(2 * Count));
        return GC.GetAllocatedBytesForCurrentThread() - before;

        void Add(ReadOnlySpan<byte[]> some)
        {
            foreach (var raw in some)
            {
                parser.Parse(raw, out var line);
                counter.Add(line, null, 1);
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
