using System.Text;
using LogMonitor.Core.Chunks;
using LogMonitor.Core.Pipeline;
using LogMonitor.Tests.Support;

namespace LogMonitor.Core.Tests.Pipeline;

public sealed class BadChunkTests
{
    static readonly TestChunk good = TestChunk.Of([TestPipeline.Line(0, 200), TestPipeline.Line(1, 200)]);

    public static TheoryData<string, string> Bad => new()
    {
        { "empty", "empty: no bytes" },
        { "not gzip", "not gzip" },
        { "truncated", "truncated" },
        { "other content", "SHA-256" },
        { "bomb", "decompresses to more than" },
        { "no name", "not a chunk's name: the host part" },
        { "no bytes in its range", "empty chunk" },
        { "too large", "too large" },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public async Task ABadBlobIsQuarantinedWithItsReasonAndCountedInTheReport(string kind, string reason)
    {
        var chunk = Make(kind);
        var pipeline = new TestPipeline();
        await pipeline.IngestAsync(good);

        Assert.Equal(IngestOutcome.Quarantined, await pipeline.IngestAsync(chunk));
        Assert.Equal(IngestOutcome.Quarantined, await pipeline.IngestAsync(chunk));
        await pipeline.EvaluateAsync();

        Assert.Contains(reason, chunk.QuarantinedFor, StringComparison.Ordinal);
        Assert.Equal(1, pipeline.Stores.Reports.Sum(report => report.Quarantined));
        Assert.Contains(reason, Assert.Single(pipeline.Stores.Reports.SelectMany(report => report.Problems)), StringComparison.Ordinal);
        Assert.Equal(2, pipeline.Stores.Reports.Sum(report => report.Lines));
    }

    [Fact]
    public async Task ABlobThatIsGoneIsNoError()
    {
        var chunk = TestChunk.Of([TestPipeline.Line(0, 200)]);
        chunk.IsGone = true;
        Assert.Equal(IngestOutcome.Gone, await new TestPipeline().IngestAsync(chunk));
    }

    [Fact]
    public async Task AHostsTestUploadIsPassedOver()
    {
        var test = TestChunk.Raw(LogMonitor.Core.Chunks.TestBlob.NameOf("web1"), [1]);
        var pipeline = new TestPipeline();

        Assert.Equal(IngestOutcome.Test, await pipeline.IngestAsync(test));
        await pipeline.EvaluateAsync();

        Assert.Null(test.QuarantinedFor);
        Assert.Empty(pipeline.Stores.Reports.SelectMany(report => report.Problems));
    }

    [Theory]
    [InlineData("web1/_test", true)]
    [InlineData("_test", false)]
    [InlineData("web1/access/_test", false)]
    [InlineData("web1/_test2", false)]
    public void OnlyThatNameIsATestUpload(string name, bool expected) => Assert.Equal(expected, LogMonitor.Core.Chunks.TestBlob.Is(name));

    static TestChunk Make(string kind)
    {
        var raw = Encoding.UTF8.GetBytes(TestPipeline.Line(2, 200) + "\n");
        var chunk = TestChunk.Of(raw, start: 5_000);
        var name = chunk.Name;
        return kind switch
        {
            "empty" => chunk.With([]),
            "not gzip" => chunk.With(raw),
            "truncated" => chunk.With(chunk.Content[..^12]),
            "other content" => chunk.With(TestChunk.Gzip([.. Enumerable.Reverse(raw)])),
            "bomb" => chunk.With(TestChunk.Gzip(new byte[10_000_000])),
            "no name" => TestChunk.Raw("../../etc/passwd\u001b[31m", chunk.Content),
            "no bytes in its range" => TestChunk.Of(Array.Empty<byte>(), start: 5_000),
            _ => TestChunk.Raw(name.Replace($"-{5_000 + raw.Length:D16}-", $"-{5_000 + ChunkLimits.MaxRawBytes + 1:D16}-", StringComparison.Ordinal), chunk.Content),
        };
    }
}
