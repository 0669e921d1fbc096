using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using LogMonitor.Shipper.Configuration;
using LogMonitor.Shipper.Health;
using LogMonitor.Shipper.Upload;
using Microsoft.Extensions.Logging;

namespace LogMonitor.Shipper.Commands;

/// <summary>The shipper as a service: with health and metrics, a service manager, and a configuration that can be read again.</summary>
sealed class Agent : IAsyncDisposable
{
    readonly string? configFile;
    readonly TimeProvider time;
    readonly ILogger logger;
    readonly SystemdNotifier systemd;
    readonly ShipperService shipper;
    readonly SemaphoreSlim reloading = new(1);
    IPEndPoint? listen;
    HealthServer? health;

    /// <param name="configFile">What SIGHUP reads again; null for nothing.</param>
    /// <exception cref="ShipperException">The configuration can't be used.</exception>
    public Agent(ShipperConfiguration configuration, string? configFile, TimeProvider time, ILogger logger)
    {
        (this.configFile, this.time, this.logger, listen) = (configFile, time, logger, configuration.Listen);
        systemd = new SystemdNotifier(Environment.GetEnvironmentVariable, time);
        shipper = new ShipperService(configuration.Options, Sink(configuration.Destination), time, logger) { Started = OnStarted, OwnsProcess = true };
        shipper.Vitals.Progressed = OnProgress;
    }

    /// <inheritdoc cref="ShipperService.RunAsync"/>
    public async Task RunAsync(CancellationToken stopping)
    {
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal =>
        {
            // Else it would end the process.
            signal.Cancel = true;
            _ = ReloadAsync(stopping);
        });
        await using var stop = stopping.Register(systemd.Stopping);
        await shipper.RunAsync(stopping);
    }

    /// <inheritdoc cref="ShipperService.RunOnceAsync"/>
    public Task<ShipperSummary> RunOnceAsync(CancellationToken cancellationToken) => shipper.RunOnceAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (health is not null) await health.DisposeAsync();
        systemd.Dispose();
        reloading.Dispose();
    }

    void OnStarted()
    {
        Listen();
        systemd.Ready();
    }

    void OnProgress()
    {
        systemd.Progress();
        if (systemd.IsListening) systemd.Status(shipper.Vitals.Summary);
    }

    async Task ReloadAsync(CancellationToken stopping)
    {
        try
        {
            await reloading.WaitAsync(stopping);
        }
        catch (OperationCanceledException)
        {
            return;
        }
        systemd.Reloading();
        try
        {
            if (configFile is null) throw new ShipperException("It was started with --log, without a configuration.");
            var changed = ConfigurationFile.Read(configFile);
            await shipper.ReloadAsync(changed.Options, Sink(changed.Destination)).WaitAsync(stopping);
            if (!Equals(changed.Listen, listen))
            {
                if (health is not null) await health.DisposeAsync();
                listen = changed.Listen;
                Listen();
            }
            shipper.Vitals.Reloaded(null);
            logger.Reloaded(configFile);
        }
        catch (Exception error) when (error is ConfigurationException or ShipperException)
        {
            shipper.Vitals.Reloaded($"The configuration was read again and can't be used, the one before it stays in force: {error.Message}");
            logger.ReloadRefused(configFile ?? "(none)", error.Message);
        }
        catch (OperationCanceledException)
        {
            // It stops.
        }
        finally
        {
            systemd.Ready();
            reloading.Release();
        }
    }

    RenewingSink Sink(DestinationOptions destination) =>
        new(() => new BlobSink(Destination.Open(destination, Environment.GetEnvironmentVariable)), destination.SecretFile, logger);

    // Shipping is worth more than being watched: an address that is taken does not stop it.
    void Listen()
    {
        health = null;
        if (listen is null) return;
        try
        {
            health = HealthServer.Start(listen, shipper.Vitals);
            logger.Listening(health.Address);
        }
        catch (SocketException error)
        {
            logger.CannotListen(listen, error.Message);
        }
    }
}
