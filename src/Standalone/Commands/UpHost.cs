using System.Net;
using System.Net.Sockets;
using LogMonitor.Core.Pipeline;
using LogMonitor.Core.Text;
using LogMonitor.Functions;
using LogMonitor.Shipper;
using LogMonitor.Standalone.Azurite;
using LogMonitor.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.HostFiltering;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;

namespace LogMonitor.Standalone.Commands;

/// <summary>The processes and services behind <c>logmonitor up</c>.</summary>
static class UpHost
{
    /// <summary>Runs until Ctrl-C, SIGTERM or cancellation, then ends everything in the reverse order of its start.</summary>
    public static async Task<int> RunAsync(UpOptions options, CancellationToken cancellationToken)
    {
        using var data = DataDirectory.Open(options.Data);
        using var listener = Listen(options.Port);
        var named = InstanceSettings.NamedStorage(options.Storage);
        await using var azurite = named is null ? await AzuriteServer.StartAsync(data.Azurite, Console.WriteLine, cancellationToken) : null;
        // Commands beside this one find it there.
        using var address = azurite is null ? null : data.Announce(azurite.ConnectionString);
        await using var app = Build(options, data, listener, named ?? new() { [StorageOptions.Section] = azurite!.ConnectionString });

        var logs = LogFiles.Resolve(options.Logs);
        await CreateStorageAsync(app, cancellationToken);
        await StartAsync(app, cancellationToken);
        await AnnounceAsync(app, azurite, logs, cancellationToken);
        // Ends with the host's own Ctrl-C handling, or with the caller's token.
        await app.WaitForShutdownAsync(cancellationToken);
        Console.WriteLine("Stopped. What was shipped and counted is kept; the next start goes on from here.");
        return 0;
    }

    static WebApplication Build(UpOptions options, DataDirectory data, Socket listener, Dictionary<string, string?> storage)
    {
        var port = ((IPEndPoint)listener.LocalEndPoint!).Port;
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory, EnvironmentName = Environments.Production });
        var configuration = builder.Configuration;
        configuration.Sources.Clear();
        var own = new Dictionary<string, string?> { ["Mail:Folder"] = data.Mail, ["Rules:Directory"] = data.Rules, ["Dashboard:Url"] = $"http://localhost:{port}/", ["Alerts:LinkKey"] = data.LinkKey };
        // The samples are old, and tell what they have to tell all the same.
        if (options.Logs.Count == 0) own["Alerts:OldAfter"] = "00:00:00";
        InstanceSettings.Add(configuration, own, storage);

        builder.Logging.ClearProviders()
            .AddConsole(console => console.FormatterName = CalmConsoleFormatter.FormatterName)
            .AddConsoleFormatter<CalmConsoleFormatter, ConsoleFormatterOptions>()
            .SetMinimumLevel(LogLevel.Warning).AddFilter("LogMonitor", LogLevel.Information);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        builder.Services.Configure<SocketTransportOptions>(sockets => sockets.CreateBoundListenSocket = _ => listener);

        var host = HostJson.Read(Path.Combine(AppContext.BaseDirectory, "host.json"));
        builder.Services.AddSingleton(host);
        builder.Services.AddMvcCore();
        // A page elsewhere could make a browser ask us under its own name (DNS rebinding): answer to our names only.
        builder.Services.Configure<HostFilteringOptions>(filter => (filter.AllowedHosts, filter.AllowEmptyHosts) = (["localhost", "127.0.0.1", "[::1]"], false));
        builder.Services.Configure<HostOptions>(hostOptions => hostOptions.ShutdownTimeout = TimeSpan.FromSeconds(30));
        Checked(() => builder.Services.AddLogMonitor(configuration));
        builder.Services
            .AddHostedService<BlobTriggers>()      // incoming/ → IngestChunk
            .AddHostedService<TimerTriggers>()     // schedules → EvaluateThresholds, ArchiveLogs and the like
            .AddHostedService(provider => ShipperHost.Create(provider, options, data)); // log files → incoming/

        var app = builder.Build();
        app.UseHostFiltering();
        app.MapFunctions(host);
        return app;
    }

    static async Task CreateStorageAsync(WebApplication app, CancellationToken cancellationToken)
    {
        try
        {
            await app.Services.GetRequiredService<StorageSetup>().CreateAsync(cancellationToken);
        }
        catch (InvalidOperationException e)
        {
            throw new UserErrorException(e.Message);
        }
    }

    static async Task StartAsync(WebApplication app, CancellationToken cancellationToken)
    {
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch (OptionsValidationException e)
        {
            throw new UserErrorException(string.Join('\n', e.Failures));
        }
        catch (ShipperException e)
        {
            throw new UserErrorException(e.Message);
        }
    }

    static async Task AnnounceAsync(WebApplication app, AzuriteServer? azurite, IReadOnlyList<string> logs, CancellationToken cancellationToken)
    {
        var rules = await app.Services.GetRequiredService<RuleBook>().GetAsync(cancellationToken);
        Console.WriteLine($"LogMonitor is up.  Dashboard: {app.Urls.First().Replace("127.0.0.1", "localhost", StringComparison.Ordinal)}");
        Console.WriteLine($"  following  {string.Join(", ", logs)}");
        Console.WriteLine($"  rules      {rules.Windows.Count(rule => rule.Alerts)} that alert, on {rules.Events.Count} kinds of lines; yours in {app.Configuration["Rules:Directory"]}");
        Console.WriteLine($"  storage    {(azurite is null ? "the account in LogStorage" : $"Azurite at {azurite.BlobEndpoint}")}");
        foreach (var problem in app.Services.GetRequiredService<Schedules>().Problems.Values) Console.WriteLine($"  off        {DisplayText.From(problem)}");
        foreach (var error in rules.Errors) Console.WriteLine($"  skipped    {DisplayText.From(error.ToString())}");
        Console.WriteLine("Ctrl-C stops it.");
    }

    /// <summary>
    /// Takes the port before anything else is started, and keeps it: so a port in use costs no wait for Azurite, nobody else can take
    /// it meanwhile, and the address in notifications is right when the system chooses the port (0).
    /// </summary>
    static Socket Listen(int port)
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            listener.Bind(new IPEndPoint(IPAddress.Loopback, port));
            listener.Listen();
            return listener;
        }
        catch (SocketException e)
        {
            listener.Dispose();
            throw new UserErrorException(e.SocketErrorCode == SocketError.AddressAlreadyInUse
                ? $"Port {port} is in use on 127.0.0.1. Stop the program that has it, or choose another port with --port."
                : $"Port {port} can't be used on 127.0.0.1: {e.Message}. Choose another port with --port.");
        }
    }

    static void Checked(Action configure)
    {
        try
        {
            configure();
        }
        catch (InvalidOperationException e)
        {
            throw new UserErrorException(e.Message);
        }
    }
}
