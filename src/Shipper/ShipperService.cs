using Azure.Storage.Blobs;
using LogMonitor.Shipper.Health;
using LogMonitor.Shipper.State;
using LogMonitor.Shipper.Upload;
using Microsoft.Extensions.Logging;

namespace LogMonitor.Shipper;

/// <summary>
/// The shipper: follows log files, cuts them at line ends into chunks, and uploads each chunk once. One instance at a time
/// may use a state directory; storage trouble never ends it, it holds and says so.
/// </summary>
public sealed class ShipperService
{
    readonly ObservedSink sink;
    readonly TimeProvider time;
    readonly ILogger logger;
    TaskCompletionSource wake = NewWake();
    ShipperOptions options;
    Change? change;

    /// <param name="container">Where chunks go; it must exist. The right to create blobs in it is enough.</param>
    /// <exception cref="ShipperException">An option can't be used.</exception>
    public ShipperService(ShipperOptions options, BlobContainerClient container, TimeProvider time, ILogger logger)
        : this(options, new BlobSink(container), time, logger)
    {
    }

    internal ShipperService(ShipperOptions options, IChunkSink sink, TimeProvider time, ILogger logger)
    {
        (this.options, this.time, this.logger) = (options.Validated(), time, logger);
        Vitals = new Vitals(time) { Host = this.options.Host };
        this.sink = new ObservedSink(sink, Vitals, time);
    }

    /// <summary>How it is.</summary>
    internal Vitals Vitals { get; }

    /// <summary>Called when the state directory is taken and its positions are read: nothing keeps it from shipping but the store.</summary>
    internal Action Started { get; init; } = () => { };

    /// <summary>Whether the process has nothing else to do, and gives its memory back to the machine when no log is written to.</summary>
    internal bool OwnsProcess { get; init; }

    /// <summary>Goes on with other options and another destination, from the next pass on: the task ends then. Nothing that is open is lost.</summary>
    /// <exception cref="ShipperException">An option can't be used, or can't be changed while running: what was in force stays.</exception>
    internal Task ReloadAsync(ShipperOptions changed, IChunkSink destination)
    {
        changed = changed.Validated();
        if (changed.StateDirectory != options.StateDirectory)
            throw new ShipperException($"'stateDirectory' can't change from {options.StateDirectory} to {changed.StateDirectory} while the shipper runs: restart it.");
        var taken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        change = new(changed, destination, taken);
        wake.TrySetResult();
        return taken.Task;
    }

    /// <summary>Follows until cancelled, then ships what is complete, for at most 10 s, and returns without an exception.</summary>
    /// <exception cref="ShipperException">The state directory can't be used, or another shipper uses it.</exception>
    public async Task RunAsync(CancellationToken stopping)
    {
        using var stateLock = InstanceLock.Take(options.StateDirectory);
        using var engine = NewEngine();
        using var limit = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        await using var stop = stopping.Register(() => limit.CancelAfter(options.StopLimit));
        Started();
        try
        {
            using var changes = new ChangeWaiter(time, logger);
            var idle = new IdleMemory(time);
            var heartbeat = new Heartbeat(sink, time, Random.Shared);
            while (!stopping.IsCancellationRequested)
            {
                // In this order: a reload that comes in between wakes the next wait for nothing, and is never slept over.
                if (wake.Task.IsCompleted) wake = NewWake();
                if (Interlocked.Exchange(ref change, null) is { } changed) Take(changed, engine);
                // Before looking, so that nothing happens unseen in between.
                changes.Arm(engine.Directories);
                if (await PassAsync(engine, flush: false, limit.Token)) continue;
                await heartbeat.SendDueAsync(options, engine.Troubles, limit.Token);
                if (OwnsProcess) idle.Passed(engine);
                await changes.WaitAsync(options.PollInterval, Shorter(engine.UntilDue, heartbeat.UntilDue(options)), wake.Task, stopping);
            }
            while (await PassAsync(engine, flush: true, limit.Token)) limit.Token.ThrowIfCancellationRequested();
        }
        catch (Exception) when (limit.IsCancellationRequested)
        {
            logger.StopTookTooLong(options.StopLimit.TotalSeconds);
        }
    }

    /// <summary>Ships every complete line that is there and returns; a failing upload is tried four times.</summary>
    /// <exception cref="ShipperException">The state directory can't be used, or another shipper uses it.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; what was not shipped is at the next run.</exception>
    public async Task<ShipperSummary> RunOnceAsync(CancellationToken cancellationToken)
    {
        const int tries = 4;
        using var stateLock = InstanceLock.Take(options.StateDirectory);
        using var engine = NewEngine();
        while (true)
        {
            if (await PassAsync(engine, flush: true, cancellationToken)) continue;
            var waiting = engine.Waiting.Where(backoff => backoff.Failures < tries).ToList();
            if (waiting.Count == 0) return engine.Summary;
            await Task.Delay(Shorter(waiting.Min(backoff => backoff.Remaining), TimeSpan.FromMinutes(1)), time, cancellationToken);
        }
    }

    Engine NewEngine() => new(options, sink, new Positions(options.StateDirectory, time, logger), time, Random.Shared, logger);

    async Task<bool> PassAsync(Engine engine, bool flush, CancellationToken cancellationToken)
    {
        var more = await engine.PassAsync(flush, cancellationToken);
        Vitals.Passed(engine);
        return more;
    }

    void Take(Change changed, Engine engine)
    {
        (options, sink.Inner, Vitals.Host) = (changed.Options, changed.Destination, changed.Options.Host);
        engine.Reconfigure(options);
        changed.Taken.SetResult();
    }

    static TaskCompletionSource NewWake() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    sealed record Change(ShipperOptions Options, IChunkSink Destination, TaskCompletionSource Taken);

    static TimeSpan Shorter(TimeSpan a, TimeSpan b) => TimeSpan.FromTicks(Math.Max(0, Math.Min(a.Ticks, b.Ticks)));
}

/// <summary>What a run shipped.</summary>
/// <param name="Chunks">Chunks stored, or found stored.</param>
/// <param name="Lines">Lines in them.</param>
/// <param name="Bytes">Raw bytes in them.</param>
/// <param name="Problems">Files or uploads that are in trouble; each was reported to the log.</param>
/// <param name="LostBytes">What was in a followed file, was not shipped and is gone; each loss was reported to the log.</param>
/// <param name="HeldBytes">What deleted files that are not shipped yet take of the disk.</param>
public sealed record ShipperSummary(long Chunks, long Lines, long Bytes, int Problems, long LostBytes = 0, long HeldBytes = 0);
