using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace LogMonitor.Core.Chunks;

/// <summary>
/// The identity of a chunk (invariant I1): a byte range of one generation of one stream of one host, and the hash of those
/// bytes. It is the blob's name and the root of every key that ingesting the chunk writes.
/// </summary>
/// <param name="Host">The host that shipped it; a <see cref="HostName"/>.</param>
/// <param name="Stream">The log on that host, such as <c>apache2-access</c>; lower-case letters, digits, <c>.</c>, <c>_</c> and <c>-</c>, at most 64.</param>
/// <param name="Generation">Which life of the file: changes when the log is rotated or truncated.</param>
/// <param name="Start">Offset of the first byte within the generation.</param>
/// <param name="End">Offset behind the last byte.</param>
/// <param name="Hash">SHA-256 of the raw (uncompressed) bytes: 64 lower-case hex digits.</param>
public readonly partial record struct ChunkId(string Host, string Stream, GenerationId Generation, long Start, long End, string Hash)
{
    const string GzipSuffix = ".log.gz", ZstdSuffix = ".log.zst";

    /// <summary>How the blob is compressed: the end of its name says so. It is no part of what the chunk is: <see cref="RowKey"/> is the same.</summary>
    public ChunkCompression Compression { get; init; }

    /// <summary>The raw length, in bytes.</summary>
    public long Length => End - Start;

    /// <summary>The name within the container <c>incoming</c>: <c>{host}/{stream}/{generation}/{start}-{end}-{hash}.log.gz</c>, or <c>.log.zst</c>.</summary>
    public string BlobName => Name + (Compression == ChunkCompression.Zstd ? ZstdSuffix : GzipSuffix);

    string Name => string.Create(CultureInfo.InvariantCulture, $"{Host}/{Stream}/{Generation}/{Start:D16}-{End:D16}-{Hash}");

    /// <summary>A short key for table rows, 32 hex digits: the beginning of the SHA-256 of the <see cref="BlobName"/> that it has, or would have, with gzip.</summary>
    public string RowKey => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Name + GzipSuffix)).AsSpan(0, 16));

    /// <inheritdoc/>
    public override string ToString() => BlobName;

    /// <summary>Reads a blob's name; <paramref name="problem"/> says what is wrong with one that is not a chunk's.</summary>
    public static bool TryParse(string blobName, out ChunkId id, [NotNullWhen(false)] out string? problem)
    {
        id = default;
        problem = null;
        var parts = blobName.Split('/');
        if (parts.Length != 4)
            problem = $"expected 4 parts, {{host}}/{{stream}}/{{generation}}/{{start}}-{{end}}-{{hash}}{GzipSuffix}, but found {parts.Length}";
        else if (!IsHost(parts[0])) problem = "the host part is not a host name (letters, digits, '.', '_', '-', at most 253, beginning with a letter or digit)";
        else if (!IsStream(parts[1])) problem = "the stream part is not a stream name (lower-case letters, digits, '.', '_', '-', at most 64)";
        else if (!GenerationId.TryParse(parts[2], out _)) problem = "the generation part is not 16 lower-case hex digits";
        else if (RangeName().Match(parts[3]) is not { Success: true } range) problem = $"the last part is not {{start}}-{{end}}-{{sha256}}{GzipSuffix} (or {ZstdSuffix})";
        else
        {
            var start = long.Parse(range.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
            var end = long.Parse(range.Groups[2].ValueSpan, CultureInfo.InvariantCulture);
            if (end < start) problem = $"the range ends ({end}) before it starts ({start})";
            else
            {
                id = new ChunkId(parts[0], parts[1], GenerationId.Parse(parts[2]), start, end, range.Groups[3].Value)
                {
                    Compression = parts[3].EndsWith(ZstdSuffix, StringComparison.Ordinal) ? ChunkCompression.Zstd : ChunkCompression.Gzip,
                };
            }
        }
        return problem is null;
    }

    /// <summary>Whether a string can be a chunk's host: it is part of blob names and table keys.</summary>
    public static bool IsHost(string? value) => value is { Length: > 0 and <= 253 } && HostName().IsMatch(value);

    /// <summary>Whether a string can be a chunk's stream: it is part of blob names and table keys.</summary>
    public static bool IsStream(string? value) => value is { Length: > 0 and <= 64 } && StreamName().IsMatch(value);

    [GeneratedRegex(@"\A([0-9]{16})-([0-9]{16})-([0-9a-f]{64})\.log\.(?:gz|zst)\z", RegexOptions.CultureInvariant)]
    private static partial Regex RangeName();

    [GeneratedRegex(@"\A[a-zA-Z0-9][a-zA-Z0-9._-]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex HostName();

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9._-]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex StreamName();
}

/// <summary>How a chunk's blob is compressed.</summary>
public enum ChunkCompression
{
    /// <summary>One gzip member (RFC 1952).</summary>
    Gzip,

    /// <summary>One zstd frame (RFC 8878) with a window of at most 8 MiB.</summary>
    Zstd,
}

/// <summary>One life of a followed file, from its creation (or truncation) to its rotation: 16 lower-case hex digits.</summary>
public readonly record struct GenerationId
{
    static readonly SearchValues<char> Hex = SearchValues.Create("0123456789abcdef");

    readonly string? value;

    GenerationId(string value) => this.value = value;

    /// <summary>The generation whose identity these bytes describe; the same bytes give the same generation.</summary>
    public static GenerationId Of(ReadOnlySpan<byte> identity) => new(Convert.ToHexStringLower(SHA256.HashData(identity).AsSpan(0, 8)));

    /// <exception cref="FormatException">It is not 16 lower-case hex digits.</exception>
    public static GenerationId Parse(string text) =>
        TryParse(text, out var id) ? id : throw new FormatException($"'{text}' is not a generation: expected 16 lower-case hex digits.");

    /// <summary>Whether the text is 16 lower-case hex digits.</summary>
    public static bool TryParse(string? text, out GenerationId id)
    {
        var valid = text is { Length: 16 } && text.AsSpan().IndexOfAnyExcept(Hex) < 0;
        id = valid ? new GenerationId(text!) : default;
        return valid;
    }

    /// <inheritdoc/>
    public override string ToString() => value ?? "";
}
