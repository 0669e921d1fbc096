using LogMonitor.Core.Alerting;
using LogMonitor.Core.Alerting.Plans;
using LogMonitor.Core.Detection;
using LogMonitor.Core.Pipeline;
using LogMonitor.Core.Retention;
using LogMonitor.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace LogMonitor.Core.Tests.Pipeline;

/// <summary>The pipeline over stores in memory, with a clock that the test moves.</summary>
sealed class TestPipeline
{
    public const string Rules = """
        title: HTTP 404
        id: http-404
        logsource: {category: webserver}
        detection: {selection: {sc-status: 404}, condition: selection}
        level: informational
        ---
        title: Burst of 404s
        id: burst
        correlation: {type: event_count, rules: [http-404], timespan: 1m, condition: {gte: 5}}
        level: medium
        ---
        title: Burst of 404s from one client
        id: client-burst
        correlation: {type: event_count, rules: [http-404], group-by: [c-ip], timespan: 1m, condition: {gte: 3}}
        level: medium
        """;

    readonly ChunkIngestor ingestor;

    /// <param name="before">The pipeline whose stores and clock this one goes on with.</param>
    public TestPipeline(AlertOptions? options = null, RuleSet? rules = null, int maxGroups = 1_000, TestPipeline? before = null, AlertPlan? plan = null, RetentionOptions? retention = null)
    {
        if (before is not null) (Stores, Clock) = (before.Stores, before.Clock);
        Stores.Clock = Clock;
        rules ??= SigmaLoader.Load([("rules.yml", Rules)]);
        Assert.Empty(rules.Errors);
        plan ??= new AlertPlan { Options = options ?? new AlertOptions() };
        var book = RuleBook.Of(rules, plan);
        var channels = new ChannelSet([Channel], Planned);
        ingestor = new ChunkIngestor(book, Stores, Stores, Stores, Stores, Clock, NullLogger<ChunkIngestor>.Instance);
        var problems = new SystemAlerts(Stores, book);
        Reconciler = new Reconciler(Incoming, Stores, ingestor, problems, new ReconcileOptions(), Clock, NullLogger<Reconciler>.Instance) { AtOnce = 1 };
        var watch = new WatchOptions();
        var hosts = new HostEvaluator(book, Stores, Stores, Stores, problems, watch, retention ?? new RetentionOptions(), Clock, NullLogger<HostEvaluator>.Instance) { MaxGroups = maxGroups };
        var keeper = new AlertKeeper(Stores, Stores, Stores, channels, book, Clock, NullLogger<AlertKeeper>.Instance);
        var sender = new DeliverySender(Stores, Stores, channels, book, problems, new AcknowledgeLinks(new Uri("http://localhost:8686/"), new string('k', 32)), new MessageOptions(new Uri("http://localhost:8686/")), Clock, NullLogger<DeliverySender>.Instance);
        Expirer = new Expirer([Stores], Stores, retention ?? new RetentionOptions(), Clock, NullLogger<Expirer>.Instance);
        Evaluator = new Evaluator(Stores, hosts, Stores, new HostWatch(Stores, problems, watch, Clock), keeper, sender, Clock, NullLogger<Evaluator>.Instance);
    }

    /// <summary>Deletes what is old.</summary>
    public Expirer Expirer { get; }

    public MemoryStores Stores { get; } = new();

    public RecordingChannel Channel { get; } = new();

    /// <summary>The channels that the plan names.</summary>
    public RecordingFactory Planned { get; } = new();

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 11, 1, 12, 0, 0, TimeSpan.Zero));

    public Evaluator Evaluator { get; }

    /// <summary>What was uploaded, for sweeps.</summary>
    public MemoryIncoming Incoming { get; } = new();

    public Reconciler Reconciler { get; }

    /// <summary>What waits in the outbox.</summary>
    public IReadOnlyList<Delivery> Pending => ((IOutbox)Stores).ListPendingAsync(int.MaxValue, CancellationToken.None).Result;

    public Task<IngestOutcome> IngestAsync(TestChunk chunk) => ingestor.IngestAsync(chunk, CancellationToken.None);

    public Task EvaluateAsync() => Evaluator.RunAsync(CancellationToken.None);

    /// <summary>Evaluates at the present and at the end of each step of so many.</summary>
    public async Task EvaluateEachAsync(TimeSpan step, int steps)
    {
        await EvaluateAsync();
        for (var i = 0; i < steps; i++)
        {
            Clock.Advance(step);
            await EvaluateAsync();
        }
    }

    /// <summary>The incidents, without what depends on when they were found.</summary>
    public IReadOnlyList<string> Incidents =>
    [
        .. Stores.Alerts.Where(alert => alert.State is not (AlertState.Merged or AlertState.Withdrawn))
            .Select(alert => $"{alert.Host} {alert.Rule} [{string.Join(',', alert.Group.Select(g => g.Value))}] {alert.First:HH:mm:ss}–{alert.Last:HH:mm:ss} count {alert.Count} peak {alert.Peak} {string.Join('|', alert.Samples.Select(s => s.Text))}")
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>A combined line with this status, at seconds after 2026-11-01T09:00:00Z.</summary>
    public static string Line(int seconds, int status, string client = "192.0.2.1", int bytes = 12)
    {
        var time = new DateTimeOffset(2026, 11, 1, 9, 0, 0, TimeSpan.Zero).AddSeconds(seconds);
        return $"{client} - - [{time.ToString("dd/MMM/yyyy:HH:mm:ss", System.Globalization.CultureInfo.InvariantCulture)} +0000] \"GET /p{seconds} HTTP/1.1\" {status} {bytes} \"-\" \"test\"";
    }
}

/// <summary>A channel that keeps what it was given, and answers as told.</summary>
sealed class RecordingChannel(string name = "recording") : IChannel
{
    public string Name => name;

    public Func<DeliveryResult> Answer { get; set; } = () => new DeliveryResult.Sent("ok");

    public List<(AlertMessage Message, string DeliveryId)> Sent { get; } = [];

    public Task<DeliveryResult> SendAsync(AlertMessage message, string deliveryId, CancellationToken cancellationToken)
    {
        var answer = Answer();
        if (answer is DeliveryResult.Sent) Sent.Add((message, deliveryId));
        return Task.FromResult(answer);
    }
}

/// <summary>Makes channels that keep what they were given.</summary>
sealed class RecordingFactory : IChannelFactory
{
    readonly Dictionary<string, RecordingChannel> made = [];

    public RecordingChannel this[string name] => made.TryGetValue(name, out var channel) ? channel : made[name] = new(name);

    public IChannel Create(ChannelDefinition definition) => this[definition.Name];
}
