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
public sealed record ChunkMetadata(string SourcePath, long Lines, DateTimeOffset CutTime, string Format = "auto")
{
    const string SourceKey = "source", LinesKey = "lines", CutKey = "cut", FormatKey = "format";

    /// <summary>As blob metadata.</summary>
    public Dictionary<string, string> ToBlobMetadata() => new()
    {
        [SourceKey] = Uri.EscapeDataString(SourcePath),
        [LinesKey] = Lines.ToString(CultureInfo.InvariantCulture),
        [CutKey] = CutTime.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
        [FormatKey] = Uri.EscapeDataString(Format),
    };

    /// <summary>Reads blob metadata. What is missing, malformed or an impossible time (before 1970, or a day behind the upload) takes <paramref name="fallbackCutTime"/> and neutral values: it describes, it does not prove.</summary>
    public static ChunkMetadata FromBlobMetadata(IDictionary<string, string>? metadata, DateTimeOffset fallbackCutTime)
    {
        string? Value(string key) => metadata is not null && metadata.TryGetValue(key, out var value) && value.Length > 0 ? value : null;
        return new ChunkMetadata(
            Value(SourceKey) is { } source ? Uri.UnescapeDataString(source) : "",
            long.TryParse(Value(LinesKey), NumberStyles.None, CultureInfo.InvariantCulture, out var lines) ? lines : -1,
            DateTimeOffset.TryParse(Value(CutKey), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var cut)
                && cut >= DateTimeOffset.UnixEpoch && cut - fallbackCutTime < TimeSpan.FromDays(1) ? cut : fallbackCutTime,
            Value(FormatKey) is { } format ? Uri.UnescapeDataString(format) : "auto");
    }
}
