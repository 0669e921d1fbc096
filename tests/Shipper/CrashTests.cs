using System.Globalization;
using LogMonitor.Core.Chunks;
using LogMonitor.Shipper.Tests.Support;
using LogMonitor.Shipper.Upload;

namespace LogMonitor.Shipper.Tests;

public sealed class CrashTests
{
    // Steps of a first chunk: before and after the new generation is saved, its intent, the put, and the commit.
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    public async Task ACrashAtAnyStepOfAPutLosesAndRepeatsNothing(int step)
    {
        using var rig = new Rig();
        rig.Write("one\ntwo\n");
        rig.Crash.In = step;
        await Assert.ThrowsAsync<CrashException>(rig.ShipAllAsync);
        rig.Kill();
        rig.Write("three\n");

        await rig.ShipAllAsync();

        rig.Sink.AssertSound();
        Assert.Equal("one\ntwo\nthree\n", rig.Sink.Text);
    }

    [Fact]
    public async Task AFailedPutKeepsItsRangeWhileTheFileGrows()
    {
        using var rig = new Rig();
        rig.Sink.Fault = _ => new PutResult(PutOutcome.Retry, "The network is down.");
        rig.Write("one\n");
        await rig.ShipAllAsync();
        rig.Write("two\n");
        await rig.ShipAllAsync();
        rig.Sink.Fault = _ => null;
        rig.Time.Advance(TimeSpan.FromSeconds(2));

        await rig.ShipAllAsync();

        rig.Sink.AssertSound();
        Assert.Equal(["one\n", "two\n"], rig.Sink.Chunks.Values.Select(chunk => System.Text.Encoding.ASCII.GetString(chunk)));
        Assert.Equal("The network is down.", Assert.Single(rig.Messages.Troubles));
    }

    [Fact]
    public async Task AChunkThatWasPutBeforeACrashIsCompressedAsItWas()
    {
        using var rig = new Rig();
        rig.Configure = options => options with { Compression = ChunkCompression.Zstd };
        rig.Write("one\n");
        rig.Crash.In = 5; // Put, and not committed.
        await Assert.ThrowsAsync<CrashException>(rig.ShipAllAsync);
        rig.Kill();
        rig.Configure = options => options;
        rig.Write("two\n");
        await rig.ShipAllAsync();

        rig.Sink.AssertSound();
        Assert.Equal("one\ntwo\n", rig.Sink.Text);
        Assert.Equal([ChunkCompression.Zstd, ChunkCompression.Gzip], rig.Sink.Chunks.Keys.Select(id => id.Compression));
    }

    [Fact]
    public async Task OneStreamsTroubleDoesNotStarveAnother()
    {
        using var rig = new Rig("a.log", "b.log");
        rig.Sink.Fault = id => id.Stream.EndsWith("-a", StringComparison.Ordinal) ? new PutResult(PutOutcome.Held, "Denied.") : null;
        rig.Write("one\n", "a.log");
        rig.Write("two\n", "b.log");

        await rig.ShipAllAsync();

        Assert.Equal("two\n", rig.Sink.Text);
        Assert.Equal(1, rig.Summary.Problems);
    }

    [Fact]
    public async Task AFullDiskForPositionsHoldsAndShipsNothingTwice()
    {
        using var rig = new Rig();
        rig.Write("one\n");
        await rig.PassAsync();
        // The name of the temporary file is taken by a directory: no position can be written.
        var generation = Path.GetFileName(Assert.Single(Directory.GetFiles(rig.StateDirectory, "*.json")));
        var obstacle = Directory.CreateDirectory(Path.Join(rig.StateDirectory, $"{generation}.tmp"));
        await rig.ShipAllAsync();
        Assert.Empty(rig.Sink.Chunks);
        Assert.Contains("Shipping waits", Assert.Single(rig.Messages.Troubles), StringComparison.Ordinal);

        obstacle.Delete();
        rig.Time.Advance(TimeSpan.FromSeconds(2));
        await rig.ShipAllAsync();

        Assert.Equal("one\n", rig.Sink.Text);
    }

    [Fact]
    public async Task AnySequenceOfWritesRotationsFaultsAndCrashesShipsEachLineOnce()
    {
        var first = Environment.GetEnvironmentVariable("SHIPPER_SEED") is { Length: > 0 } seed ? int.Parse(seed, CultureInfo.InvariantCulture) : Random.Shared.Next();
        var runs = Environment.GetEnvironmentVariable("SHIPPER_RUNS") is { Length: > 0 } count ? int.Parse(count, CultureInfo.InvariantCulture) : 60;
        for (var run = 0; run < runs; run++)
        {
            var story = new List<string>();
            try { await RunAsync(new Random(first + run), story.Add); }
            catch (Exception error)
            {
                throw new InvalidOperationException($"Repeat with SHIPPER_SEED={first + run} SHIPPER_RUNS=1: {error.Message}\n{string.Join('\n', story)}", error);
            }
        }
    }

    static async Task RunAsync(Random random, Action<string> tell)
    {
        using var rig = new Rig { MaxChunkBytes = random.Next(2) == 0 ? 64 : 1 << 20, Messages = { Said = message => tell($"  {message}") } };
        var written = new List<string>();
        var (rotations, hasFragment, hasLine, isSeen) = (0, false, false, false);
        rig.Sink.Fault = _ => null;
        for (var action = 0; action < 60; action++)
        {
            switch (random.Next(10))
            {
                case 0 or 1 or 2:
                    for (var line = random.Next(1, 8); line > 0; line--)
                    {
                        var text = $"line {written.Count} {new string('x', random.Next(40))}\n";
                        rig.Write(text);
                        written.Add(hasFragment ? $"fragment {text}" : text);
                        (hasFragment, hasLine) = (false, true);
                    }
                    tell($"written to line {written.Count - 1}");
                    break;
                case 3 when !hasFragment:
                    rig.Write("fragment ");
                    tell("written a fragment");
                    hasFragment = true;
                    break;
                // A file whose first line comes and goes between two looks can't be seen.
                case 4 when isSeen:
                    var isRename = random.Next(2) == 0;
                    if (isRename) rig.Rename($"access.log.{++rotations}");
                    else rig.CopyTruncate($"access.log.{++rotations}");
                    tell($"{(isRename ? "renamed" : "copied and truncated")} to access.log.{rotations}");
                    (hasFragment, hasLine, isSeen) = (false, false, false);
                    break;
                case 5:
                    tell("killed");
                    rig.Kill();
                    break;
                case 6:
                    rig.Crash.In = random.Next(8);
                    break;
                case 7:
                    var failures = random.Next(3);
                    rig.Sink.Fault = _ => failures-- > 0 ? new PutResult(PutOutcome.Retry, "busy") : null;
                    break;
                default:
                    rig.Time.Advance(TimeSpan.FromSeconds(random.Next(40)));
                    try
                    {
                        tell("pass");
                        await rig.PassAsync(flush: random.Next(3) == 0);
                        isSeen = hasLine;
                    }
                    catch (CrashException)
                    {
                        tell("crashed");
                        rig.Kill();
                    }
                    break;
            }
        }
        (rig.Crash.In, rig.Sink.Fault) = (null, _ => null);
        await rig.DrainAsync();

        rig.Sink.AssertSound();
        var lines = rig.Sink.Generations
            .SelectMany(chunks => string.Concat(chunks.Select(chunk => System.Text.Encoding.Latin1.GetString(chunk.Value))).Split('\n').SkipLast(1))
            .Select(line => $"{line}\n");
        Assert.Equal(written.Order(StringComparer.Ordinal), lines.Order(StringComparer.Ordinal));
    }
}
