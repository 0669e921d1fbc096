using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;

namespace LogMonitor.Tests.Support;

/// <summary>A real SMTP server (npm's smtp-server, in Node) on 127.0.0.1, that keeps what it is sent.</summary>
public sealed class SmtpServerProcess : IAsyncDisposable
{
    static readonly JsonSerializerOptions json = new(JsonSerializerDefaults.Web);

    readonly Process process;
    readonly ConcurrentQueue<ReceivedMail> mails = new();
    readonly Task reading;

    SmtpServerProcess(Process process, int port)
    {
        this.process = process;
        Port = port;
        reading = ReadAsync();
    }

    public int Port { get; }

    /// <summary>The mails it has accepted, in order.</summary>
    public IReadOnlyCollection<ReceivedMail> Mails => mails;

    /// <summary>Waits until it has accepted at least <paramref name="count"/> mails, at most 30 seconds.</summary>
    public async Task<IReadOnlyList<ReceivedMail>> ReceivedAsync(int count)
    {
        await Poll.UntilAsync($"{count} mails at the SMTP server", () => Task.FromResult(mails.Count >= count));
        return [.. mails];
    }

    /// <exception cref="InvalidOperationException">Node is missing, or the script ended before it listened.</exception>
    public static async Task<SmtpServerProcess> StartAsync(SmtpServerSettings? settings = null)
    {
        settings ??= new();
        var start = new ProcessStartInfo("node")
        {
            WorkingDirectory = NodePackages.Folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList =
            {
                "smtp-server.mjs",
                JsonSerializer.Serialize(new
                {
                    cert = settings.CertificateFile,
                    key = settings.KeyFile,
                    mode = settings.Mode.ToString(),
                    user = settings.User,
                    password = settings.Password,
                    refuse = settings.Refuse,
                }),
            },
        };
        var process = Process.Start(start) ?? throw new InvalidOperationException("node did not start.");
        var first = await process.StandardOutput.ReadLineAsync();
        if (first is not null) return new(process, JsonSerializer.Deserialize<Listening>(first, json)!.Port);
        var error = await process.StandardError.ReadToEndAsync();
        process.Dispose();
        throw new InvalidOperationException($"The SMTP server ended before it listened: {error}");
    }

    async Task ReadAsync()
    {
        // Read, so that a full pipe cannot stop the server; what it says there is of use only when it does not start.
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        while (await process.StandardOutput.ReadLineAsync() is { } line)
            mails.Enqueue(JsonSerializer.Deserialize<ReceivedMail>(line, json)!);
    }

    public async ValueTask DisposeAsync()
    {
        // Only this process: it has no children.
        process.Kill();
        await process.WaitForExitAsync();
        await reading;
        process.Dispose();
    }

    sealed record Listening(int Port);
}

/// <summary>How the server behaves.</summary>
public sealed record SmtpServerSettings
{
    /// <summary>PEM files; null for a certificate that nobody trusts.</summary>
    public string? CertificateFile { get; init; }
    public string? KeyFile { get; init; }
    public SmtpServerMode Mode { get; init; }
    /// <summary>Whom it lets in; empty for a server without login.</summary>
    public string User { get; init; } = "";
    public string Password { get; init; } = "";
    /// <summary>Recipients it refuses, and with which reply code.</summary>
    public IReadOnlyDictionary<string, int> Refuse { get; init; } = new Dictionary<string, int>();
}

public enum SmtpServerMode
{
    Normal,
    TlsFromTheStart,
    NoStartTls,
    RefusesTheSender,
    IsBusy,
    RefusesTheMail,
    DropsTheConnection,
}

/// <summary>A mail as the server got it.</summary>
/// <param name="Raw">Headers and body; each byte is one character (Latin-1).</param>
public sealed record ReceivedMail(string From, IReadOnlyList<string> To, string? User, bool Secure, string Raw);
