namespace LogMonitor.Core.Chunks;

/// <summary>
/// The blob by which a host tries whether it may upload: <c>{host}/_test</c>, beside its chunks, so that a right that is limited to the
/// host's names covers it. It stays, since who may only create can't delete; readers pass it over.
/// </summary>
public static class TestBlob
{
    // No stream begins with '_'.
    const string Suffix = "/_test";

    /// <summary>Its name within the container <c>incoming</c>.</summary>
    public static string NameOf(string host) => host + Suffix;

    /// <summary>Whether a blob is such a one.</summary>
    public static bool Is(string blobName) => blobName.EndsWith(Suffix, StringComparison.Ordinal) && ChunkId.IsHost(blobName[..^Suffix.Length]);

    /// <summary>What is in it.</summary>
    public static Stream Content() => new MemoryStream("LogMonitor's shipper tried here whether it may upload. This blob may be deleted.\n"u8.ToArray());
}
