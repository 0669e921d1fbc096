using LogMonitor.Core.Chunks;
using LogMonitor.Shipper.Tests.Support;
using LogMonitor.Shipper.Upload;

namespace LogMonitor.Shipper.Tests;

/// <summary>A host gets another destination: docs/operations.md promises what is where then.</summary>
public sealed class MoveTests : IDisposable
{
    readonly MovingSink destination = new();
    readonly MemorySink former;
    readonly MemorySink latter = new();
    readonly Rig rig;

    public MoveTests()
    {
        rig = new Rig([], null) { Store = destination };
        former = destination.Inner;
    }

    public void Dispose() => rig.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task WhatIsStoredStaysWhereItIsAndTheRestGoesToTheNewPlace(bool restarts)
    {
        rig.Write("one\n");
        await rig.ShipAllAsync();
        rig.Write("two\n");
        if (restarts) rig.Kill();
        destination.Inner = latter;
        await rig.ShipAllAsync();

        Assert.Equal(("one\n", "two\n"), (former.Text, latter.Text));
        var (before, after) = (Assert.Single(former.Chunks).Key, Assert.Single(latter.Chunks).Key);
        Assert.Equal((before.Host, before.Stream, before.Generation, before.End), (after.Host, after.Stream, after.Generation, after.Start));
    }

    [Fact]
    public async Task WhatWasRefusedIsInTheNewPlaceOnly()
    {
        former.Fault = _ => new(PutOutcome.Held, "access is denied");
        rig.Write("one\n");
        await rig.ShipAllAsync();
        destination.Inner = latter;
        rig.Time.Advance(TimeSpan.FromMinutes(2));
        await rig.ShipAllAsync();

        Assert.Equal(("", "one\n"), (former.Text, latter.Text));
    }

    [Fact]
    public async Task OnlyTheChunkWhoseUploadHadNoAnswerIsInBothUnderOneName()
    {
        destination.LosesAnswers = true;
        rig.Write("one\n");
        await rig.ShipAllAsync();
        rig.Write("two\n");
        (destination.Inner, destination.LosesAnswers) = (latter, false);
        rig.Time.Advance(TimeSpan.FromMinutes(2));
        await rig.ShipAllAsync();

        Assert.Equal(("one\n", "one\ntwo\n"), (former.Text, latter.Text));
        Assert.Contains(Assert.Single(former.Chunks).Key, latter.Chunks.Keys);
    }

    /// <summary>A destination that can change, and that may store a chunk without a word.</summary>
    sealed class MovingSink : IChunkSink
    {
        public MemorySink Inner { get; set; } = new();

        public bool LosesAnswers { get; set; }

        public async Task<PutResult> PutAsync(ChunkId id, ChunkMetadata metadata, Stream compressed, CancellationToken cancellationToken)
        {
            var result = await Inner.PutAsync(id, metadata, compressed, cancellationToken);
            return LosesAnswers ? new(PutOutcome.Retry, "no answer in time") : result;
        }

        public Task<PutResult> BeatAsync(string host, DateTimeOffset now, CancellationToken cancellationToken) => Inner.BeatAsync(host, now, cancellationToken);
    }
}
