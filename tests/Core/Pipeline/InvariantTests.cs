using CsCheck;
using LogMonitor.Core.Chunks;
using LogMonitor.Core.Detection;
using LogMonitor.Core.Pipeline;
using LogMonitor.Tests.Support;

namespace LogMonitor.Core.Tests.Pipeline;

/// <summary>The invariants of docs/design.md, over the whole pipeline.</summary>
public sealed class InvariantTests
{
    [Fact]
    public async Task AChunkDeliveredTwiceCountsOnce()
    {
        var pipeline = new TestPipeline();
        var chunk = TestChunk.Of(Enumerable.Range(0, 6).Select(i => TestPipeline.Line(i, 404)));

        Assert.Equal(IngestOutcome.Ingested, await pipeline.IngestAsync(chunk));
        Assert.Equal(IngestOutcome.AlreadyIngested, await pipeline.IngestAsync(chunk));
        await pipeline.EvaluateAsync();
        Assert.Equal(IngestOutcome.AlreadyIngested, await pipeline.IngestAsync(chunk));
        await pipeline.EvaluateAsync();

        Assert.Equal(6, pipeline.Stores.Reports.Sum(report => report.Lines));
        Assert.Equal(6, (await CountsAsync(pipeline)).Access);
        Assert.Equal(2, pipeline.Stores.Alerts.Count);
        Assert.Equal(2, pipeline.Channel.Sent.Count);
    }

    [Fact]
    public async Task ACrashAnywhereInIngestChangesNothing()
    {
        for (var step = 0; ; step++)
        {
            var pipeline = new TestPipeline();
            var chunk = TestChunk.Of(Enumerable.Range(0, 6).Select(i => TestPipeline.Line(i * 1000, 404)));
            var crashed = CrashAt(pipeline.Stores, step);
            try { await pipeline.IngestAsync(chunk); } catch (CrashException) { }
            pipeline.Stores.BeforeWrite = _ => { };
            await pipeline.IngestAsync(chunk);
            await pipeline.EvaluateAsync();

            Assert.Equal(6, pipeline.Stores.Reports.Sum(report => report.Lines));
            Assert.Equal(6, (await CountsAsync(pipeline)).Access);
            if (crashed()) continue;
            Assert.Equal(5, step); // counts and matches of two hours, and the ledger: it has crashed before each
            break;
        }
    }

    [Fact]
    public async Task ACrashAnywhereInAnEvaluationReportsEachChunkOnceAndNotifiesOnce()
    {
        var undisturbed = await RunAsync(-1);
        for (var step = 0; ; step++)
        {
            var (pipeline, crashed) = await RunAsync(step);
            Assert.Equal(12, pipeline.Stores.Reports.Sum(report => report.Lines));
            Assert.Equal(2, pipeline.Stores.Reports.Sum(report => report.Chunks));
            Assert.Equal(undisturbed.Pipeline.Incidents, pipeline.Incidents);
            // A crash between sending and recording repeats that one delivery under the same id; nothing else is said twice.
            Assert.Equal(undisturbed.Pipeline.Channel.Sent.Count, pipeline.Channel.Sent.Select(sent => sent.DeliveryId).Distinct().Count());
            Assert.InRange(pipeline.Channel.Sent.Count, undisturbed.Pipeline.Channel.Sent.Count, undisturbed.Pipeline.Channel.Sent.Count + 1);
            if (!crashed) break;
        }

        static async Task<(TestPipeline Pipeline, bool Crashed)> RunAsync(int crashStep)
        {
            var pipeline = new TestPipeline();
            await pipeline.IngestAsync(TestChunk.Of(Enumerable.Range(0, 6).Select(i => TestPipeline.Line(i, 404)), host: "web1"));
            await pipeline.IngestAsync(TestChunk.Of(Enumerable.Range(0, 6).Select(i => TestPipeline.Line(i, 404)), host: "web2"));
            var crashed = CrashAt(pipeline.Stores, crashStep);
            try { await pipeline.EvaluateAsync(); } catch (CrashException) { pipeline.Clock.Advance(TimeSpan.FromSeconds(15)); }
            pipeline.Stores.BeforeWrite = _ => { };
            await pipeline.EvaluateAsync();
            return (pipeline, crashed());
        }
    }

    [Fact]
    public async Task AHostThatCanNotBeEvaluatedSilencesNoOther()
    {
        var pipeline = new TestPipeline();
        foreach (var host in (string[])["web1", "web2"])
            await pipeline.IngestAsync(TestChunk.Of(Enumerable.Range(0, 6).Select(i => TestPipeline.Line(i, 404)), host));
        var alerts = 0;
        pipeline.Stores.BeforeWrite = write => { if (write == "alert" && alerts++ == 0) throw new CrashException(); };
        await pipeline.EvaluateAsync();
        Assert.Equal(["web2"], pipeline.Stores.Reports.Select(report => report.Host));
        Assert.All(pipeline.Channel.Sent, sent => Assert.Equal("web2", sent.Message.Host.ToString()));

        await pipeline.EvaluateAsync();
        Assert.Equal(["web1", "web2"], pipeline.Stores.Reports.Select(report => report.Host).Order(StringComparer.Ordinal));
        Assert.Equal(4, pipeline.Channel.Sent.Count);
    }

    [Fact]
    public async Task AnyOrderAndAnyDuplicationGiveTheSameAlertsAndCounts()
    {
        await Gen.Select(
            Gen.Select(Gen.Int[0, 9_000], Gen.Int[0, 3], Gen.Int[0, 9]).Array[1, 80],   // when, which client, 404 or not
            Gen.Int[1, 12], Gen.Int[0, 10_000], Gen.Int[1, 4]).SampleAsync(async (lines, chunkCount, seed, evaluations) =>
        {
            var chunks = lines
                .Select((line, i) => (Line: TestPipeline.Line(line.Item1, line.Item3 < 7 ? 404 : 200, $"192.0.2.{line.Item2}"), Chunk: i % chunkCount))
                .GroupBy(line => line.Chunk, line => line.Line)
                .Select((chunk, i) => TestChunk.Of(chunk, start: i * 100_000L)).ToList();

            var inOrder = new TestPipeline();
            foreach (var chunk in chunks) await inOrder.IngestAsync(chunk);
            await inOrder.EvaluateAsync();

            var shuffled = new TestPipeline();
            var random = new Random(seed);
            var deliveries = chunks.Concat(chunks).ToArray();
            random.Shuffle(deliveries);
            for (var i = 0; i < deliveries.Length; i++)
            {
                await shuffled.IngestAsync(deliveries[i]);
                if (i % evaluations == 0) await shuffled.EvaluateAsync();
                shuffled.Clock.Advance(TimeSpan.FromMinutes(random.Next(3)));
            }
            await shuffled.EvaluateAsync();

            Assert.Equal(inOrder.Incidents, shuffled.Incidents);
            Assert.Equal(inOrder.Stores.Reports.Sum(report => report.Lines), shuffled.Stores.Reports.Sum(report => report.Lines));
            Assert.Equal((await CountsAsync(inOrder)).Access, (await CountsAsync(shuffled)).Access);
            foreach (var notified in shuffled.Channel.Sent.GroupBy(sent => sent.DeliveryId)) Assert.Single(notified);
        }, iter: 150);
    }

    internal const string AllKinds = """
        title: HTTP 404
        id: missing
        logsource: {category: webserver}
        detection: {selection: {sc-status: 404}, condition: selection}
        level: informational
        ---
        title: HTTP 500
        id: broken
        logsource: {category: webserver}
        detection: {selection: {sc-status: 500}, condition: selection}
        level: informational
        ---
        {title: Many, id: many, correlation: {type: event_count, rules: [missing], group-by: [c-ip], timespan: 1m, condition: {gte: 3}}}
        ---
        {title: Few, id: few, correlation: {type: event_count, rules: [missing], group-by: [c-ip], timespan: 2m, condition: {lte: 2}}}
        ---
        {title: So many, id: so-many, correlation: {type: event_count, rules: [missing, broken], timespan: 1m, condition: {gte: 2, lt: 5}}}
        ---
        {title: Paths, id: paths, correlation: {type: value_count, rules: [missing], group-by: [c-ip], timespan: 5m, condition: {gte: 3, field: cs-uri-stem}}}
        ---
        {title: Both, id: both, correlation: {type: temporal, rules: [missing, broken], timespan: 30s}}
        ---
        {title: Then, id: then, correlation: {type: temporal_ordered, rules: [missing, broken], group-by: [c-ip], timespan: 2m}}
        ---
        {title: Average, id: average, correlation: {type: value_avg, rules: [missing], timespan: 3m, condition: {gt: 40, field: sc-bytes}}}
        ---
        {title: Median, id: median, correlation: {type: value_median, rules: [missing], group-by: [c-ip], timespan: 3m, condition: {lt: 30, field: sc-bytes}}}
        ---
        {title: Volume, id: volume, correlation: {type: value_sum, rules: [missing], timespan: 3m, condition: {gte: 200, field: sc-bytes}}}
        ---
        {title: Then broken, id: then-broken, correlation: {type: temporal_ordered, rules: [burst, broken], group-by: [c-ip], timespan: 10m}}
        ---
        {title: Burst, id: burst, correlation: {type: event_count, rules: [missing], timespan: 1m, condition: {gte: 4}}}
        ---
        {title: Bursts, id: bursts, correlation: {type: event_count, rules: [client-burst], timespan: 20m, condition: {gte: 2}}}
        ---
        {title: Burst of a client, id: client-burst, correlation: {type: event_count, rules: [missing], group-by: [c-ip], timespan: 1m, condition: {gte: 2}}}
        ---
        {title: Clients, id: clients, correlation: {type: value_count, rules: [few-of-client], timespan: 20m, condition: {gte: 2, field: c-ip}}}
        ---
        {title: Few of a client, id: few-of-client, correlation: {type: event_count, rules: [missing], group-by: [c-ip], timespan: 1m, condition: {eq: 2}}}
        """;

    static readonly RuleSet allKinds = SigmaLoader.Load([("rules.yml", AllKinds)]);

    [Fact]
    public async Task AnyOrderAndAnyDuplicationGiveTheSameAlertsOfAnyKindOfRule()
    {
        // Crowded minutes and lonely lines over three hours.
        var second = Gen.OneOf(Gen.Int[0, 10_000], Gen.Int[0, 300], Gen.Int[3_400, 3_800]);
        await Gen.Select(
            Gen.Select(second, Gen.Int[0, 2], Gen.Int[0, 9], Gen.Int[0, 99]).Array[1, 60], Gen.Int[1, 10], Gen.Int[0, 10_000], Gen.Int[1, 4]).SampleAsync(async (lines, chunkCount, seed, evaluations) =>
        {
            string[] texts = [.. lines.Select(line => TestPipeline.Line(line.Item1, line.Item3 < 7 ? 404 : 500, $"192.0.2.{line.Item2}", line.Item4))];
            var chunks = texts.Select((text, i) => (text, Chunk: i % chunkCount)).GroupBy(line => line.Chunk, line => line.text)
                .Select((chunk, i) => TestChunk.Of(chunk, start: i * 100_000L)).ToList();

            var inOrder = new TestPipeline(rules: allKinds);
            foreach (var chunk in chunks) await inOrder.IngestAsync(chunk);
            await inOrder.EvaluateAsync();

            var shuffled = new TestPipeline(rules: allKinds);
            var random = new Random(seed);
            var deliveries = chunks.Concat(chunks).ToArray();
            random.Shuffle(deliveries);
            for (var i = 0; i < deliveries.Length; i++)
            {
                await shuffled.IngestAsync(deliveries[i]);
                if (i % evaluations == 0) await shuffled.EvaluateAsync();
                shuffled.Clock.Advance(TimeSpan.FromMinutes(random.Next(3)));
            }
            await shuffled.EvaluateAsync();
            Assert.Equal(inOrder.Incidents, shuffled.Incidents);

            // And a scan of the whole says the same.
            var scanned = await Scanning.Some.ScanAsync(allKinds, texts);
            var raised = shuffled.Stores.Alerts.Where(alert => alert.State is not (Core.Alerting.AlertState.Merged or Core.Alerting.AlertState.Withdrawn))
                .Select(alert => Scanning.Some.Alert(alert.Rule, alert.Group.Select(value => value.Value), alert.First, alert.Last, alert.Count)).Order(StringComparer.Ordinal);
            Assert.Equal(raised, Scanning.Some.Alerts(scanned));
        }, iter: 100);
    }

    [Fact]
    public async Task AnAlertThatLateLinesShowToBeNoneIsTakenBackAndComesBackAsTheSame()
    {
        var rules = SigmaLoader.Load([("rules.yml", AllKinds.Split("---")[0] + "---\n{title: Few, id: few, correlation: {type: event_count, rules: [missing], timespan: 1m, condition: {eq: 2}}}")]);
        var pipeline = new TestPipeline(rules: rules);
        await pipeline.IngestAsync(TestChunk.Of([TestPipeline.Line(0, 404), TestPipeline.Line(10, 404)]));
        await pipeline.EvaluateAsync();
        Assert.Equal(Core.Alerting.AlertState.Open, Assert.Single(pipeline.Stores.Alerts).State);

        // Three within the minute: at no match there are two.
        await pipeline.IngestAsync(TestChunk.Of([TestPipeline.Line(0, 404), TestPipeline.Line(10, 404)], start: 10_000));
        await pipeline.EvaluateAsync();
        var alert = Assert.Single(pipeline.Stores.Alerts);
        // Two of one instant are two, then four.
        Assert.Equal((0, 0), (alert.First.Second, alert.Last.Second));
        await pipeline.IngestAsync(TestChunk.Of([TestPipeline.Line(0, 404)], start: 20_000));
        await pipeline.EvaluateAsync();
        alert = Assert.Single(pipeline.Stores.Alerts);
        Assert.Equal((Core.Alerting.AlertState.Withdrawn, "LateMatches"), (alert.State, alert.History[^1].Reason));
        Assert.Empty(await ((Core.Pipeline.IAlertStore)pipeline.Stores).ListOpenAsync(CancellationToken.None));

        // Two more, alone, within reach of what it was: nobody is woken for another alert.
        await pipeline.IngestAsync(TestChunk.Of([TestPipeline.Line(200, 404), TestPipeline.Line(210, 404)], start: 30_000));
        await pipeline.EvaluateAsync();
        var again = Assert.Single(pipeline.Stores.Alerts);
        Assert.Equal((alert.Id, Core.Alerting.AlertState.Open), (again.Id, again.State));
        Assert.Single(pipeline.Channel.Sent);
    }

    [Fact]
    public async Task BurstsThatLastForHoursAreCountedOnceAlsoWhenTheyComeLineByLine()
    {
        var rules = SigmaLoader.Load([("rules.yml", AllKinds.Split("---")[0] + """
            ---
            {title: Burst, id: burst, correlation: {type: event_count, rules: [missing], timespan: 2h, condition: {gte: 2}}}
            ---
            {title: Bursts, id: bursts, correlation: {type: event_count, rules: [burst], timespan: 6h, condition: {gte: 2}}}
            """)]);
        // Two bursts, of which the first began more than six hours before the second does.
        int[] minutes = [-10, 105, 220, 420, 530];
        var together = new TestPipeline(rules: rules);
        await together.IngestAsync(TestChunk.Of(minutes.Select(minute => TestPipeline.Line(60 * (minute - 540), 404))));
        await together.EvaluateAsync();
        var apart = new TestPipeline(rules: rules);
        foreach (var minute in minutes)
        {
            await apart.IngestAsync(TestChunk.Of([TestPipeline.Line(60 * (minute - 540), 404)], start: 1_000 * (minute + 10)));
            await apart.EvaluateAsync();
        }
        Assert.Empty(together.Incidents);
        Assert.Empty(apart.Incidents);
    }

    [Fact]
    public async Task AFloodOfClientsDoesNotTakeBackAnAlert()
    {
        var rules = SigmaLoader.Load([("rules.yml", AllKinds.Split("---")[0] + "---\n{title: Big, id: big, correlation: {type: value_avg, rules: [missing], group-by: [c-ip], timespan: 10m, condition: {gt: 1000, field: sc-bytes}}}")]);
        var pipeline = new TestPipeline(rules: rules, maxGroups: 20);
        await pipeline.IngestAsync(TestChunk.Of([TestPipeline.Line(0, 404, "203.0.113.7", 50_000)]));
        await pipeline.EvaluateAsync();
        // What is dropped are the smallest groups, among them what the client did first.
        await pipeline.IngestAsync(TestChunk.Of([.. Enumerable.Range(0, 60).Select(i => TestPipeline.Line(60 + i % 2, 404, $"192.0.2.{i / 2}")),
            .. Enumerable.Repeat(TestPipeline.Line(70, 404, "203.0.113.7", 900), 3)], start: 10_000));
        await pipeline.EvaluateAsync();
        Assert.Contains(pipeline.Stores.Reports, report => report.Problems.Count > 0);
        Assert.Equal(Core.Alerting.AlertState.Open, Assert.Single(pipeline.Stores.Alerts).State);
    }

    [Fact]
    public async Task EveryLineIsAccountedFor()
    {
        var pipeline = new TestPipeline();
        await pipeline.IngestAsync(TestChunk.Of(
        [
            TestPipeline.Line(0, 200), "", "what is this", TestPipeline.Line(5, 404),
            "[Sun Nov 01 09:00:07.000000 2026] [core:error] [pid 1:tid 1] [client 192.0.2.9:4711] AH00126: Invalid URI in request",
            new string('x', ChunkLimits.MaxParsedLineBytes + 10), "\0\u0001\u001b[31m",
        ]));
        await pipeline.EvaluateAsync();

        var report = Assert.Single(pipeline.Stores.Reports);
        Assert.Equal((7, 2, 1, 4), (report.Lines, report.Access, report.Error, report.Unknown));
        var counts = await CountsAsync(pipeline);
        Assert.Equal((2, 1, 4), (counts.Access, counts.Error, counts.Unknown));
        Assert.All(report.UnknownSamples, sample => Assert.NotEqual(Core.Parsing.UnknownReason.None, sample.Reason));
    }

    [Fact]
    public async Task LateLinesThatJoinTwoIncidentsMakeThemOneAndWakeNobodyAgain()
    {
        var pipeline = new TestPipeline();
        await pipeline.IngestAsync(TestChunk.Of(Enumerable.Range(0, 5).Select(i => TestPipeline.Line(i, 404, $"192.0.2.{i}"))));
        await pipeline.EvaluateAsync();
        await pipeline.IngestAsync(TestChunk.Of(Enumerable.Range(600, 5).Select(i => TestPipeline.Line(i, 404, $"192.0.2.{i - 600}")), start: 10_000));
        pipeline.Clock.Advance(TimeSpan.FromHours(1));
        await pipeline.EvaluateAsync();
        Assert.Equal(2, pipeline.Incidents.Count);
        var notified = pipeline.Channel.Sent.Count;

        await pipeline.IngestAsync(TestChunk.Of(Enumerable.Range(300, 5).Select(i => TestPipeline.Line(i, 404, $"192.0.2.{i - 300}")), start: 20_000));
        await pipeline.EvaluateAsync();

        Assert.Contains("count 15", Assert.Single(pipeline.Incidents), StringComparison.Ordinal);
        Assert.Equal(notified, pipeline.Channel.Sent.Count);
    }

    static async Task<MinuteCounts> CountsAsync(TestPipeline pipeline)
    {
        var sum = new MinuteCounts();
        ICountStore counts = pipeline.Stores;
        var start = EventHour.Of(new DateTimeOffset(2026, 11, 1, 0, 0, 0, TimeSpan.Zero));
        foreach (var minute in (await counts.ReadAsync("web1", start, start + 24, CancellationToken.None)).Values) sum.Add(minute);
        return sum;
    }

    /// <summary>Crashes before the n-th write: neither it nor any after it is made. The result says whether it came to that.</summary>
    static Func<bool> CrashAt(MemoryStores stores, int write)
    {
        var (step, crashed) = (0, false);
        stores.BeforeWrite = _ =>
        {
            if (step++ < write || write < 0) return;
            crashed = true;
            throw new CrashException();
        };
        return () => crashed;
    }

    sealed class CrashException : Exception;
}
