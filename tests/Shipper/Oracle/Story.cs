using System.IO.Enumeration;
using LogMonitor.Shipper.Configuration;
using LogMonitor.Shipper.Tests.Support;
using LogMonitor.Shipper.Upload;

namespace LogMonitor.Shipper.Tests.Oracle;

/// <summary>One seed's story: some logs, a store in some weather, and a shipper that crashes; everything by chance, and the same each time.</summary>
sealed class Story : IDisposable
{
    static readonly string[][] Configurations =
    [
        ["access.log"], ["access.log"], ["access.log*"], ["*.log"], ["*.log", "access.*"], ["access.log", "error.log", "auth.log"], ["access.log", "*.log*"],
    ];

    readonly Random random;
    readonly FakeContainer container;
    readonly Rig rig;
    readonly Disk disk;
    readonly List<Author> authors;
    readonly List<string> told = [];
    bool isDisturbed;

    public Story(int seed, FakeContainer container)
    {
        random = new Random(seed);
        this.container = container;
        var follow = Configurations[random.Next(Configurations.Length)];
        rig = new Rig(follow, StateRoot())
        {
            Store = new BlobSink(Destination.Open(Destination.FromArguments(container.Url, null, "", _ => null), _ => null)),
            MaxChunkBytes = random.Next(4) switch { 0 => 64, 1 => 300, 2 => 4096, _ => 4 << 20 },
            Messages = { Said = message => told.Add($"    {message}") },
        };
        disk = new Disk(Path.GetDirectoryName(rig.Log)!, () => rig.Follow);
        var logs = follow[0] == "access.log*" || follow is ["access.log"] ? ["access.log"] : new[] { "access.log", "error.log", "auth.log" }[..random.Next(1, 4)];
        var start = rig.Time.GetTimestamp();
        authors = [.. logs.Select(log => new Author(disk, log, random, () => rig.Time.GetElapsedTime(start)))];
        told.Add($"follows {string.Join(' ', follow)}, chunks of {rig.MaxChunkBytes}");
        var exists = random.Next(3) switch { 0 => (409, "BlobAlreadyExists"), 1 => (412, "ConditionNotMet"), _ => (403, "UnauthorizedBlobOverwrite") };
        container.Exists = () => new Answer(exists.Item1, exists.Item2, "There is a blob of that name.");
    }

    /// <summary>How often the shipper ended without warning.</summary>
    public int Crashes { get; private set; }

    public IReadOnlyList<string> Told => told;

    /// <returns>What is wrong.</returns>
    public async Task<List<string>> RunAsync(int actions = 80)
    {
        for (var action = 0; action < actions; action++)
            if (await ActAsync(authors[random.Next(authors.Count)]) is { } what)
                told.Add(what);
        await EndAsync();
        return Verdict.On(container, disk.Lives, disk.IsLive, rig.Messages.Troubles);
    }

    public void Dispose()
    {
        disk.Dispose();
        rig.Dispose();
    }

    // Nothing here loses power, and fsync takes most of the time: in memory where that is to be had.
    static DirectoryInfo? StateRoot() => Directory.Exists("/dev/shm") ? Directory.CreateDirectory($"/dev/shm/shipper-{Guid.NewGuid():n}") : null;

    // logrotate truncates a moment after it has copied. A shipper that ships in that moment what the copy lacks, and ends without
    // warning before it looks again, can't know the copy for one afterwards: docs/shipper.md says so, and stories leave it out.
    async Task<string?> ActAsync(Author author)
    {
        var action = random.Next(40);
        if (action >= 17 && authors.Find(author => author.HasCopied) is { } copier && copier.Truncate(States.Intents(rig.StateDirectory)) is { } truncated) return truncated;
        switch (action)
        {
            case < 8: return author.Write();
            case 8: return author.WriteFragment();
            case 9 or 10: return author.WriteLate();
            case 11 or 12: return author.Rotate();
            case 13 or 14: return author.Copy();
            case 15 or 16: return author.Truncate(States.Intents(rig.StateDirectory));
            case 17: return author.Swap();
            case 18: return author.Compress();
            case 19: return random.Next(3) == 0 ? author.DeleteOldest() : null;
            case 20: return random.Next(4) == 0 ? author.DeleteLog() : null;
            case 21: return author.Link();
            case 22: return author.Forbid(allow: random.Next(3) > 0);
            case 23: return Crash("killed");
            case 24 or 25: return CrashSoon();
            case 26: return Weather();
            case 27: return Step();
            case 28: return await StopAsync();
            case 29: return Reconfigure();
            default: return await PassAsync();
        }
    }

    string Crash(string how)
    {
        Crashes++;
        rig.Kill();
        disk.Ended();
        return $"  {how}";
    }

    string CrashSoon()
    {
        rig.Crash.In = random.Next(12);
        return $"  will crash in {rig.Crash.In} steps";
    }

    string Weather()
    {
        var storm = random.Next(3) switch { 0 => 0, 1 => 0.3, _ => 0.9 };
        container.Weather = () => random.NextDouble() < storm ? Fault.Any(random) : null;
        return $"  of puts {storm:p0} fail";
    }

    string Step()
    {
        rig.Clock.Step = TimeSpan.FromHours(random.Next(-25, 26));
        return $"  the clock is {rig.Clock.Step} off";
    }

    async Task<string> StopAsync()
    {
        if (!await TryAsync(rig.ShipAllAsync)) return "  (while stopping)";
        rig.Kill();
        disk.Ended();
        return "  stopped";
    }

    /// <summary>
    /// Other patterns for the same logs, at once where a shipper runs. None that finds second names: one of a file that was compressed
    /// since is another file by then.
    /// </summary>
    string Reconfigure()
    {
        var others = Configurations
            .Where(patterns => authors.All(author => patterns.Any(pattern => FileSystemName.MatchesSimpleExpression(pattern, author.Log))))
            .Where(patterns => rig.Follow.Contains("access.*") || !patterns.Contains("access.*")).ToArray();
        disk.Reconfigure(() => rig.Follow = others[random.Next(others.Length)]);
        if (rig.IsRunning) rig.Reload();
        return $"  follows {string.Join(' ', rig.Follow)} from now on";
    }

    async Task<string> PassAsync()
    {
        // Now and then nothing happens for longer than a rotated file is watched.
        var isQuiet = random.Next(8) == 0;
        rig.Time.Advance(TimeSpan.FromSeconds(isQuiet ? random.Next(100, 300) : random.Next(40)));
        foreach (var author in authors) author.Reopened();
        var flush = random.Next(3) == 0;
        if (random.Next(3) == 0) Disturb(authors[random.Next(authors.Count)], random.Next(1, 40));
        return await TryAsync(() => rig.PassAsync(flush)) ? $"  a pass{(flush ? " that flushes" : "")}" : "  (in a pass)";
    }

    /// <summary>Something happens in the middle of a pass, at a moment when the shipper reads the time: between a look and a read, say.</summary>
    void Disturb(Author author, int reads) => rig.Clock.Read = () =>
    {
        if (--reads != 0) return;
        for (var action = random.Next(1, 4); action > 0; action--)
        {
            var what = random.Next(8) switch
            {
                < 3 => author.Write(),
                3 => author.WriteLate(),
                4 => author.Rotate(),
                5 => author.Copy() is { } copied ? $"{copied}, and {author.Truncate(States.Intents(rig.StateDirectory))}" : null,
                6 => author.Truncate(States.Intents(rig.StateDirectory)),
                7 => author.Swap(),
                _ => null,
            };
            if (what is null) continue;
            told.Add($"    meanwhile: {what}");
            isDisturbed = true;
        }
    };

    async Task<bool> TryAsync(Func<Task> ship)
    {
        try
        {
            await ship();
            if (!isDisturbed) disk.Looked();
            return true;
        }
        catch (CrashException)
        {
            told.Add(Crash("crashed"));
            return false;
        }
        finally
        {
            (rig.Clock.Read, isDisturbed) = (() => { }, false);
        }
    }

    /// <summary>Good weather, nobody writes, and all is drained.</summary>
    async Task EndAsync()
    {
        (rig.Crash.In, container.Weather) = (null, () => null);
        foreach (var author in authors)
        {
            author.Forbid(allow: true);
            author.ReopenAll();
        }
        told.Add("  drained");
        await rig.PassAsync();
        disk.Looked();
        await rig.DrainAsync();
    }
}
