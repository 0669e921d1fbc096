using System.IO.Compression;
using Azure.Storage.Blobs;
using LogMonitor.Core.Chunks;
using LogMonitor.Shipper.Tests.Support;
using LogMonitor.Tests.Support;

namespace LogMonitor.Shipper.Tests;

public sealed class ServiceTests(AzuriteFixture azurite) : IDisposable
{
    readonly DirectoryInfo root = Directory.CreateTempSubdirectory("shipper-");
    readonly Messages messages = new();

    public void Dispose() => root.Delete(recursive: true);

    [Fact]
    public async Task ItFollowsUntilStoppedAndShipsWhatIsCompleteThen()
    {
        var container = await azurite.NewContainerAsync();
        using var stop = new CancellationTokenSource();
        var running = Shipper(container, TimeSpan.FromSeconds(1)).RunAsync(stop.Token);
        await AppendAsync("one\n");
        await Poll.UntilAsync("the first line is stored", async () => await TextAsync(container) == "one\n");
        await AppendAsync("two\nhalf");

        await stop.CancelAsync();
        await running;

        Assert.Equal("one\ntwo\n", await TextAsync(container));
    }

    [Fact]
    public async Task RunningOnceTwiceShipsOnce()
    {
        var container = await azurite.NewContainerAsync();
        await AppendAsync("one\n");

        var first = await Shipper(container).RunOnceAsync(TestContext.Current.CancellationToken);
        var second = await Shipper(container).RunOnceAsync(TestContext.Current.CancellationToken);

        Assert.Equal(new ShipperSummary(1, 1, 4, 0), first);
        Assert.Equal(new ShipperSummary(0, 0, 0, 0), second);
        Assert.Equal("one\n", await TextAsync(container));
    }

    [Fact]
    public async Task ASecondShipperIsRefusedByTheLock()
    {
        var container = await azurite.NewContainerAsync();
        using var stop = new CancellationTokenSource();
        var running = Shipper(container).RunAsync(stop.Token);

        var error = await Assert.ThrowsAsync<ShipperException>(() => Shipper(container).RunAsync(stop.Token));

        Assert.Equal($"Another shipper (process {Environment.ProcessId}) uses the state directory {State}. Stop it, or give this one a state directory of its own.", error.Message);
        await stop.CancelAsync();
        await running;
    }

    [Fact]
    public async Task AStateDirectoryThatCannotBeWrittenSaysSo()
    {
        await File.WriteAllTextAsync(State, "a file", TestContext.Current.CancellationToken);
        var container = new BlobContainerClient(azurite.ConnectionString, "unused");

        var error = await Assert.ThrowsAsync<ShipperException>(() => Shipper(container).RunAsync(CancellationToken.None));

        Assert.StartsWith($"The state directory {State} can't be written: ", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("web 1", null, "The host 'web 1' can't be part of a chunk's name")]
    [InlineData("web1", "Access", "The stream 'Access' of /a can't be part of a chunk's name")]
    public void ANameThatCannotBeInABlobNameIsRefused(string host, string? stream, string expected)
    {
        var options = new ShipperOptions { Host = host, Files = [new FollowedPath("/a", stream)], StateDirectory = State };

        var error = Assert.Throws<ShipperException>(() => new ShipperService(options, new MemorySink(), TimeProvider.System, messages));

        Assert.StartsWith(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AZoneThatIsNoneIsRefused()
    {
        var options = new ShipperOptions { Host = "web1", Files = [new FollowedPath("/a")], StateDirectory = State, Zone = "Europe/Nowhere" };

        var error = Assert.Throws<ShipperException>(() => new ShipperService(options, new MemorySink(), TimeProvider.System, messages));

        Assert.StartsWith("The time zone 'Europe/Nowhere' is not known here: use a name such as UTC or Europe/Berlin", error.Message, StringComparison.Ordinal);
    }

    string Log => Path.Join(root.FullName, "access.log");

    string State => Path.Join(root.FullName, "state");

    ShipperService Shipper(BlobContainerClient container, TimeSpan? flush = null) => new(
        new ShipperOptions
        {
            Host = "web1",
            Files = [new FollowedPath(Log, "access")],
            StateDirectory = State,
            FlushInterval = flush ?? TimeSpan.FromSeconds(30),
            PollInterval = TimeSpan.FromMilliseconds(50),
        },
        container,
        TimeProvider.System,
        messages);

    Task AppendAsync(string text) => File.AppendAllTextAsync(Log, text, TestContext.Current.CancellationToken);

    internal static async Task<string> TextAsync(BlobContainerClient container)
    {
        var text = "";
        await foreach (var blob in container.GetBlobsAsync(cancellationToken: TestContext.Current.CancellationToken))
        {
            Assert.True(ChunkId.TryParse(blob.Name, out _, out _));
            await using var content = await container.GetBlobClient(blob.Name).OpenReadAsync(cancellationToken: TestContext.Current.CancellationToken);
            using var reader = new StreamReader(new GZipStream(content, CompressionMode.Decompress));
            text += await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
        }
        return text;
    }
}
