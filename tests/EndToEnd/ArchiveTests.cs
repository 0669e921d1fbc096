using System.IO.Compression;
using System.Text.Json;
using LogMonitor.EndToEnd.Tests.Support;
using LogMonitor.Tests.Support;

namespace LogMonitor.EndToEnd.Tests;

public sealed class ArchiveTests(AzuriteFixture azurite)
{
    static readonly CancellationToken none = TestContext.Current.CancellationToken;

    [Fact]
    public async Task FinishedDaysBecomeOneFileEachAndTheirChunksAreDeleted()
    {
        var connectionString = azurite.TakeAccount();
        var account = new Account(connectionString);
        await using var machine = new Machine(connectionString, ("ArchiveSchedule", "* * * * * *"));
        File.Copy(Repository.PathOf("samples/access.log"), machine["access.log"]);
        File.Copy(Repository.PathOf("samples/error.log"), machine["error.log"]);
        await machine.AppendAsync("today.log", $"<13>1 {DateTimeOffset.UtcNow:yyyy-MM-ddTHH:mm:ssZ} web1 app - - - not finished yet");
        await machine.StartAsync("*.log");

        await machine.UntilAsync("both days in the archive and one chunk left", async () =>
            (await account.NamesAsync("archive")).Count == 4 && (await account.NamesAsync("incoming")).Count == 1);

        var streams = (await account.NamesAsync("archive")).Where(name => name.EndsWith(".log.gz", StringComparison.Ordinal)).ToList();
        Assert.All(streams, name => Assert.Matches(@"^web1/[a-z0-9.-]*(access|error)/2026/11/01\.log\.gz$", name));
        foreach (var name in streams)
        {
            var log = name.Contains("access", StringComparison.Ordinal) ? "access.log" : "error.log";
            Assert.Equal(await File.ReadAllBytesAsync(machine[log], none), await GunzipAsync(await account.ReadAsync("archive", name)));
            var index = JsonDocument.Parse(await account.ReadTextAsync("archive", name.Replace(".log.gz", ".index.json", StringComparison.Ordinal)));
            Assert.Contains(log == "access.log" ? "160" : "11", index.RootElement.ToString(), StringComparison.Ordinal);
        }
        Assert.Contains("today", Assert.Single(await account.NamesAsync("incoming")), StringComparison.Ordinal);

        // Later lines of an archived day are added to its file; nothing is counted again.
        await machine.AppendAsync("access.log", Lines.Access(0, 200));
        Assert.Equal(173, (await machine.UntilReportedAsync(173)).Lines);
        await machine.UntilAsync("the late line in the archive", async () => (await account.NamesAsync("incoming")).Count == 1);
        Assert.Equal(
            await File.ReadAllBytesAsync(machine["access.log"], none),
            await GunzipAsync(await account.ReadAsync("archive", streams.Single(name => name.Contains("access", StringComparison.Ordinal)))));
        Assert.Equal(173, (await machine.TotalsAsync()).Lines);
    }

    static async Task<byte[]> GunzipAsync(byte[] content)
    {
        using var plain = new MemoryStream();
        await using var gzip = new GZipStream(new MemoryStream(content), CompressionMode.Decompress);
        await gzip.CopyToAsync(plain, none);
        return plain.ToArray();
    }
}
