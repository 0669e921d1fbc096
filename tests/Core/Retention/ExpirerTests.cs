using System.Runtime.CompilerServices;
using LogMonitor.Core.Retention;
using LogMonitor.Tests.Support;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace LogMonitor.Core.Tests.Retention;

public sealed class ExpirerTests : IDisposable
{
    static readonly CancellationToken none = TestContext.Current.CancellationToken;

    readonly FakeTimeProvider clock = new(new DateTimeOffset(2026, 11, 1, 4, 30, 0, TimeSpan.Zero));
    readonly MemoryStores positions = new();
    readonly LogRecorder log = new();
    readonly List<string> done = [];

    [Fact]
    public async Task ARunGoesThroughAllPlacesAndRemembersNothing()
    {
        await RunAsync(Place("a"), Place("b"));
        Assert.Equal(["a 1", "a 2", "a 3", "b 1", "b 2", "b 3"], done);
        Assert.Null(positions.Position);
        Assert.Equal(["Information Deleted 30 of a that were older than they are kept ", "Information Deleted 30 of b that were older than they are kept "], log.Lines);
    }

    [Fact]
    public async Task WhatARunDoesNotGetToTheNextBeginsWithAndThenTheOthersHaveTheirTurn()
    {
        IExpiring[] places = [Place("a"), Place("b", TimeSpan.FromMinutes(3)), Place("c")];
        await RunAsync(places);
        Assert.Equal(["a 1", "a 2", "a 3", "b 1", "b 2"], done);
        Assert.Equal(new ExpiryPosition("b", "2"), positions.Position);

        done.Clear();
        await RunAsync(places);
        Assert.Equal(["b 3", "c 1", "c 2", "c 3", "a 1", "a 2", "a 3"], done);
        Assert.Null(positions.Position);
    }

    [Fact]
    public async Task APlaceThatFailsKeepsNoOtherFromItsTurn()
    {
        await RunAsync(Place("a", fails: true), Place("b"));
        Assert.Equal(["b 1", "b 2", "b 3"], done);
        Assert.Contains(log.Lines, line => line.StartsWith("Error What is old in a could not be deleted: away It stays, and the next run tries again", StringComparison.Ordinal));
    }

    [Fact]
    public async Task APlaceThatIsNoMoreIsNotLookedFor()
    {
        positions.Position = new ExpiryPosition("gone", "2");
        await RunAsync(Place("a"));
        Assert.Equal(["a 1", "a 2", "a 3"], done);
        Assert.Null(positions.Position);
    }

    [Fact]
    public void ZeroKeepsAllAndAlertsAreKeptAsLongAsTheirMatches()
    {
        var now = clock.GetUtcNow();
        var cutoffs = new RetentionOptions { Counts = TimeSpan.Zero, Alerts = TimeSpan.FromDays(60) }.At(now);
        Assert.Equal((null, now.AddDays(-90), now.AddDays(-90), null), (cutoffs.Counts, cutoffs.Alerts, cutoffs.Matches, cutoffs.Archive));
        Assert.Null(new RetentionOptions { Matches = TimeSpan.Zero }.At(now).Alerts);
        Assert.Null(new RetentionOptions { Matches = TimeSpan.Zero }.MatchesSince(now));
    }

    public void Dispose() => log.Dispose();

    Task RunAsync(params IExpiring[] places) => new Expirer(places, positions, new RetentionOptions(), clock, new Logger<Expirer>(new LoggerFactory([log]))).RunAsync(none);

    Steps Place(string name, TimeSpan each = default, bool fails = false) => new(name, () => clock.Advance(each), fails, done);

    /// <summary>Three steps, of which those behind a position are left.</summary>
    sealed class Steps(string name, Action work, bool fails, List<string> done) : IExpiring
    {
        public string Name => name;

        public async IAsyncEnumerable<ExpiryStep> ExpireAsync(Cutoffs cutoffs, string? from, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await Task.CompletedTask;
            if (fails) throw new IOException("away");
            foreach (var step in (string[])["1", "2", "3"])
            {
                if (string.CompareOrdinal(step, from) <= 0) continue;
                done.Add($"{name} {step}");
                work();
                yield return new(10, step);
            }
        }
    }
}
