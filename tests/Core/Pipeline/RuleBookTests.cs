using LogMonitor.Core.Alerting;
using LogMonitor.Core.Pipeline;
using LogMonitor.Tests.Support;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace LogMonitor.Core.Tests.Pipeline;

public sealed class RuleBookTests : IDisposable
{
    static readonly CancellationToken none = TestContext.Current.CancellationToken;

    readonly FakeTimeProvider clock = new();
    readonly Shelf users = new("users/", TimeSpan.FromSeconds(30)), own = new("", TimeSpan.FromSeconds(10));
    readonly LogRecorder log = new();
    readonly RuleBook book;

    public RuleBookTests()
    {
        book = new RuleBook([users, own], new AlertOptions(), clock, new Log(log));
        own.Files["a.yml"] = Rule("a");
    }

    [Fact]
    public async Task AFileThatIsAddedChangedOrRemovedIsLiveAfterItsInterval()
    {
        Assert.Equal(["a"], await TitlesAsync());
        users.Files["b.yml"] = Rule("b");
        clock.Advance(TimeSpan.FromSeconds(29));
        Assert.Equal(["a"], await TitlesAsync());
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(["a", "b"], await TitlesAsync());

        users.Files["b.yml"] = Rule("c");
        clock.Advance(users.Interval);
        Assert.Equal(["a", "c"], await TitlesAsync());

        users.Files.Clear();
        clock.Advance(users.Interval);
        Assert.Equal(["a"], await TitlesAsync());
        Assert.Contains(log.Lines, line => line.Contains("Rules have changed: 2 about lines, 2 that alert; 1 are new, 1 are gone, 0 are skipped", StringComparison.Ordinal));
    }

    [Fact]
    public async Task WhatHasNotChangedIsNeitherReadNorLoadedAgain()
    {
        var first = await book.GetAsync(none);
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Same(first, await book.GetAsync(none));
        Assert.Equal((1, 2), (own.Reads, own.Lists));
        Assert.Same(first, await book.GetAsync(none));
        Assert.Equal(2, own.Lists); // not before its interval
    }

    [Fact]
    public async Task WhatCanNotBeReadAsAFileIsNotReadAndSaidOnceAndTheOthersRun()
    {
        users.Files["pipe.yml"] = Rule("b");
        users.Problem = "this is not a file";
        Assert.Equal(["a"], await TitlesAsync());
        clock.Advance(users.Interval);
        Assert.Equal(["a"], await TitlesAsync());
        Assert.Equal(0, users.Reads);
        Assert.Single(log.Lines, line => line.Contains("Rule skipped: users/pipe.yml:1:1: this is not a file", StringComparison.Ordinal));

        users.Problem = null;
        clock.Advance(users.Interval);
        Assert.Equal(["a", "b"], await TitlesAsync());
    }

    [Fact]
    public async Task WhoIsToldIsLiveAsRulesAreAndAPlanWithAMistakeChangesNothing()
    {
        var rules = await book.GetAsync(none);
        Assert.Empty((await book.GetPlanAsync(none)).Routes);
        users.Files["alerts.yml"] = "routes: [{channels: []}]";
        own.Files["alerts.yml"] = "routes: []";
        clock.Advance(users.Interval);
        Assert.Single((await book.GetPlanAsync(none)).Routes);
        Assert.Contains(log.Lines, line => line.Contains("Alerts go by users/alerts.yml: 0 channels, 1 routes", StringComparison.Ordinal));
        // It is no rule, and loads none anew.
        Assert.Same(rules, await book.GetAsync(none));

        users.Files["alerts.yml"] = "routes: [{channels: pager}, {}]";
        clock.Advance(users.Interval);
        Assert.Single((await book.GetPlanAsync(none)).Routes);
        clock.Advance(users.Interval);
        Assert.Single((await book.GetPlanAsync(none)).Routes);
        Assert.Single(log.Lines, line => line.Contains("Who is told of alerts stays as it was: users/alerts.yml:1:21: there is no channel 'pager'; there are mail", StringComparison.Ordinal));

        users.Files["alerts.yml"] = "routes: [{}, {}]";
        clock.Advance(users.Interval);
        Assert.Equal(2, (await book.GetPlanAsync(none)).Routes.Count);
        users.Files.Remove("alerts.yml");
        own.Files.Remove("alerts.yml");
        clock.Advance(users.Interval);
        Assert.Empty((await book.GetPlanAsync(none)).Routes);
    }

    [Fact]
    public async Task AFileThatIsNoLongerYamlKeepsItsRulesUntilItIsMended()
    {
        await book.GetAsync(none);
        own.Files["a.yml"] = "title: Half wri\n  tten: [";
        clock.Advance(own.Interval);
        Assert.Equal(["a"], await TitlesAsync());
        clock.Advance(own.Interval);
        Assert.Equal(["a"], await TitlesAsync());
        Assert.Single(log.Lines, line => line.Contains("its former rules stay: a.yml:2:", StringComparison.Ordinal));
        own.Files["a.yml"] = Rule("mended");
        clock.Advance(own.Interval);
        Assert.Equal(["mended"], await TitlesAsync());
    }

    [Fact]
    public async Task AMistakeInARuleCostsThatRuleAndIsToldOnce()
    {
        own.Files["a.yml"] = Rule("a") + "\n---\ntitle: Wrong\nid: w\n";
        Assert.Equal(["a"], await TitlesAsync());
        users.Files["b.yml"] = Rule("b");
        clock.Advance(users.Interval);
        Assert.Equal(["a", "b"], await TitlesAsync());
        Assert.Single(log.Lines, line => line.Contains("Rule skipped: a.yml:3:1:", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ASourceThatCanNotBeReadKeepsItsRulesAndIsToldOnce()
    {
        users.Files["b.yml"] = Rule("b");
        await book.GetAsync(none);
        users.Failure = new IOException("gone away");
        for (var i = 0; i < 3; i++)
        {
            clock.Advance(users.Interval);
            Assert.Equal(["a", "b"], await TitlesAsync());
        }
        Assert.Single(log.Lines, line => line.StartsWith("Error users: the rules there can't be read (gone away)", StringComparison.Ordinal));
        users.Failure = null;
        users.Files["b.yml"] = Rule("c");
        clock.Advance(users.Interval);
        Assert.Equal(["a", "c"], await TitlesAsync());
        Assert.Single(log.Lines, line => line.Contains("users: the rules there can be read again", StringComparison.Ordinal));
    }

    [Fact]
    public async Task TheFirstSourcesRuleOfAnIdCounts()
    {
        users.Files["mine.yml"] = Rule("a").Replace("level: low", "level: high", StringComparison.Ordinal);
        Assert.Equal(Core.Detection.Level.High, Assert.Single((await book.GetAsync(none)).Events).Level);
        Assert.Contains(log.Lines, line => line.Contains("a.yml:1:1: 'a' is already the id or name of a rule in users/mine.yml; this rule is skipped", StringComparison.Ordinal));
    }

    [Fact]
    public async Task BeyondTheLimitTheFirstFilesByNameCount()
    {
        own.Files.Clear();
        for (var i = 0; i <= RuleBook.MaxFiles; i++) own.Files[$"{i:0000}.yml"] = Rule($"r{i}");
        var rules = await book.GetAsync(none);
        Assert.Equal(RuleBook.MaxFiles, rules.Events.Count);
        Assert.DoesNotContain(rules.Events, rule => rule.Title == $"r{RuleBook.MaxFiles}");
        Assert.Contains(log.Lines, line => line.Contains("has 1001 rule files; only the first 1000 by name are used", StringComparison.Ordinal));
    }

    [Fact]
    public async Task WhileOneLooksTheOthersGoOnWithWhatIsKnown()
    {
        var known = await book.GetAsync(none);
        own.Gate = new TaskCompletionSource();
        clock.Advance(own.Interval);
        own.Files["b.yml"] = Rule("b");
        var looking = book.GetAsync(none).AsTask();
        Assert.Same(known, await book.GetAsync(none));
        own.Gate.SetResult();
        Assert.Equal(2, (await looking).Events.Count);
    }

    async Task<string[]> TitlesAsync() => [.. (await book.GetAsync(none)).Events.Select(rule => rule.Title).Order(StringComparer.Ordinal)];

    static string Rule(string id) => $"{{title: {id}, id: {id}, logsource: {{category: webserver}}, detection: {{s: {{cs-uri-stem: /{id}}}, condition: s}}, level: low}}";

    public void Dispose() => book.Dispose();

    sealed class Log(LogRecorder recorder) : ILogger<RuleBook>
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;
        public bool IsEnabled(LogLevel logLevel) => true;

        void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            recorder.Log(logLevel, eventId, state, exception, formatter);
    }

    sealed class Shelf(string prefix, TimeSpan interval) : IRuleSource
    {
        public Dictionary<string, string> Files { get; } = [];
        public string? Problem { get; set; }
        public Exception? Failure { get; set; }
        public TaskCompletionSource? Gate { get; set; }
        public int Reads { get; private set; }
        public int Lists { get; private set; }
        public string Prefix => prefix;
        public TimeSpan Interval => interval;

        public async Task<IReadOnlyList<RuleFile>> ListAsync(CancellationToken cancellationToken)
        {
            Lists++;
            if (Gate is { } gate) await gate.Task.WaitAsync(cancellationToken);
            return Failure is null ? [.. Files.Select(file => new RuleFile(file.Key, file.Value, Problem))] : throw Failure;
        }

        public Task<string> ReadAsync(RuleFile file, CancellationToken cancellationToken)
        {
            Reads++;
            return Task.FromResult(Files[file.Name]);
        }
    }
}
