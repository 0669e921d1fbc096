using System.IO.Compression;
using System.Text;
using LogMonitor.Shipper.State;
using LogMonitor.Shipper.Upload;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace LogMonitor.Shipper.Tests.Support;

/// <summary>A host: a directory with a log, a clock, a store, and a shipper that can be killed and started again.</summary>
sealed class Rig : IDisposable
{
    readonly DirectoryInfo root = Directory.CreateTempSubdirectory("shipper-");
    readonly DirectoryInfo? stateRoot;
    Engine? engine;

    public Rig(params string[] follow)
        : this(follow, null)
    {
    }

    /// <param name="stateRoot">A directory for the state of its own, where writing is quick, say; null for one beside the logs.</param>
    public Rig(string[] follow, DirectoryInfo? stateRoot)
    {
        this.stateRoot = stateRoot;
        StateDirectory = Path.Join((stateRoot ?? root).FullName, "state");
        Directory.CreateDirectory(StateDirectory);
        Follow = follow.Length == 0 ? ["access.log"] : follow;
    }

    public string[] Follow { get; set; }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.Zero));

    /// <summary>What the shipper takes for the time: <see cref="Time"/>, unless it is stepped.</summary>
    public SteppedTime Clock => field ??= new(Time);

    public MemorySink Sink { get; } = new();

    /// <summary>Where chunks go; <see cref="Sink"/> unless another is given.</summary>
    public IChunkSink? Store { get; init; }

    public CrashPlan Crash { get; } = new();

    /// <summary>What saving a position fails with.</summary>
    public Func<FileState, Exception?> SaveFault { get; set; } = _ => null;

    public Messages Messages { get; } = new();

    public int MaxChunkBytes { get; set; } = 4 << 20;

    public int MaxLineBytes { get; set; } = 64 << 20;

    /// <summary>Changes options; for the next start.</summary>
    public Func<ShipperOptions, ShipperOptions> Configure { get; set; } = options => options;

    public string StateDirectory { get; }

    public string Log => this["access.log"];

    public string this[string name] => Path.Join(root.FullName, name);

    public void Write(string text, string name = "access.log") => File.AppendAllText(this[name], text, Encoding.Latin1);

    /// <summary>As logrotate does without copytruncate.</summary>
    public void Rename(string to) => File.Move(Log, this[to]);

    /// <summary>As logrotate does with copytruncate.</summary>
    public void CopyTruncate(string to)
    {
        File.Copy(Log, this[to]);
        Truncate();
    }

    /// <summary>As logrotate's compress does.</summary>
    public void Gzip(string name)
    {
        File.WriteAllBytes(this[name + ".gz"], Gzipped(File.ReadAllBytes(this[name])));
        File.SetLastWriteTimeUtc(this[name + ".gz"], File.GetLastWriteTimeUtc(this[name]));
        File.Delete(this[name]);
    }

    public static byte[] Gzipped(byte[] content)
    {
        using var memory = new MemoryStream();
        using (var gzip = new GZipStream(memory, CompressionLevel.Optimal, leaveOpen: true)) gzip.Write(content);
        return memory.ToArray();
    }

    public void Truncate()
    {
        using var file = new FileStream(Log, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        file.SetLength(0);
    }

    public async Task<bool> PassAsync(bool flush = false) =>
        await (engine ??= Start()).PassAsync(flush, TestContext.Current.CancellationToken);

    /// <summary>Ships all that is complete, however many passes that takes.</summary>
    public async Task ShipAllAsync()
    {
        for (var pass = 0; await PassAsync(flush: true); pass++)
            if (pass == 10_000) throw new InvalidOperationException("The shipper always has more to ship.");
    }

    /// <summary>Lets rotated files become quiet and be shipped to their ends.</summary>
    public async Task DrainAsync()
    {
        for (var pass = 0; pass < 4; pass++)
        {
            await ShipAllAsync();
            Time.Advance(TimeSpan.FromMinutes(2));
        }
        await ShipAllAsync();
    }

    /// <summary>Ends the shipper without warning; the next pass starts one on the same state.</summary>
    public void Kill()
    {
        engine?.Dispose();
        engine = null;
    }

    public bool IsRunning => engine is not null;

    /// <summary>As SIGHUP does.</summary>
    public void Reload() => engine!.Reconfigure(Configured());

    public ShipperSummary Summary => engine!.Summary;

    public void Dispose()
    {
        Kill();
        root.Delete(recursive: true);
        stateRoot?.Delete(recursive: true);
    }

    Engine Start()
    {
        var positions = new CrashingPositions(new Positions(StateDirectory, Clock, Messages), Crash, state => SaveFault(state));
        return new Engine(Configured(), new CrashingSink(Store ?? Sink, Crash), positions, Clock, new Random(1), Messages);
    }

    ShipperOptions Configured() => Configure(new ShipperOptions
    {
        Host = "web1",
        Files = [.. Follow.Select(name => new FollowedPath(this[name]))],
        StateDirectory = StateDirectory,
        MaxChunkBytes = MaxChunkBytes,
        MaxLineBytes = MaxLineBytes,
    }).Validated();
}

/// <summary>What the shipper said.</summary>
sealed class Messages : ILogger
{
    readonly Lock gate = new();
    readonly List<(LogLevel Level, string Text)> all = [];

    public Action<string> Said { get; set; } = _ => { };

    public IReadOnlyList<string> Troubles { get { lock (gate) return [.. all.Where(message => message.Level >= LogLevel.Warning).Select(message => message.Text)]; } }

    public IReadOnlyList<string> All { get { lock (gate) return [.. all.Select(message => message.Text)]; } }

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lock (gate) all.Add((logLevel, formatter(state, exception)));
        Said(formatter(state, exception));
    }
}
