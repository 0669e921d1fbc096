using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using LogMonitor.Core.Chunks;

namespace LogMonitor.Shipper;

/// <summary>The stream a file belongs to when the administrator named none.</summary>
public static partial class StreamNames
{
    const int MaxLength = 64;

    /// <summary>
    /// The directory's and the file's name, without what says only "log": <c>/var/log/apache2/access.log</c> is
    /// <c>apache2-access</c>, <c>/var/log/auth.log</c> is <c>auth</c>, <c>/srv/shop/logs/error.log.1</c> is <c>shop-error</c>.
    /// </summary>
    /// <remarks>
    /// Files that get the same name share the stream. Nothing collides then, since a chunk's range counts within its
    /// generation, which is the file's own; give them names of your own to tell them apart on the dashboard.
    /// </remarks>
    public static string Of(string path)
    {
        var full = Path.GetFullPath(path);
        var file = Rotation().Replace(Path.GetFileName(full), "");
        var name = Sanitised(Directory(full) is { } directory ? $"{directory}-{file}" : file);
        if (name.Length == 0) name = "log";
        // A cut name keeps its difference to others that begin alike.
        return name.Length <= MaxLength ? name : $"{name[..(MaxLength - 9)]}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(full)))[..8]}";
    }

    /// <summary>A host name that <see cref="ChunkId.IsHost"/> takes, from whatever the machine is called.</summary>
    public static string HostOf(string machineName)
    {
        var name = NotInHost().Replace(machineName, "-").TrimStart('.', '_', '-');
        return name.Length switch { 0 => "localhost", > 253 => name[..253], _ => name };
    }

    static string? Directory(string fullPath)
    {
        var parts = fullPath.Split('/', StringSplitOptions.RemoveEmptyEntries).SkipLast(1).ToList();
        while (parts is [.., "log" or "logs"]) parts.RemoveAt(parts.Count - 1);
        return parts is [.., var last] && last is not ("var" or "tmp" or "opt" or "srv" or "home" or "mnt") ? last : null;
    }

    static string Sanitised(string text) => NotInStream().Replace(text.ToLowerInvariant(), "-").TrimStart('.', '_', '-').TrimEnd('-');

    [GeneratedRegex(@"\.log([.-][0-9.-]*)?\z", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Rotation();

    [GeneratedRegex(@"[^a-z0-9._-]+", RegexOptions.CultureInvariant)]
    private static partial Regex NotInStream();

    [GeneratedRegex(@"[^a-zA-Z0-9._-]+", RegexOptions.CultureInvariant)]
    private static partial Regex NotInHost();
}
