using System.Diagnostics;
using System.Text.RegularExpressions;

namespace LogMonitor.Tests.Support;

/// <summary>
/// A real Azurite of one's own: blobs, queues and tables in memory, on three ports of 127.0.0.1 that the system chose, so that
/// runs in parallel never meet. It ends with <see cref="DisposeAsync"/>, or with the test process, however that dies.
/// </summary>
public sealed partial class AzuriteProcess : IAsyncDisposable
{
    /// <summary>The account every Azurite has.</summary>
    public const string AccountName = "devstoreaccount1";

    /// <summary>The published key of that account; it protects nothing.</summary>
    public const string AccountKey = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    /// <summary>Accounts besides the one that every Azurite has.</summary>
    const int MoreAccounts = 64;

    readonly Process process;
    readonly Func<string, string> connectionStringOf;
    int accountsTaken;
    bool hasEnded;

    AzuriteProcess(Process process, Uri blobs, Uri queues, Uri tables)
    {
        this.process = process;
        connectionStringOf = account =>
            $"DefaultEndpointsProtocol=http;AccountName={account};AccountKey={AccountKey};" +
            $"BlobEndpoint={blobs}{account};QueueEndpoint={queues}{account};TableEndpoint={tables}{account};";
    }

    /// <summary>Names all three services.</summary>
    public string ConnectionString => connectionStringOf(AccountName);

    /// <summary>The connection string of an account that nobody else uses: empty, without containers or tables.</summary>
    /// <exception cref="InvalidOperationException">All are taken.</exception>
    public string TakeAccount() => Interlocked.Increment(ref accountsTaken) is var number && number <= MoreAccounts
        ? connectionStringOf(AccountNumber(number))
        : throw new InvalidOperationException($"All {MoreAccounts} accounts of this Azurite are taken.");

    static string AccountNumber(int number) => $"testaccount{number}";

    /// <summary>Starts one and returns when all three services listen.</summary>
    /// <exception cref="InvalidOperationException">It ended before it listened; the message has what it printed.</exception>
    public static async Task<AzuriteProcess> StartAsync(CancellationToken cancellationToken = default)
    {
        var npm = NpmDirectory();
        var start = new ProcessStartInfo("node")
        {
            WorkingDirectory = npm,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList =
            {
                "--require", Path.Combine(npm, "exit-with-parent.cjs"),
                Path.Combine(npm, "node_modules/azurite/dist/src/azurite.js"),
                "--skipApiVersionCheck", "--inMemoryPersistence", "--disableTelemetry",
                "--blobHost", "127.0.0.1", "--blobPort", "0",
                "--queueHost", "127.0.0.1", "--queuePort", "0",
                "--tableHost", "127.0.0.1", "--tablePort", "0",
            },
            Environment =
            {
                ["AZURITE_ACCOUNTS"] = string.Join(';', Enumerable.Range(1, MoreAccounts).Select(AccountNumber).Prepend(AccountName).Select(account => $"{account}:{AccountKey}")),
            },
        };
        var process = Process.Start(start) ?? throw new InvalidOperationException("node did not start: install Node.js 20 or later.");
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(StartLimit);
            return await ListeningAsync(process, limit.Token);
        }
        catch
        {
            await EndAsync(process);
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // A test may have ended it already.
        if (Interlocked.Exchange(ref hasEnded, true)) return;
        await EndAsync(process);
    }

    static async Task<AzuriteProcess> ListeningAsync(Process process, CancellationToken cancellationToken)
    {
        var printed = new List<string>();
        var endpoints = new Dictionary<string, Uri>();
        while (endpoints.Count < 3)
        {
            if (await process.StandardOutput.ReadLineAsync(cancellationToken) is not { } line)
            {
                printed.Add(await process.StandardError.ReadToEndAsync(cancellationToken));
                throw new InvalidOperationException($"Azurite ended before it listened:\n{string.Join('\n', printed)}");
            }
            printed.Add(line);
            if (Listening().Match(line) is { Success: true } match) endpoints[match.Groups[1].Value] = new Uri(match.Groups[2].Value);
        }
        // An Azurite that nobody reads stops when the pipe is full: it logs each request.
        _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None);
        _ = process.StandardError.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None);
        return new AzuriteProcess(process, endpoints["Blob"], endpoints["Queue"], endpoints["Table"]);
    }

    static async Task EndAsync(Process process)
    {
        using (process)
        {
            try { process.Kill(entireProcessTree: true); }
            catch (InvalidOperationException) { /* It has ended by itself. */ }
            await process.WaitForExitAsync();
        }
    }

    static string NpmDirectory()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            var npm = Path.Combine(directory.FullName, "tests/Support/npm");
            if (File.Exists(Path.Combine(npm, "package.json"))) return npm;
        }
        throw new InvalidOperationException($"tests/Support/npm is not above {AppContext.BaseDirectory}: run the tests inside the repository.");
    }

    [GeneratedRegex(@"^Azurite (Blob|Queue|Table) service is successfully listening at (http://\S+)")]
    private static partial Regex Listening();
}
