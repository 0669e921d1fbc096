using LogMonitor.Core.Alerting;
using LogMonitor.Core.Alerting.Plans;
using LogMonitor.Core.Chunks;
using LogMonitor.Core.Detection;
using LogMonitor.Core.Pipeline;
using LogMonitor.Tests.Support;

namespace LogMonitor.Storage.Tests;

/// <summary>What the pipeline relies on, held against every implementation of the stores: the tables on a real Azurite, and memory.</summary>
public abstract class StoreContract
{
    static readonly DateTimeOffset now = new(2026, 11, 1, 12, 34, 56, TimeSpan.Zero);
    static int hosts;

    /// <summary>Each test has hosts, and so rows, of its own.</summary>
    readonly string host = $"web{Interlocked.Increment(ref hosts)}";

    protected abstract T Store<T>() where T : class;

    static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AnEntryIsCommittedOnceAndThenInTheInbox()
    {
        var ledger = Store<IChunkLedger>();
        var entry = Entry("a");
        Assert.True(await ledger.CommitAsync(entry, Token));
        Assert.False(await ledger.CommitAsync(entry with { Summary = new ChunkSummary { Lines = 99 } }, Token));

        Assert.Equal(7, (await ledger.FindAsync(host, entry.Key, Token))!.Summary.Lines);
        Assert.Null(await ledger.FindAsync(host, new string('0', 32), Token));
        var inbox = Assert.Single(await InboxAsync());
        Assert.Equal((entry.Key, null as string), (inbox.Entry.Key, inbox.Run));
        Assert.Equal(entry.Summary.MatchHours, inbox.Entry.Summary.MatchHours);
    }

    [Fact]
    public async Task OnlyOneOfManyConcurrentCommitsWins()
    {
        var ledger = Store<IChunkLedger>();
        var results = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => ledger.CommitAsync(Entry("a"), Token)));
        Assert.Single(results, won => won);
        Assert.Single(await InboxAsync());
    }

    [Fact]
    public async Task AClaimedEntryCanNotBeClaimedByAnother()
    {
        var ledger = Store<IChunkLedger>();
        await ledger.CommitAsync(Entry("a"), Token);
        var seen = await InboxAsync();
        await ledger.ClaimAsync(seen, "20261101120000000-aaaa", Token);

        await Assert.ThrowsAsync<ConcurrentRunException>(() => ledger.ClaimAsync(seen, "20261101120000001-bbbb", Token));
        Assert.Equal("20261101120000000-aaaa", Assert.Single(await InboxAsync()).Run);
    }

    [Fact]
    public async Task ClearingTakesOutExactlyTheseAndTwiceIsNoError()
    {
        var ledger = Store<IChunkLedger>();
        foreach (var key in (string[])["a", "b", "c"]) await ledger.CommitAsync(Entry(key), Token);
        var two = (await InboxAsync()).Take(2).ToList();
        await ledger.ClearAsync(two, Token);
        await ledger.ClearAsync(two, Token);

        Assert.Single(await InboxAsync());
        Assert.NotNull(await ledger.FindAsync(host, Entry("a").Key, Token));
    }

    [Fact]
    public async Task MoreThanABatchIsClaimedAndCleared()
    {
        var ledger = Store<IChunkLedger>();
        // At once for the tables, and one after the other for the stores in memory, which only one thread may use.
        await Task.WhenAll(Enumerable.Range(0, 230).Select(i => ledger.CommitAsync(Entry($"chunk{i}"), Token)));
        var claimed = await ledger.ClaimAsync(await InboxAsync(), "20261101120000000-aaaa", Token);
        Assert.Equal(230, claimed.Count);
        await ledger.ClearAsync(claimed, Token);
        Assert.Empty(await InboxAsync());
    }

    [Fact]
    public async Task CountsOfSeveralChunksAreSummedOnReadingAndSavingTwiceIsOnce()
    {
        var counts = Store<ICountStore>();
        var hour = EventHour.Of(now);
        foreach (var chunk in (ChunkId[])[Chunk(0), Chunk(1), Chunk(1)])
            await counts.SaveAsync(chunk, hour, new() { [34] = new MinuteCounts { Access = 3, Statuses = { [404] = 2 } }, [59] = new MinuteCounts { Unknown = 1 } }, Token);
        await counts.SaveAsync(Chunk(0), hour + 1, new() { [0] = new MinuteCounts { Error = 5 } }, Token);

        var read = await counts.ReadAsync(host, hour, hour + 1, Token);
        Assert.Equal([hour.Start + 34 * 60_000, hour.Start + 59 * 60_000, (hour + 1).Start], read.Keys);
        Assert.Equal((6, 4), (read.First().Value.Access, read.First().Value.Statuses[404]));
        Assert.Empty(await counts.ReadAsync(host + "0", hour, hour + 1, Token));
    }

    [Fact]
    public async Task ManyDifferentStatusesInEachMinuteFitIntoARow()
    {
        var counts = Store<ICountStore>();
        var minutes = new SortedDictionary<int, MinuteCounts>();
        for (var minute = 0; minute < 60; minute++)
        {
            minutes[minute] = new MinuteCounts { Access = 900 };
            for (var status = 100; status < 1000; status++) minutes[minute].Statuses[status] = status * 7919L * minute;
        }
        await counts.SaveAsync(Chunk(0), EventHour.Of(now), minutes, Token);
        Assert.Equal(999 * 7919L * 59, (await counts.ReadAsync(host, EventHour.Of(now), EventHour.Of(now), Token)).Last().Value.Statuses[999]);
    }

    [Fact]
    public async Task MatchesComeBackForTheirHostAndHours()
    {
        var matches = Store<IMatchStore>();
        var hour = EventHour.Of(now);
        await matches.SaveAsync(Chunk(0), hour, [Group("r", hour.Start + 5, "192.0.2.1")], Token);
        await matches.SaveAsync(Chunk(0), hour, [Group("r", hour.Start + 5, "192.0.2.1")], Token);
        await matches.SaveAsync(Chunk(1), hour + 1, [Group("r", hour.Start + 3_700_000, "192.0.2.1")], Token);
        await matches.SaveAsync(Chunk(0) with { Host = host + "0" }, hour, [Group("other", hour.Start, "x")], Token);

        var read = await matches.ReadAsync(host, hour, hour + 1, Token).ToListAsync(Token);
        Assert.Equal([hour.Start + 5, hour.Start + 3_700_000], read.SelectMany(group => group.Points).Select(point => point.Time));
        Assert.Equal("a line", read[0].Samples[0].Text);
        Assert.Equal(["192.0.2.1"], read[0].Key.Group);
        Assert.Empty(await matches.ReadAsync(host, hour + 2, hour + 3, Token).ToListAsync(Token));
    }

    [Fact]
    public async Task VeryManyGroupsInOneChunkAreKept()
    {
        var matches = Store<IMatchStore>();
        var hour = EventHour.Of(now);
        var random = new Random(1);
        await matches.SaveAsync(Chunk(0), hour, [.. Enumerable.Range(0, 60_000).Select(i => Group("r", hour.Start + i, $"{random.NextInt64():x16}"))], Token);
        Assert.Equal(60_000, (await matches.ReadAsync(host, hour, hour, Token).ToListAsync(Token)).Count);
    }

    [Fact]
    public async Task AlertsAreFoundByFingerprintLatestFirstWithoutMergedOnes()
    {
        var alerts = Store<IAlertStore>();
        foreach (var (minutes, state) in ((int, AlertState)[])[(0, AlertState.Resolved), (60, AlertState.Open), (120, AlertState.Merged), (30, AlertState.Resolved)])
            await alerts.SaveAsync(NewAlert(now.AddMinutes(minutes)) with { State = state }, Token);

        var found = await alerts.FindAsync(Fingerprint.Of(host, Key()), Token).ToListAsync(Token);
        Assert.Equal([60, 30, 0], found.Select(alert => (int)(alert.First - now).TotalMinutes));
        Assert.Equal(found[0].Id, Assert.Single(await alerts.ListOpenAsync(Token), alert => alert.Host == host).Id);
        Assert.Equal(["c-ip=192.0.2.1"], found[0].Group.Select(group => $"{group.Field}={group.Value}"));
        Assert.Equal(3, found[0].Count);
    }

    [Fact]
    public async Task AnAlertIsFoundByItsIdAlsoWhenItsFirstMatchMoves()
    {
        var alerts = Store<IAlertStore>();
        var alert = NewAlert(now);
        await alerts.SaveAsync(alert, Token);
        await alerts.SaveAsync(alert with { First = now.AddMinutes(-9) }, Token);
        Assert.Equal(now.AddMinutes(-9), (await alerts.GetAsync(alert.Id, Token))!.First);
        Assert.Single(await alerts.FindAsync(alert.Fingerprint, Token).ToListAsync(Token));
        Assert.Null(await alerts.GetAsync("nonsense", Token));
    }

    [Fact]
    public async Task AResolvedAlertIsNoLongerOpenButRecent()
    {
        var alerts = Store<IAlertStore>();
        var alert = NewAlert(now);
        await alerts.SaveAsync(alert, Token);
        await alerts.SaveAsync(alert with { State = AlertState.Resolved, ResolvedAt = now }, Token);
        Assert.DoesNotContain(await alerts.ListOpenAsync(Token), open => open.Host == host);
        Assert.Single(await alerts.ListRecentAsync(1000, now, Token), recent => recent.Host == host);
    }

    [Fact]
    public async Task AReportOfARunAndHostIsWrittenOnce()
    {
        var reports = Store<IReportStore>();
        var report = new Report { Run = Report.RunId(now), Time = now, Host = host, Lines = 5 };
        await reports.AppendAsync(report, Token);
        await reports.AppendAsync(report with { Lines = 3 }, Token);
        await reports.AppendAsync(report with { Run = Report.RunId(now.AddDays(-1)), Time = now.AddDays(-1), Lines = 4 }, Token);
        Assert.Equal([5, 4], (await reports.ListRecentAsync(1000, now, Token)).Where(found => found.Host == host).Select(found => found.Lines));
    }

    [Fact]
    public async Task QuietEvaluationsDoNotPushTheLastReportWithLinesOut()
    {
        var reports = Store<IReportStore>();
        var later = now.AddYears(10);
        await reports.AppendAsync(new Report { Run = Report.RunId(later), Time = later, Host = host, Lines = 5 }, Token);
        for (var i = 1; i <= 3; i++)
            await reports.AppendAsync(new Report { Run = Report.RunId(later.AddMinutes(i)), Time = later.AddMinutes(i), Host = Report.AllHosts }, Token);
        Assert.Equal([(Report.AllHosts, later.AddMinutes(3)), (host, later)], (await reports.ListRecentAsync(1, later.AddMinutes(9), Token)).Select(report => (report.Host, report.Time)));
    }

    [Fact]
    public async Task ADeliveryIsPendingUntilItIsCompleted()
    {
        var outbox = Store<IOutbox>();
        var delivery = new Delivery { Id = $"{host}-1-mail", AlertId = host, Channel = "mail", Kind = NotificationKind.Opened, Reason = NotificationReason.FirstNotification, NextAttempt = now };
        await outbox.SaveAsync(delivery, Token);
        await outbox.SaveAsync(delivery with { Attempts = 1 }, Token);
        Assert.Equal(1, Assert.Single(await PendingAsync()).Attempts);
        await outbox.CompleteAsync(delivery with { State = DeliveryState.Sent }, Token);
        Assert.Empty(await PendingAsync());

        async Task<IEnumerable<Delivery>> PendingAsync() => (await outbox.ListPendingAsync(1000, Token)).Where(pending => pending.AlertId == host);
    }

    [Fact]
    public async Task WhenAChannelTookItsLastMessagesIsKept()
    {
        var outbox = Store<IOutbox>();
        Assert.Empty(await outbox.ListSentAsync(host, Token));
        await outbox.SaveSentAsync(host, [now, now.AddMilliseconds(1)], Token);
        await outbox.SaveSentAsync(host, [now.AddMilliseconds(1), now.AddMinutes(1)], Token);
        Assert.Equal([now.AddMilliseconds(1), now.AddMinutes(1)], await outbox.ListSentAsync(host, Token));
    }

    [Fact]
    public async Task TheDeliveriesOfAnAlertAreFoundPendingOrDoneItsOwnOrShared()
    {
        var outbox = Store<IOutbox>();
        var (leader, member, other) = (NewAlert(now).Id, NewAlert(now.AddHours(1)).Id, NewAlert(now.AddHours(2)).Id);
        Delivery New(string alert, int number, params string[] with) => new()
        {
            Id = Delivery.IdOf(alert, number, "mail"),
            AlertId = alert,
            Channel = "mail",
            With = with,
            Kind = NotificationKind.Opened,
            Reason = NotificationReason.FirstNotification,
            NextAttempt = now,
        };
        async Task<string[]> OfAsync(string alert) => [.. (await outbox.ListOfAsync(alert, Token)).Select(delivery => $"{delivery.Id} {delivery.State} {delivery.Attempts}")];
        Delivery first = New(leader, 1), together = New(leader, 2, member), own = New(member, 1);
        foreach (var delivery in (Delivery[])[first, together, own, New(other, 1)]) await outbox.SaveAsync(delivery, Token);
        await outbox.CompleteAsync(first with { State = DeliveryState.Sent, Attempts = 1 }, Token);
        await outbox.SaveAsync(together with { Attempts = 3 }, Token);

        Assert.Equal([$"{first.Id} Sent 1", $"{together.Id} Pending 3"], await OfAsync(leader));
        Assert.Equal(new[] { $"{together.Id} Pending 3", $"{own.Id} Pending 0" }.Order(StringComparer.Ordinal), await OfAsync(member));
        await outbox.CompleteAsync(together with { State = DeliveryState.Dropped, Attempts = 4 }, Token);
        Assert.Contains($"{together.Id} Dropped 4", await OfAsync(member));
        Assert.Empty(await OfAsync(NewAlert(now.AddHours(3)).Id));
    }

    [Fact]
    public async Task AnIdThatNoAlertHasFindsNone()
    {
        foreach (var id in (string[])["", "-", "a/b-0", "0123456789abcdef-", "#-1", "0123456789abcde\u0001-1", "..-1", "'-1", "0123456789abcdef-000000000001"])
            Assert.Null(await Store<IAlertStore>().GetAsync(id, Token));
    }

    [Fact]
    public async Task WhatPeopleSayIsKeptUntilItIsForgotten()
    {
        var store = Store<IOperatorStore>();
        var (later, soon) = (new Silence($"{host}-a", new AlertMatcher([new MatchTerm("host", ["web*"])]), now, DateTimeOffset.UtcNow.AddHours(2), "kernel update", "ops"), new Silence($"{host}-b", AlertMatcher.Everything, now, DateTimeOffset.UtcNow.AddHours(1), "x"));
        await store.SilenceAsync(soon, Token);
        await store.SilenceAsync(later, Token);
        var silences = (await store.ListSilencesAsync(Token)).Where(silence => silence.Id.StartsWith($"{host}-", StringComparison.Ordinal)).ToList();
        Assert.Equal([later.Id, soon.Id], silences.Select(silence => silence.Id));
        Assert.Equal(("host web*", later.Until, "kernel update", "ops"), (silences[0].Match.ToString(), silences[0].Until, silences[0].Comment, silences[0].By));
        Assert.True(await store.EndSilenceAsync(later.Id, Token));
        Assert.False(await store.EndSilenceAsync(later.Id, Token));
        Assert.DoesNotContain(await store.ListSilencesAsync(Token), silence => silence.Id == later.Id);

        await store.AcknowledgeAsync(new Acknowledgement(host, now, "ops"), Token);
        await store.AcknowledgeAsync(new Acknowledgement(host, now, "ops", "on it"), Token);
        Assert.Equal(new Acknowledgement(host, now, "ops", "on it"), Assert.Single(await store.ListAcknowledgementsAsync(Token), known => known.AlertId == host));
        await store.ForgetAcknowledgementAsync(host, Token);
        await store.ForgetAcknowledgementAsync(host, Token);
        Assert.DoesNotContain(await store.ListAcknowledgementsAsync(Token), known => known.AlertId == host);
    }

    /// <summary>One that was told of and then withdrawn stays in the list until its end is decided.</summary>
    [Fact]
    public async Task AnAlertIsListedWhileSomethingIsToBeDecidedAboutIt()
    {
        var store = Store<IAlertStore>();
        async Task<bool> IsListedAsync() => (await store.ListOpenAsync(Token)).Any(alert => alert.Host == host);
        var alert = NewAlert(now) with { NotifiedAt = now };
        await store.SaveAsync(alert, Token);
        Assert.True(await IsListedAsync());
        await store.SaveAsync(alert with { State = AlertState.Withdrawn }, Token);
        Assert.True(await IsListedAsync());
        await store.SaveAsync(alert with { State = AlertState.Withdrawn, IsClosed = true }, Token);
        Assert.False(await IsListedAsync());
    }

    [Fact]
    public async Task AHostKeepsItsLatestRow()
    {
        var store = Store<IHostStore>();
        await store.SaveAsync(new HostStatus(host, now, null), Token);
        await store.SaveAsync(new HostStatus(host, now.AddMinutes(1), now), Token);
        var found = await store.FindAsync(host, Token);
        Assert.Equal((now.AddMinutes(1), now, null), (found!.LastIngest!.Value, found.LastEvent!.Value, found.LastHeartbeat));
        Assert.Empty(found.Unknown);
        Assert.Single(await store.ListAsync(Token), status => status.Host == host);
        Assert.Null(await store.FindAsync(host + "0", Token));
    }

    [Fact]
    public async Task AHostIsKnownByItsHeartbeatsAloneAndKeepsTheLatest()
    {
        var store = Store<IHostStore>();
        await store.BeatAsync(host, now.AddMinutes(5), Token);
        // Late, and twice.
        await store.BeatAsync(host, now, Token);
        await store.BeatAsync(host, now, Token);
        Assert.Equal((null, now.AddMinutes(5)), ((await store.FindAsync(host, Token))!.LastIngest, (await store.FindAsync(host, Token))!.LastHeartbeat!.Value));
        Assert.Single(await store.ListAsync(Token), status => status.Host == host && status.LastHeartbeat == now.AddMinutes(5));

        await store.SaveAsync(new HostStatus(host, now, now) { Unknown = new Dictionary<string, UnknownShare> { ["access"] = new(3, 0.25, 0.5) } }, Token);
        var listed = Assert.Single(await store.ListAsync(Token), status => status.Host == host);
        Assert.Equal((now, now.AddMinutes(5), new UnknownShare(3, 0.25, 0.5)), (listed.LastIngest!.Value, listed.LastHeartbeat!.Value, listed.Unknown["access"]));
    }

    [Fact]
    public async Task ManyStreamsOfAHostFitIntoItsRow()
    {
        var store = Store<IHostStore>();
        var shares = Enumerable.Range(0, HostStatus.MaxStreams).ToDictionary(number => $"{new string('s', 60)}{number:d4}", number => new UnknownShare(long.MaxValue, 1 / 3.0, 2 / 3.0));
        await store.SaveAsync(new HostStatus(host, now, now) { Unknown = shares }, Token);
        Assert.Equal(shares, (await store.FindAsync(host, Token))!.Unknown);
    }

    [Fact]
    public async Task HowFarASweepGotIsKept()
    {
        var store = Store<IChunkLedger>();
        // Five hundred of the longest names.
        var sweep = new SweepState(now, [.. Enumerable.Range(0, 500).Select(number => $"{new string('h', 253)}/{new string('s', 64)}/{number:d16}")]);
        await store.SaveSweepAsync(new SweepState(now.AddMinutes(-1), []), Token);
        await store.SaveSweepAsync(sweep, Token);
        var found = await store.FindSweepAsync(Token);
        Assert.Equal((sweep.Until, string.Join('\n', sweep.Stuck)), (found!.Until, string.Join('\n', found.Stuck)));
    }

    [Fact]
    public async Task ThePeriodInWhichHostsAreWatchedIsKept()
    {
        var store = Store<IHostStore>();
        var period = new WatchPeriod(now, now.AddMinutes(3));
        await store.SaveWatchAsync(period, Token);
        Assert.Equal(period, await store.FindWatchAsync(Token));
    }

    async Task<IReadOnlyList<InboxEntry>> InboxAsync() => [.. (await Store<IChunkLedger>().ReadInboxAsync(100_000, Token)).Where(entry => entry.Entry.Host == host)];

    LedgerEntry Entry(string name) => new()
    {
        Key = (Chunk(0) with { Stream = name }).RowKey,
        Host = host,
        Stream = name,
        BlobName = (Chunk(0) with { Stream = name }).BlobName,
        State = ChunkState.Ingested,
        IngestedAt = now,
        CutTime = now,
        Summary = new ChunkSummary { Lines = 7, Access = 7, MatchHours = [EventHour.Of(now), EventHour.Of(now) + 1], Statuses = { [200] = 7 } },
    };

    ChunkId Chunk(long start) => new(host, "access", GenerationId.Parse("0123456789abcdef"), start, start + 1, new string('a', 64));

    static MatchKey Key() => new(new RuleId("r"), ["192.0.2.1"]);

    static MatchGroup Group(string rule, long time, string value)
    {
        var group = new MatchGroup(new MatchKey(new RuleId(rule), [value]), shape: 7);
        group.Add(time);
        group.Add(new MatchSample(time, 1, "a line"));
        return group;
    }

    Alert NewAlert(DateTimeOffset first) => new()
    {
        Id = $"{Fingerprint.Of(host, Key())}-{first.ToUnixTimeMilliseconds():x12}",
        Fingerprint = Fingerprint.Of(host, Key()),
        Rule = "r",
        Title = "A rule",
        Level = Level.High,
        Host = host,
        Group = [new GroupValue("c-ip", "192.0.2.1")],
        Threshold = "3 or more within 1 minute",
        Quiet = TimeSpan.FromMinutes(6),
        First = first,
        Last = first.AddSeconds(30),
        Peak = 3,
        HourCounts = new() { [EventHour.Of(first).Value] = 3 },
        OpenedAt = now,
        SeenAt = now,
        History = [new AlertHistoryEntry(now, AlertEvent.Opened, "ThresholdReached")],
    };
}

public sealed class MemoryStoreTests : StoreContract
{
    readonly MemoryStores stores = new();

    protected override T Store<T>() => (T)(object)stores;
}

public sealed class TableStoreTests(AzuriteFixture azurite) : StoreContract
{
    protected override T Store<T>() => azurite.Get<T>();
}
