using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace LogMonitor.Core.Chunks;

/// <summary>
/// The blob by which a host whose logs are idle says that it is there: <c>{host}/_alive/{time}</c>, beside its chunks, so that a right that is
/// limited to the host's names covers it; each under another name, since who may only create can't overwrite. Its reader deletes it.
/// </summary>
public static class HeartbeatBlob
{
    // No stream begins with '_'.
    const string Folder = "/_alive/", TimeFormat = "yyyyMMdd'T'HHmmssfff'Z'";

    /// <summary>Its name within the container <c>incoming</c>. The time is the host's and only makes the name another each time: readers go by the store's.</summary>
    public static string NameOf(string host, DateTimeOffset time) => host + Folder + time.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture);

    /// <summary>The host of a blob that is one; false for all others.</summary>
    public static bool TryParse(string blobName, [NotNullWhen(true)] out string? host)
    {
        var folder = blobName.IndexOf(Folder, StringComparison.Ordinal);
        host = folder > 0 && ChunkId.IsHost(blobName[..folder])
            && DateTime.TryParseExact(blobName.AsSpan(folder + Folder.Length), TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out _) ? blobName[..folder] : null;
        return host is not null;
    }

    /// <summary>What is in it: nobody reads it.</summary>
    public static Stream Content() => new MemoryStream("LogMonitor's shipper is alive.\n"u8.ToArray());
}
