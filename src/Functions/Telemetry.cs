using Azure.Core;
using Azure.Identity;
using Azure.Monitor.OpenTelemetry.Exporter;
using LogMonitor.Core.Pipeline;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace LogMonitor.Functions;

/// <summary>Where measurements go: to Application Insights, and to any collector that speaks OTLP, or nowhere. Logs and traces of the functions are the Functions host's.</summary>
static class Telemetry
{
    /// <summary>How this program calls itself there, unless <c>OTEL_SERVICE_NAME</c> says otherwise.</summary>
    const string ServiceName = "logmonitor";

    const string ConnectionString = "APPLICATIONINSIGHTS_CONNECTION_STRING", Authentication = "APPLICATIONINSIGHTS_AUTHENTICATION_STRING";

    /// <summary>
    /// What OpenTelemetry's own variables say (<c>OTEL_EXPORTER_OTLP_ENDPOINT</c>, <c>OTEL_EXPORTER_OTLP_HEADERS</c>, <c>OTEL_METRIC_EXPORT_INTERVAL</c> …:
    /// opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables) is taken by its exporter.
    /// </summary>
    public static IServiceCollection AddTelemetry(this IServiceCollection services, IConfiguration configuration)
    {
        var (insights, collector) = (IsSet(ConnectionString), IsSet("OTEL_EXPORTER_OTLP_ENDPOINT") || IsSet("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT"));
        if (!insights && !collector) return services;
        services.AddOpenTelemetry()
            .ConfigureResource(resource => { if (!IsSet("OTEL_SERVICE_NAME")) resource.AddService(ServiceName); })
            .WithMetrics(metrics =>
            {
                metrics.AddMeter(PipelineMetrics.MeterName).AddMeter("System.Runtime");
                if (insights) metrics.AddAzureMonitorMetricExporter(options =>
                {
                    (options.ConnectionString, options.Credential) = (configuration[ConnectionString], CredentialOf(configuration[Authentication]));
                    // A minute of measurements is not worth files on a disk that goes with the instance.
                    options.DisableOfflineStorage = true;
                });
                if (collector) metrics.AddOtlpExporter();
            });
        return services;

        bool IsSet(string name) => !string.IsNullOrEmpty(configuration[name]);
    }

    /// <summary>The identity that <c>ClientId=…;Authorization=AAD</c> names: the form in which the Functions host takes it. Null where the connection string is all that is needed.</summary>
    internal static TokenCredential? CredentialOf(string? authentication)
    {
        var parts = (authentication ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(part => part.Split('=', 2)).Where(part => part.Length == 2)
            .ToDictionary(part => part[0], part => part[1], StringComparer.OrdinalIgnoreCase);
        if (!"AAD".Equals(parts.GetValueOrDefault("Authorization"), StringComparison.OrdinalIgnoreCase)) return null;
        return new ManagedIdentityCredential(parts.TryGetValue("ClientId", out var client) ? ManagedIdentityId.FromUserAssignedClientId(client) : ManagedIdentityId.SystemAssigned);
    }
}
