using System.Text.Json.Serialization;
using LogMonitor.Core.Chunks;
using LogMonitor.Shipper.Cutting;
using LogMonitor.Shipper.Following;

namespace LogMonitor.Shipper.State;

/// <summary>How far one generation of a file is shipped. Kept as JSON, one file per generation.</summary>
sealed record FileState
{
    public const int CurrentVersion = 1;

    public required int Version { get; init; }

    /// <summary>The entry of the options that found the file.</summary>
    public required string Pattern { get; init; }

    /// <summary>Where it was seen last.</summary>
    public required string Path { get; init; }

    public required string Stream { get; init; }

    public required string Format { get; init; }

    public required FileIdentity Identity { get; init; }

    public required string Generation { get; init; }

    /// <summary>The first line, or the beginning of it.</summary>
    public required Fingerprint Head { get; init; }

    /// <summary>Everything before it is stored.</summary>
    public required long Offset { get; init; }

    /// <summary>The last bytes before <see cref="Offset"/>; while nothing is stored, the last bytes that were seen.</summary>
    public required Fingerprint Tail { get; init; }

    /// <summary>The put that may or may not have happened. While there is one, exactly this range is put and no other.</summary>
    public Intent? Intent { get; init; }

    /// <summary>Rotated away or deleted, and shipped to its end.</summary>
    public bool Done { get; init; }

    /// <summary>Its content was overwritten: no file continues it, though one may begin like it.</summary>
    public bool Overwritten { get; init; }

    /// <summary>Whether it describes something that can be shipped; a file edited by hand might not.</summary>
    [JsonIgnore]
    public bool IsSound =>
        Offset >= 0 && ChunkId.IsStream(Stream) && GenerationId.TryParse(Generation, out _)
        && (Intent is null || (ChunkId.TryParse(Intent.Chunk, out var id, out _) && id.Start == Offset && id.Length <= ChunkLimits.MaxRawBytes));
}

/// <param name="Chunk">The chunk's blob name: it holds the range and the hash.</param>
/// <param name="Cut">When it was cut.</param>
/// <param name="Redaction">What was made unreadable in it; null for nothing.</param>
sealed record Intent(string Chunk, DateTimeOffset Cut, Redaction? Redaction = null);

/// <summary>Read first, so that a later version's state is refused and not taken for a damaged one.</summary>
sealed record StateVersion(int Version);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    WriteIndented = true)]
[JsonSerializable(typeof(FileState))]
sealed partial class StateJson : JsonSerializerContext;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(StateVersion))]
sealed partial class StateVersionJson : JsonSerializerContext;
