using System.Text.Json.Serialization;
using LogMonitor.Shipper.Upload;

namespace LogMonitor.Shipper.Health;

/// <summary>How the shipper is, at one moment. What <c>/status</c> and <c>status --json</c> show; keys are added to it, and none is taken away.</summary>
sealed record ShipperStatus
{
    public required string Version { get; init; }

    /// <summary>False when it was read from the state directory alone.</summary>
    public bool Running { get; init; }

    public int? ProcessId { get; init; }

    public required string Host { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>What somebody should look at.</summary>
    public IReadOnlyList<string> Troubles { get; init; } = [];

    /// <summary>What is worth knowing, such as a pattern that matches nothing yet.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    public DateTimeOffset? LastUploadAt { get; init; }

    /// <summary>When a heartbeat was taken last; a busy shipper sends none.</summary>
    public DateTimeOffset? LastHeartbeatAt { get; init; }

    public LastError? LastError { get; init; }

    /// <summary>Since the start: stored, or found stored.</summary>
    public long Chunks { get; init; }

    public long Lines { get; init; }

    /// <summary>Raw.</summary>
    public long Bytes { get; init; }

    /// <summary>Compressed, of chunks that this process stored.</summary>
    public long UploadedBytes { get; init; }

    /// <summary>Chunks that an earlier try had stored already.</summary>
    public long AlreadyStored { get; init; }

    /// <summary>Puts that failed, by kind.</summary>
    public IReadOnlyDictionary<FaultKind, long> Failures { get; init; } = new Dictionary<FaultKind, long>();

    /// <summary>Reloads that were refused.</summary>
    public long RefusedReloads { get; init; }

    /// <summary>On disk in files that were deleted and whose rest is not shipped yet.</summary>
    public long HeldBytes { get; init; }

    /// <summary>Of followed files, since the start: was not shipped and is gone. Each loss was reported to the log.</summary>
    public long LostBytes { get; init; }

    public IReadOnlyList<FileStatus> Files { get; init; } = [];
}

/// <param name="At">When the last put failed.</param>
/// <param name="Message">Why.</param>
sealed record LastError(DateTimeOffset At, string Message);

/// <summary>One followed file, or what is left of a rotated one.</summary>
sealed record FileStatus
{
    public required string Path { get; init; }

    public required string Stream { get; init; }

    /// <summary>Null until its first line is there.</summary>
    public string? Generation { get; init; }

    /// <summary>Everything before it is stored.</summary>
    public long Offset { get; init; }

    public long Size { get; init; }

    public long LagBytes { get; init; }

    /// <summary>How long the oldest complete line that is not stored has been seen to wait.</summary>
    public double LagSeconds { get; init; }

    /// <summary>Rotated or deleted: shipped to its end, then closed.</summary>
    public bool Rotated { get; init; }

    public bool Deleted { get; init; }

    public string? Error { get; init; }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DictionaryKeyPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    WriteIndented = true)]
[JsonSerializable(typeof(ShipperStatus))]
sealed partial class StatusJson : JsonSerializerContext;
