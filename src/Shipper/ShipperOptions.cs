using LogMonitor.Core.Chunks;
using LogMonitor.Shipper.Cutting;

namespace LogMonitor.Shipper;

/// <summary>What to ship, and how it is cut.</summary>
public sealed record ShipperOptions
{
    /// <summary>The host part of every chunk's name; see <see cref="ChunkId.IsHost"/>.</summary>
    public required string Host { get; init; }

    /// <summary>The files to follow. A file that several entries match is shipped once, by the first.</summary>
    public required IReadOnlyList<FollowedPath> Files { get; init; }

    /// <summary>Where positions are kept; created when missing. One shipper at a time may use it.</summary>
    public required string StateDirectory { get; init; }

    /// <summary>Raw bytes at which a chunk is cut without waiting, 1 to 64 MiB; only a longer line exceeds it. Default 4 MiB.</summary>
    public int MaxChunkBytes { get; init; } = 4 << 20;

    /// <summary>The longest that complete lines wait. Cuts happen at multiples of it since midnight UTC, so that all hosts cut together. Default 30 s.</summary>
    public TimeSpan FlushInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The shortest time from one look at the files to the next, 10 ms to 1 minute; and the usual one, where the kernel can't say that something has changed. Default 1 s.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>After so long without an upload a heartbeat says that the host is there, 1 minute to 1 hour; null for none. Default 5 minutes.</summary>
    public TimeSpan? Heartbeat { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>What deleted files may take of the disk while they are not shipped to their ends, in bytes: with more, the oldest is closed, and shipped from its compressed copy if there is one. Default 1 GiB.</summary>
    public long MaxHeldBytes { get; init; } = 1L << 30;

    /// <summary>How long an unfinished last line waits for its end before it is shipped without; what follows counts as another line. Null, the default: for ever.</summary>
    public TimeSpan? IdleFlush { get; init; }

    /// <summary>How chunks are compressed. Default gzip.</summary>
    public ChunkCompression Compression { get; init; }

    /// <summary>What is made unreadable in each line before it leaves the host. Default: nothing.</summary>
    public Redaction Redaction { get; init; } = new();

    /// <summary>The zone of times in the files that name none, by its IANA name. Default: the host's.</summary>
    public string Zone { get; init; } = TimeZoneInfo.Local.Id;

    /// <summary>A line longer than this, 64 MiB, is cut in pieces of this size: memory stays bounded (I5). Smaller in tests.</summary>
    internal int MaxLineBytes { get; init; } = 64 << 20;

    /// <summary>How long a rotated or deleted file must stay as it is before an unfinished last line is shipped, and a deleted one is closed: servers write to it until they reopen their log.</summary>
    internal TimeSpan DrainQuiet { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How long a rotated file must stay as it is before it is closed: long requests are logged when they end.</summary>
    internal TimeSpan Linger { get; init; } = TimeSpan.FromHours(12);

    /// <summary>How long a stop may take for what is complete but not yet uploaded; the rest is shipped at the next start.</summary>
    internal TimeSpan StopLimit { get; init; } = TimeSpan.FromSeconds(10);

    /// <exception cref="ShipperException">A value can't be used; the message says which, and what would do.</exception>
    internal ShipperOptions Validated()
    {
        if (!ChunkId.IsHost(Host))
            throw new ShipperException($"The host '{Host}' can't be part of a chunk's name: use letters, digits, '.', '_' and '-', at most 253, beginning with a letter or digit.");
        if (Files.Count == 0) throw new ShipperException("There is nothing to follow: name at least one log file.");
        if (Files.FirstOrDefault(file => string.IsNullOrWhiteSpace(file.Path)) is not null) throw new ShipperException("A log file's path is empty.");
        if (Files.FirstOrDefault(file => file.Stream is not null && !ChunkId.IsStream(file.Stream)) is { } bad)
            throw new ShipperException($"The stream '{bad.Stream}' of {bad.Path} can't be part of a chunk's name: use lower-case letters, digits, '.', '_' and '-', at most 64, beginning with a letter or digit.");
        if (string.IsNullOrWhiteSpace(StateDirectory)) throw new ShipperException("No state directory is named: positions must be kept somewhere.");
        if (Zone != TimeZoneInfo.Local.Id && !TimeZoneInfo.TryFindSystemTimeZoneById(Zone, out _))
            throw new ShipperException($"The time zone '{Zone}' is not known here: use a name such as UTC or Europe/Berlin; 'timedatectl list-timezones' lists them, and they are in the package tzdata.");
        if (MaxChunkBytes < 1 || MaxChunkBytes > 64 << 20) throw new ShipperException($"A chunk of {MaxChunkBytes} bytes is out of range: use 1 byte to 64 MiB.");
        if (FlushInterval <= TimeSpan.Zero || FlushInterval > TimeSpan.FromDays(1)) throw new ShipperException($"A flush interval of {FlushInterval} is out of range: use more than 0 and at most a day.");
        if (PollInterval < TimeSpan.FromMilliseconds(10) || PollInterval > TimeSpan.FromMinutes(1)) throw new ShipperException($"A poll interval of {PollInterval} is out of range: use 10 ms to 1 minute.");
        if (MaxHeldBytes < 0) throw new ShipperException($"{MaxHeldBytes} bytes for deleted files are out of range: use 0 or more.");
        if (Heartbeat < TimeSpan.FromMinutes(1) || Heartbeat > TimeSpan.FromHours(1)) throw new ShipperException($"A heartbeat each {Heartbeat} is out of range: use 1 minute to 1 hour, or none.");
        if (IdleFlush < TimeSpan.FromSeconds(1) || IdleFlush > TimeSpan.FromDays(1)) throw new ShipperException($"An idle flush after {IdleFlush} is out of range: use 1 second to a day, or none.");
        if (Redaction.Parameters.FirstOrDefault(name => !Redactor.IsName(name)) is { } unusable)
            throw new ShipperException($"The parameter '{unusable}' can't be made unreadable: use letters, digits, '_', '-', '.', '[' and ']', at most {Redactor.MaxName}.");
        return this with
        {
            StateDirectory = Path.GetFullPath(StateDirectory),
            Files = [.. Files.Select(file => file with { Path = Path.GetFullPath(file.Path) })],
            MaxLineBytes = Math.Max(MaxLineBytes, MaxChunkBytes),
        };
    }
}

/// <summary>A log file, or a pattern for several.</summary>
/// <param name="Path">A path; <c>*</c> and <c>?</c> match within a name, <c>**</c> any depth of directories. Patterns skip hidden and compressed files.</param>
/// <param name="Stream">The stream part of the chunks' names; taken from each file's path when null (see <see cref="StreamNames.Of"/>).</param>
/// <param name="Format">The lines' format as the parsers name it, or <c>auto</c>.</param>
public sealed record FollowedPath(string Path, string? Stream = null, string Format = "auto")
{
    /// <summary>Files that match one of these are not followed by this entry: paths, or patterns as in <see cref="Path"/>; one without <c>/</c> is about the name alone.</summary>
    public IReadOnlyList<string> Exclude { get; init; } = [];

    /// <summary>The zone of times in these files that name none; that of the options when null.</summary>
    public string? Zone { get; init; }

    /// <summary>What is to be said of these files in each chunk's metadata, as <see cref="ChunkMetadata.LabelsOf"/> writes it.</summary>
    public string Labels { get; init; } = "";
}
