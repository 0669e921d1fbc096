using System.Globalization;
using System.Net.Sockets;
using LogMonitor.Core.Text;
using LogMonitor.Shipper.Configuration;
using LogMonitor.Shipper.Following;
using LogMonitor.Shipper.Upload;

namespace LogMonitor.Shipper.Commands;

/// <summary>The checks of <c>validate</c>. None changes anything but the destination's test blob.</summary>
static class Validation
{
    const int MaxDetails = 20;

    static readonly TimeSpan uploadLimit = TimeSpan.FromSeconds(30);

    /// <summary>Secrets that other users of the machine can read.</summary>
    public static IEnumerable<Finding> Secrets(string configFile, DestinationOptions destination)
    {
        if (Environment.UserName == "root")
            yield return new(Level.Warning, "user", "checked as root, who may read everything; the service runs as another user: runuser -u logmonitor-shipper -- logmonitor-shipper validate");
        foreach (var file in new[] { destination.HasSasInUrl ? configFile : null, destination.SecretFile, destination.CertificateFile })
            if (file is not null && !OperatingSystem.IsWindows() && File.Exists(file) && (File.GetUnixFileMode(file) & (UnixFileMode.OtherRead | UnixFileMode.OtherWrite)) != 0)
                yield return new(Level.Warning, "secret", $"{file} holds a secret, and every user of this machine can read it: chmod o-rwx {file}");
    }

    /// <summary>What an entry matches now, and whether it can be read.</summary>
    public static IEnumerable<Finding> Files(FollowedPath source)
    {
        var paths = GlobPattern.Expand(source.Path);
        var excluded = paths.RemoveAll(path => source.Exclude.Any(pattern => GlobPattern.Matches(pattern, path)));
        if (!GlobPattern.IsPattern(source.Path)) paths.RemoveAll(path => LinuxFile.Stat(path, out _) == LinuxFile.NoSuchFile);
        var files = paths.Select(path => (Path: path, Problem: Unreadable(path))).ToList();
        var details = files.Take(MaxDetails).Select(file => file.Problem ?? $"{file.Path}: stream {source.Stream ?? StreamNames.Of(file.Path)}, {Amount.OfBytes(new FileInfo(file.Path).Length)}, readable").ToList();
        if (files.Count > MaxDetails) details.Add($"and {files.Count - MaxDetails} more");
        if (excluded > 0) details.Add($"{Wording.Counted(excluded, "file")} excluded");
        var failed = files.Where(file => file.Problem is not null).ToList();
        // Beyond the files that are listed, those that fail still are.
        details.AddRange(failed.Select(file => file.Problem!).Except(details).Take(MaxDetails));
        yield return new(
            failed.Count > 0 ? Level.Failed : files.Count == 0 ? Level.Warning : Level.Ok, "files",
            files.Count == 0 ? $"{source.Path} {(GlobPattern.IsPattern(source.Path) ? "matches nothing" : "is not there")} now{Why(source.Path)}. Files are followed as they appear." : $"{source.Path}: {Wording.Counted(files.Count, "file")}")
        {
            Details = details,
        };
    }

    /// <summary>Whether positions can be kept. The directory is not locked: a shipper may be running.</summary>
    public static IEnumerable<Finding> State(string directory)
    {
        if (!Directory.Exists(directory))
        {
            yield return new(Level.Warning, "state", $"{directory} is not there: it is created at the start, where the shipper's user may do so. (The Debian package's unit creates it.)");
            yield break;
        }
        var probe = Path.Join(directory, $".validate-{Environment.ProcessId}");
        string? problem = null;
        try
        {
            File.WriteAllText(probe, "");
            File.Delete(probe);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            problem = error.Message;
        }
        yield return problem is null
            ? new(Level.Ok, "state", $"{directory}: writable, {Amount.OfBytes(new DriveInfo(directory).AvailableFreeSpace)} free")
            : new(Level.Failed, "state", $"{directory} can't be written: {problem} Give it to the shipper's user.");
    }

    public static async Task<IReadOnlyList<Finding>> HealthAsync(ShipperConfiguration configuration, CancellationToken cancellationToken)
    {
        if (configuration.Listen is not { } address) return [];
        var shown = $"http://{address}";
        var open = System.Net.IPAddress.IsLoopback(address.Address) ? "" : "; other machines can reach it, and no password is asked";
        if (await StatusClient.ReadAsync(address, cancellationToken) is not null) return [new(open.Length > 0 ? Level.Warning : Level.Ok, "health", $"{shown}: a running shipper answers{open}")];
        try
        {
            using var listener = new TcpListener(address);
            listener.Start();
            return [new(open.Length > 0 ? Level.Warning : Level.Ok, "health", $"{shown} is free{open}")];
        }
        catch (SocketException error)
        {
            return [new(Level.Failed, "health", $"{shown} can't be had: {error.Message}. Name another address in 'health.listen', or 'none'.")];
        }
    }

    /// <summary>Uploads the test blob.</summary>
    public static async Task<Finding> DestinationAsync(ShipperConfiguration configuration, CancellationToken cancellationToken)
    {
        var options = configuration.Options;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(uploadLimit);
        try
        {
            var container = Destination.Open(configuration.Destination, Environment.GetEnvironmentVariable);
            var place = $"{container.Uri.GetLeftPart(UriPartial.Path)}/{Core.Chunks.TestBlob.NameOf(options.Host)}";
            var result = await new BlobSink(container).TryAsync(options.Host, limit.Token);
            return result.Outcome switch
            {
                PutOutcome.Stored => new(Level.Ok, "destination", $"{place} was uploaded"),
                PutOutcome.Exists => new(Level.Ok, "destination", $"{place} is there from an earlier test, and may be created"),
                _ => new(Level.Failed, "destination", result.Why),
            };
        }
        catch (ShipperException error)
        {
            return new(Level.Failed, "destination", error.Message);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new(Level.Failed, "destination", string.Create(CultureInfo.InvariantCulture, $"no answer within {uploadLimit.TotalSeconds:0} s: check the address, the network and, for a managed identity, that this machine has one"));
        }
    }

    static string? Unreadable(string path)
    {
        var error = LinuxFile.Stat(path, out var stat);
        if (error == 0 && !stat.IsRegular) return $"{path} is not a regular file: it is not followed.";
        try
        {
            File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete).Dispose();
            return null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return $"{path} can't be read as {Environment.UserName}: {failure.Message} Add the shipper's user to the group that may read it (on Debian: adm), or allow it with setfacl -m u:USER:r.";
        }
    }

    static string Why(string pattern)
    {
        var directory = GlobPattern.BaseDirectory(pattern);
        if (!Directory.Exists(directory)) return $": there is no directory {directory}, or {Environment.UserName} may not look";
        try
        {
            _ = Directory.EnumerateFileSystemEntries(directory).Any();
            return "";
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return $": {error.Message}";
        }
    }
}
