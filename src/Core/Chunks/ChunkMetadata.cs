using System.Buffers;
using System.Globalization;

namespace LogMonitor.Core.Chunks;

/// <summary>
/// What the shipper writes into the blob's metadata beside the name. Final: readers of every later version accept it.
/// Values are ASCII; the source path is percent-encoded, since HTTP headers carry no other text.
/// </summary>
/// <param name="SourcePath">The file on the host.</param>
/// <param name="Lines">Lines in the chunk.</param>
/// <param name="CutTime">When the shipper cut it: the event time of lines that have none.</param>
/// <param name="Format">The format of the lines, where the administrator named one; else <c>auto</c>.</param>
/// <param name="Zone">The zone of times in the lines that name none, by its IANA name such as <c>Europe/Berlin</c>: the host's. UTC where the shipper says nothing.</param>
public sealed record ChunkMetadata(string SourcePath, long Lines, DateTimeOffset CutTime, string Format = "auto", string Zone = "UTC")
{
    const string SourceKey = "source", LinesKey = "lines", CutKey = "cut", FormatKey = "format", ZoneKey = "zone", LabelsKey = "labels", UnfinishedKey = "unfinished";

    /// <summary>16.</summary>
    public const int MaxLabels = 16;

    /// <summary>2,048 characters of <see cref="Labels"/>: metadata may have 8 KiB in all.</summary>
    public const int MaxLabelsLength = 2_048;

    const int MaxZoneLength = 64;

    // No dots, and a letter first: a name is looked up as a file, and leads out of its directory nowhere.
    static readonly SearchValues<char> ZoneCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/_+-");

    /// <summary>What the administrator calls the log, as <see cref="LabelsOf"/> writes it; empty for nothing.</summary>
    public string Labels { get; init; } = "";

    /// <summary>When the store took it, by the store's clock; null where that is not known.</summary>
    public DateTimeOffset? UploadedAt { get; init; }

    /// <summary>Whether its last line goes on in the next chunk: it is longer than a chunk can be, or was not waited for.</summary>
    public bool IsUnfinished { get; init; }

    /// <summary>Whether a label can be one: of at most 32 lower-case letters, digits and <c>_</c> beginning with a letter, with a value of at most 128 characters.</summary>
    public static bool IsLabel(string name, string value) =>
        name.Length is > 0 and <= 32 && char.IsAsciiLetterLower(name[0]) && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '_') && value.Length <= 128;

    /// <summary>Labels as a query string: names in order, values percent-encoded.</summary>
    public static string LabelsOf(IEnumerable<KeyValuePair<string, string>> labels) =>
        string.Join('&', labels.OrderBy(label => label.Key, StringComparer.Ordinal).Select(label => $"{label.Key}={Uri.EscapeDataString(label.Value)}"));

    /// <summary>As blob metadata.</summary>
    public Dictionary<string, string> ToBlobMetadata()
    {
        var metadata = Described();
        // Storage takes no header without a value.
        if (Labels.Length > 0) metadata[LabelsKey] = Labels;
        if (IsUnfinished) metadata[UnfinishedKey] = "true";
        return metadata;
    }

    Dictionary<string, string> Described() => new()
    {
        [SourceKey] = Uri.EscapeDataString(SourcePath),
        [LinesKey] = Lines.ToString(CultureInfo.InvariantCulture),
        [CutKey] = CutTime.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
        [FormatKey] = Uri.EscapeDataString(Format),
        [ZoneKey] = Uri.EscapeDataString(Zone),
    };

    /// <summary>The zone of that name; UTC, and false, where there is none here.</summary>
    public bool TryFindZone(out TimeZoneInfo zone)
    {
        if (Zone.Length is > 0 and <= MaxZoneLength && char.IsAsciiLetter(Zone[0]) && Zone.AsSpan().IndexOfAnyExcept(ZoneCharacters) < 0
            && TimeZoneInfo.TryFindSystemTimeZoneById(Zone, out var found))
        {
            zone = found;
            return true;
        }
        zone = TimeZoneInfo.Utc;
        return false;
    }

    /// <summary>Reads blob metadata. What is missing, malformed or an impossible time (before 1970, or a day behind the upload) takes <paramref name="uploadedAt"/>, when the store took it, and neutral values: it describes, it does not prove.</summary>
    public static ChunkMetadata FromBlobMetadata(IDictionary<string, string>? metadata, DateTimeOffset uploadedAt)
    {
        string? Value(string key) => metadata is not null && metadata.TryGetValue(key, out var value) && value.Length > 0 ? value : null;
        return new ChunkMetadata(
            Value(SourceKey) is { } source ? Uri.UnescapeDataString(source) : "",
            long.TryParse(Value(LinesKey), NumberStyles.None, CultureInfo.InvariantCulture, out var lines) ? lines : -1,
            DateTimeOffset.TryParse(Value(CutKey), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var cut)
                && cut >= DateTimeOffset.UnixEpoch && cut - uploadedAt < TimeSpan.FromDays(1) ? cut : uploadedAt,
            Value(FormatKey) is { } format ? Uri.UnescapeDataString(format) : "auto",
            Value(ZoneKey) is { } zone ? Uri.UnescapeDataString(zone) : "UTC")
        {
            Labels = Value(LabelsKey) ?? "",
            UploadedAt = uploadedAt,
            IsUnfinished = Value(UnfinishedKey) == "true",
        };
    }
}
