using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace LogMonitor.Standalone.Azurite;

/// <summary>
/// Azurite, Microsoft's storage emulator, as a process of ours: storage for one machine without an account. Installed from npm at
/// the first start, at the version that package-lock.json pins.
/// </summary>
/// <remarks>
/// It writes its tables to disk on an interval and when it ends in good order, so it is never killed while it can be asked: closing
/// its standard input asks, and that closes by itself when we die.
/// </remarks>
sealed partial class AzuriteServer : IAsyncDisposable
{
    /// <summary>The published key of the account that every Azurite has; it protects nothing, and Azurite listens on loopback only.</summary>
    const string Account = "devstoreaccount1", Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    /// <summary>The ports that storage tools look at; when one is taken, the system chooses others.</summary>
    static readonly int[] usualPorts = [10000, 10001, 10002];

    static readonly TimeSpan startLimit = TimeSpan.FromSeconds(60), stopLimit = TimeSpan.FromSeconds(20);

    readonly Process process;

    AzuriteServer(Process process, Dictionary<string, string> endpoints)
    {
        this.process = process;
        BlobEndpoint = endpoints["Blob"];
        ConnectionString =
            $"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={Key};" +
            $"BlobEndpoint={endpoints["Blob"]}/{Account};QueueEndpoint={endpoints["Queue"]}/{Account};TableEndpoint={endpoints["Table"]}/{Account};";
    }

    public string ConnectionString { get; }

    /// <summary>For people: where the blobs are.</summary>
    public string BlobEndpoint { get; }

    /// <summary>Installs Azurite where it is missing, and starts it.</summary>
    /// <param name="directory">Where the program and the data are kept.</param>
    /// <param name="say">Told what takes a while.</param>
    /// <exception cref="UserErrorException">Node.js is missing, the installation failed, or Azurite did not start.</exception>
    public static async Task<AzuriteServer> StartAsync(string directory, Action<string> say, CancellationToken cancellationToken)
    {
        var modules = await AzuriteInstallation.EnsureAsync(directory, say, cancellationToken);
        var data = Directory.CreateDirectory(Path.Combine(directory, "data")).FullName;
        await PredecessorGoneAsync(data, cancellationToken);
        if (usualPorts.All(IsFree))
            try
            {
                return await StartAsync(modules, directory, data, usualPorts, cancellationToken);
            }
            catch (UserErrorException) when (!usualPorts.All(IsFree))
            {
                // Somebody else was faster; the system finds other ports.
            }
        return await StartAsync(modules, directory, data, [0, 0, 0], cancellationToken);
    }

    static async Task<AzuriteServer> StartAsync(string modules, string directory, string data, int[] ports, CancellationToken cancellationToken)
    {
        var process = AzuriteInstallation.Run("node", directory,
        [
            "--require", Path.Combine(AppContext.BaseDirectory, "Azurite", "stop-with-parent.cjs"),
            Path.Combine(modules, "azurite", "dist", "src", "azurite.js"),
            "--location", data, "--silent", "--skipApiVersionCheck", "--disableTelemetry",
            "--blobHost", "127.0.0.1", "--blobPort", $"{ports[0]}",
            "--queueHost", "127.0.0.1", "--queuePort", $"{ports[1]}",
            "--tableHost", "127.0.0.1", "--tablePort", $"{ports[2]}",
        ]);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(startLimit);
        try
        {
            var endpoints = await ReadEndpointsAsync(process, limit.Token);
            // What it prints later nobody needs, but a full pipe would stop it.
            _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None);
            _ = process.StandardError.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None);
            return new AzuriteServer(process, endpoints);
        }
        catch (Exception e)
        {
            process.Kill(entireProcessTree: true);
            process.Dispose();
            if (e is OperationCanceledException && !cancellationToken.IsCancellationRequested)
                throw new UserErrorException($"Azurite has not started within {startLimit.TotalSeconds} s. Try again when the machine is less busy, or name a storage account with --storage or LogStorage.");
            throw;
        }
    }

    /// <summary>
    /// After a kill of logmonitor its Azurite ends by itself, but first writes its data. One that started meanwhile would read the
    /// older data and later overwrite the newer.
    /// </summary>
    static async Task PredecessorGoneAsync(string data, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(stopLimit);
        foreach (var process in Process.GetProcesses())
            using (process)
            {
                if (!IsAzuriteOn(data, process.Id)) continue;
                try
                {
                    await process.WaitForExitAsync(limit.Token);
                }
                catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
                {
                    throw new UserErrorException($"An Azurite that an earlier logmonitor left (process {process.Id}) still uses '{data}'. End it (kill {process.Id}), and start again.");
                }
            }
    }

    static bool IsAzuriteOn(string data, int process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/cmdline").Contains($"--location\0{data}\0", StringComparison.Ordinal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false; // it has ended, or is another user's; or there is no /proc
        }
    }

    /// <summary>Asks it to end and waits until its data is written.</summary>
    public async ValueTask DisposeAsync()
    {
        using (process)
        {
            process.StandardInput.Close();
            using var limit = new CancellationTokenSource(stopLimit);
            try
            {
                await process.WaitForExitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    static async Task<Dictionary<string, string>> ReadEndpointsAsync(Process process, CancellationToken cancellationToken)
    {
        var printed = new List<string>();
        var endpoints = new Dictionary<string, string>();
        while (endpoints.Count < 3)
        {
            if (await process.StandardOutput.ReadLineAsync(cancellationToken) is not { } line)
            {
                printed.Add(await process.StandardError.ReadToEndAsync(cancellationToken));
                throw new UserErrorException($"Azurite ended before it listened. It said:\n{string.Join('\n', printed).Trim()}");
            }
            printed.Add(line);
            if (Listening().Match(line) is { Success: true } match) endpoints[match.Groups[1].Value] = match.Groups[2].Value.TrimEnd('/');
        }
        return endpoints;
    }

    static bool IsFree(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    [GeneratedRegex(@"^Azurite (Blob|Queue|Table) service (?:is )?successfully listen(?:ing|s) (?:at|on) (http://\S+)")]
    private static partial Regex Listening();
}
