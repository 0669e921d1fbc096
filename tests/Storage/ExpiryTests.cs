using Azure.Data.Tables;
using Azure.Storage.Blobs;
using LogMonitor.Core.Alerting;
using LogMonitor.Core.Chunks;
using LogMonitor.Core.Detection;
using LogMonitor.Core.Pipeline;
using LogMonitor.Core.Retention;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace LogMonitor.Storage.Tests;

/// <summary>What expires in tables and containers. The store stamps rows with the real time: so the rows are new, and the clock of expiry is ahead.</summary>
public sealed class ExpiryTests(AzuriteFixture azurite) : IAsyncLifetime
{
    static readonly DateTimeOffset now = DateTimeOffset.UtcNow;
    static readonly GenerationId generation = GenerationId.Parse("0123456789abcdef");

    ServiceProvider services = null!;

    static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => services = await azurite.TakeAccountAsync();

    public ValueTask DisposeAsync() => services.DisposeAsync();

    [Fact]
    public async Task CountsExpireByEventTimeAndOfEachHost()
    {
        var counts = Get<ICountStore>();
        // Names of which one begins with another, and such as sort around the separator.
        string[] hosts = ["web1", "web1-b", "web1.example.org", "web10", "z_z", "Z"];
        foreach (var host in hosts)
            foreach (var days in (int[])[-500, -401, -399, 0])
                await counts.SaveAsync(Chunk(host, 0), EventHour.Of(now.AddDays(days)), new() { [1] = new MinuteCounts { Access = 1 } }, Token);
        await ExpireAsync(now, "Counts");
        foreach (var host in hosts) Assert.Equal(2, (await counts.ReadAsync(host, EventHour.Of(now.AddDays(-400)), EventHour.Of(now), Token)).Count);
        Assert.Equal(2 * hosts.Length, await RowsAsync("Counts"));
    }

    [Fact]
    public async Task MoreThanATransactionExpires()
    {
        var counts = Get<ICountStore>();
        await Task.WhenAll(Enumerable.Range(0, 230).Select(number => counts.SaveAsync(Chunk("web1", number), EventHour.Of(now.AddDays(-500)), new() { [1] = new MinuteCounts { Access = 1 } }, Token)));
        // Two at once get into each other's way, and that is all.
        await Task.WhenAll(ExpireAsync(now, "Counts"), ExpireAsync(now, "Counts"));
        Assert.Equal(0, await RowsAsync("Counts"));
    }

    [Fact]
    public async Task ReportsExpireByTheDayAndThoseThatNothingWasNewSooner()
    {
        foreach (var (days, host) in ((int, string)[])[(-500, "web1"), (-399, "web1"), (-40, "web1"), (-500, Report.AllHosts), (-40, Report.AllHosts), (-20, Report.AllHosts)])
            await Get<IReportStore>().AppendAsync(new Report { Run = Report.RunId(now.AddDays(days)), Time = now.AddDays(days), Host = host }, Token);
        await ExpireAsync(now, "Reports");
        Assert.Equal([now.AddDays(-399).ToString("yyyyMMdd", null), now.AddDays(-40).ToString("yyyyMMdd", null), now.AddDays(-20).ToString("'quiet-'yyyyMMdd", null)], await PartitionsAsync("Reports"));
    }

    [Fact]
    public async Task MatchesExpireByEventTimeAndByWhenTheyWereStoredWithTheirBlobs()
    {
        var matches = Get<IMatchStore>();
        var random = new Random(1);
        var (old, young) = (EventHour.Of(now.AddDays(-500)), EventHour.Of(now.AddDays(50)));
        foreach (var hour in (EventHour[])[old, young])
        {
            await matches.SaveAsync(Chunk("web1", 0), hour, [Group(hour.Start, "192.0.2.1")], Token);
            await matches.SaveAsync(Chunk("web1", 1), hour, [.. Enumerable.Range(0, 60_000).Select(number => Group(hour.Start + number, $"{random.NextInt64():x16}"))], Token);
        }
        // Logs of old that were read in today are still to be evaluated.
        await ExpireAsync(now.AddDays(89), "Matches");
        Assert.Equal((4, 2), (await RowsAsync("Matches"), (await BlobsAsync("matches")).Count));

        await ExpireAsync(now.AddDays(91), "Matches");
        Assert.Equal((2, 1), (await RowsAsync("Matches"), (await BlobsAsync("matches")).Count));
        Assert.Empty(await matches.ReadAsync("web1", old, old, Token).ToListAsync(Token));
        Assert.Equal(60_001, (await matches.ReadAsync("web1", young, young, Token).ToListAsync(Token)).Count);
    }

    [Fact]
    public async Task MatchesWhoseBlobHasJustExpiredAreNone()
    {
        var random = new Random(1);
        var hour = EventHour.Of(now);
        await Get<IMatchStore>().SaveAsync(Chunk("web1", 1), hour, [.. Enumerable.Range(0, 60_000).Select(number => Group(hour.Start + number, $"{random.NextInt64():x16}"))], Token);
        var blobs = Get<BlobServiceClient>().GetBlobContainerClient("matches");
        await blobs.DeleteBlobAsync(Assert.Single(await BlobsAsync("matches")), cancellationToken: Token);
        Assert.Empty(await Get<IMatchStore>().ReadAsync("web1", hour, hour, Token).ToListAsync(Token));
    }

    [Fact]
    public async Task AlertsThatAreOverExpireWithTheirDeliveriesAndOpenOnesNever()
    {
        var (open, over, merged, withdrawn, pending) = (NewAlert("a", AlertState.Open), NewAlert("b", AlertState.Resolved), NewAlert("c", AlertState.Merged), NewAlert("d", AlertState.Withdrawn),
            NewAlert("e", AlertState.Withdrawn) with { NotifiedAt = now });
        foreach (var alert in (Alert[])[open, over, merged, withdrawn, pending])
        {
            await Get<IAlertStore>().SaveAsync(alert with { State = AlertState.Open }, Token);
            await Get<IAlertStore>().SaveAsync(alert, Token);
            var delivery = new Delivery { Id = Delivery.IdOf(alert.Id, 1, "mail"), AlertId = alert.Id, With = [open.Id], Channel = "mail", Kind = NotificationKind.Opened, Reason = NotificationReason.FirstNotification, NextAttempt = now };
            await Get<IOutbox>().SaveAsync(delivery, Token);
            await Get<IOutbox>().CompleteAsync(delivery, Token);
        }
        await ExpireAsync(now.AddDays(399), "Alerts");
        Assert.NotNull(await Get<IAlertStore>().GetAsync(over.Id, Token));

        await ExpireAsync(now.AddDays(401), "Alerts");
        foreach (var gone in (Alert[])[over, merged, withdrawn])
        {
            Assert.Null(await Get<IAlertStore>().GetAsync(gone.Id, Token));
            Assert.Empty(await Get<IOutbox>().ListOfAsync(gone.Id, Token));
        }
        Assert.Equal(new[] { open.Id, pending.Id }.Order(), (await Get<IAlertStore>().ListRecentAsync(100, now, Token)).Select(alert => alert.Id).Order());
        Assert.Equal(2, (await Get<IAlertStore>().ListOpenAsync(Token)).Count);
        // Of the messages that told of the open one with others, those of alerts that are gone are gone with them.
        Assert.Equal(new[] { Delivery.IdOf(open.Id, 1, "mail"), Delivery.IdOf(pending.Id, 1, "mail") }.Order(), (await Get<IOutbox>().ListOfAsync(open.Id, Token)).Select(delivery => delivery.Id).Order());
    }

    [Fact]
    public async Task AnAlertThatIsTakenUpAgainWhileOthersExpireStays()
    {
        // Two that are read together.
        var alerts = Enumerable.Range(0, 40).Select(number => NewAlert($"{number}", AlertState.Resolved)).GroupBy(alert => alert.Id[0]).First(group => group.Count() > 1)
            .Take(2).OrderBy(alert => alert.Id, StringComparer.Ordinal).ToList();
        foreach (var alert in alerts) await Get<IAlertStore>().SaveAsync(alert, Token);
        await using var steps = Place("Alerts").ExpireAsync(new RetentionOptions().At(now.AddDays(401)), null, Token).GetAsyncEnumerator(Token);
        while (steps.Current.Deleted == 0) Assert.True(await steps.MoveNextAsync());
        // Both have been read by now.
        await Get<IAlertStore>().SaveAsync(alerts[1] with { State = AlertState.Open, Peak = 9 }, Token);
        while (await steps.MoveNextAsync()) Assert.Equal(0, steps.Current.Deleted);
        Assert.Equal(9, Assert.Single(await Get<IAlertStore>().ListRecentAsync(100, now, Token)).Peak);
        Assert.Equal(9, Assert.Single(await Get<IAlertStore>().ListOpenAsync(Token)).Peak);
        Assert.Equal(9, (await Get<IAlertStore>().GetAsync(alerts[1].Id, Token))!.Peak);
    }

    [Fact]
    public async Task HostsExpireWhenNeitherRowWasWrittenSince()
    {
        await Get<IHostStore>().SaveAsync(new HostStatus("web1", now, now), Token);
        await Get<IHostStore>().BeatAsync("web1", now, Token);
        await Get<IHostStore>().BeatAsync("web2", now, Token);
        await Get<IHostStore>().SaveWatchAsync(new WatchPeriod(now, now), Token);
        await ExpireAsync(now.AddDays(399), "Hosts");
        Assert.Equal(2, (await Get<IHostStore>().ListAsync(Token)).Count);
        await ExpireAsync(now.AddDays(401), "Hosts");
        Assert.Empty(await Get<IHostStore>().ListAsync(Token));
        Assert.NotNull(await Get<IHostStore>().FindWatchAsync(Token));
    }

    [Fact]
    public async Task TheLedgerForgetsWhatIsGoneFromIncomingAndReported()
    {
        var (ledger, incoming) = (Get<IChunkLedger>(), Get<BlobServiceClient>().GetBlobContainerClient("incoming"));
        // Of two hosts, that may share a shard; chunk 7 of the first is still there, as after a crash of the archiver.
        foreach (var host in (string[])["web1", "web2"])
            await Task.WhenAll(Enumerable.Range(0, 130).Select(async number =>
            {
                await ledger.CommitAsync(Entry(Chunk(host, number)), Token);
                await ledger.MarkArchivedAsync(Entry(Chunk(host, number)), Token);
            }));
        await incoming.UploadBlobAsync(Chunk("web1", 7).BlobName, BinaryData.FromString("x"), Token);
        await incoming.UploadBlobAsync((Chunk("web1", 8) with { Compression = ChunkCompression.Zstd }).BlobName, BinaryData.FromString("x"), Token);
        // Two blobs without a host were quarantined; of one the move was left half done.
        foreach (var name in (string[])["rubbish", "web1/more/rubbish"])
            await ledger.CommitAsync(Entry(Chunk("web1", 0)) with { Host = LedgerEntry.NoHost, Key = LedgerEntry.KeyOfNameless(name), BlobName = name, State = ChunkState.Quarantined }, Token);
        await incoming.UploadBlobAsync("web1/more/rubbish", BinaryData.FromString("x"), Token);
        // All are reported but chunk 9 of web2.
        await ledger.ClearAsync([.. (await ledger.ReadInboxAsync(1_000, Token)).Where(entry => (entry.Entry.Host, entry.Entry.Key) != ("web2", Chunk("web2", 9).RowKey))], Token);
        await ledger.SaveSweepAsync(new SweepState(now, []), Token);

        await ExpireAsync(now.AddDays(89), "Chunks");
        Assert.NotNull(await ledger.FindAsync("web1", Chunk("web1", 0).RowKey, Token));
        await ExpireAsync(now.AddDays(91), "Chunks");
        // Those three, the one in the inbox with its row there, and how far the sweeps got.
        Assert.Equal(6, await RowsAsync("Chunks"));
        Assert.Equal(["7", "8"], await KeptAsync("web1"));
        Assert.Equal(["9"], await KeptAsync("web2"));
        Assert.NotNull(await ledger.FindAsync(LedgerEntry.NoHost, LedgerEntry.KeyOfNameless("web1/more/rubbish"), Token));
        Assert.NotNull(await ledger.FindSweepAsync(Token));

        async Task<List<string>> KeptAsync(string host)
        {
            List<string> kept = [];
            for (var number = 0; number < 130; number++)
                if (await ledger.FindAsync(host, Chunk(host, number).RowKey, Token) is not null) kept.Add($"{number}");
            return kept;
        }
    }

    [Fact]
    public async Task ExpiryOfTheLedgerGoesOnWhereItStopped()
    {
        var ledger = Get<IChunkLedger>();
        foreach (var host in (string[])["web1", "web2", "web3", "web4"])
            await Task.WhenAll(Enumerable.Range(0, 130).Select(number => ledger.CommitAsync(Entry(Chunk(host, number)), Token)));
        await ledger.ClearAsync(await ledger.ReadInboxAsync(1_000, Token), Token);

        // Each time one step, as if its time was up then.
        string? from = null;
        var deleted = 0;
        while (true)
        {
            await using var run = Place("Chunks").ExpireAsync(new RetentionOptions().At(now.AddDays(91)), from, Token).GetAsyncEnumerator(Token);
            if (!await run.MoveNextAsync()) break;
            deleted += run.Current.Deleted;
            // It never stays where it is.
            Assert.True(string.CompareOrdinal(run.Current.At, from) > 0, $"{from} → {run.Current.At}");
            from = run.Current.At;
        }
        Assert.Equal((520, 0), (deleted, await RowsAsync("Chunks")));
    }

    [Fact]
    public async Task FilesInQuarantineAndOfAlertsExpireAndArchivesOnlyWhereThatIsAskedFor()
    {
        string[] containers = ["quarantine", "alerts", "archive", "incoming", "rules"];
        foreach (var container in containers) await Get<BlobServiceClient>().GetBlobContainerClient(container).UploadBlobAsync("a/b", BinaryData.FromString("x"), Token);
        var all = services.GetServices<IExpiring>().Select(place => place.Name).ToList();
        foreach (var place in all) await ExpireAsync(now.AddDays(89), place);
        foreach (var container in containers) Assert.Single(await BlobsAsync(container));
        foreach (var place in all) await ExpireAsync(now.AddDays(9_000), place);
        foreach (var container in containers) Assert.Equal(container is "quarantine" or "alerts" ? 0 : 1, (await BlobsAsync(container)).Count);
        await ExpireAsync(now.AddDays(11), "archive", new RetentionOptions { Archive = TimeSpan.FromDays(10) });
        Assert.Empty(await BlobsAsync("archive"));
    }

    [Fact]
    public async Task WhereARunStoppedIsKept()
    {
        var positions = Get<IExpiryPositions>();
        Assert.Null(await positions.FindAsync(Token));
        await positions.SaveAsync(new ExpiryPosition("Chunks", "shard-3 c|web1|00"), Token);
        await positions.SaveAsync(new ExpiryPosition("Chunks", null), Token);
        Assert.Equal(new ExpiryPosition("Chunks", null), await positions.FindAsync(Token));
        await positions.SaveAsync(null, Token);
        Assert.Null(await positions.FindAsync(Token));
    }

    T Get<T>() where T : notnull => services.GetRequiredService<T>();

    IExpiring Place(string name) => services.GetServices<IExpiring>().Single(place => place.Name == name);

    Task ExpireAsync(DateTimeOffset at, string place, RetentionOptions? options = null) =>
        new Expirer([Place(place)], Get<IExpiryPositions>(), options ?? new RetentionOptions(), new FakeTimeProvider(at), NullLogger<Expirer>.Instance).RunAsync(Token);

    async Task<int> RowsAsync(string table) => await Get<TableServiceClient>().GetTableClient(table).QueryAsync<TableEntity>(cancellationToken: Token).CountAsync(Token);

    async Task<List<string>> PartitionsAsync(string table) => await Get<TableServiceClient>().GetTableClient(table).QueryAsync<TableEntity>(cancellationToken: Token).Select(row => row.PartitionKey).ToListAsync(Token);

    async Task<List<string>> BlobsAsync(string container) => await Get<BlobServiceClient>().GetBlobContainerClient(container).GetBlobsAsync(cancellationToken: Token).Select(blob => blob.Name).ToListAsync(Token);

    static ChunkId Chunk(string host, long start) => new(host, "access", generation, start, start + 1, new string('a', 64));

    static LedgerEntry Entry(ChunkId chunk) => new() { Key = chunk.RowKey, Host = chunk.Host, Stream = chunk.Stream, BlobName = chunk.BlobName, State = ChunkState.Ingested, IngestedAt = now, CutTime = now };

    static MatchGroup Group(long time, string value)
    {
        var group = new MatchGroup(new MatchKey(new RuleId("r"), [value]), shape: 7);
        group.Add(time);
        return group;
    }

    static Alert NewAlert(string value, AlertState state)
    {
        var fingerprint = Fingerprint.Of("web1", new MatchKey(new RuleId("r"), [value]));
        return new()
        {
            Id = $"{fingerprint}-{now.ToUnixTimeMilliseconds():x12}",
            Fingerprint = fingerprint,
            Rule = "r",
            Title = "A rule",
            Level = Level.High,
            Host = "web1",
            Threshold = "3 or more within 1 minute",
            Quiet = TimeSpan.FromMinutes(6),
            First = now,
            Last = now,
            Peak = 3,
            HourCounts = new() { [EventHour.Of(now).Value] = 3 },
            OpenedAt = now,
            SeenAt = now,
            State = state,
        };
    }
}
