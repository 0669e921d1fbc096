using LogMonitor.Core.Pipeline;
using LogMonitor.Core.Retention;
using LogMonitor.Functions.Api;
using LogMonitor.Functions.Health;
using LogMonitor.Notifications;
using LogMonitor.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace LogMonitor.Functions;

/// <summary>The whole of LogMonitor behind the shippers, the same in the Azure app and on one machine.</summary>
public static class Pipeline
{
    /// <summary>
    /// A chunk's way: uploaded to <c>incoming</c> → ingested into counts and matches → evaluated into reports and alerts →
    /// alerts notified → the chunk archived, and all of it shown by the API.
    /// </summary>
    /// <exception cref="InvalidOperationException">A setting is missing or wrong; the message names it.</exception>
    public static IServiceCollection AddLogMonitor(this IServiceCollection services, IConfiguration configuration)
    {
        services.TryAddSingleton(TimeProvider.System);
        return services
            .AddStorage(StorageOptions.Read(configuration), NotificationServices.PlainText)
            .AddRules(configuration)            // rule files → rules about lines, correlations
            .AddSingleton(Schedules.Read(configuration))
            .AddSingleton(Settings.ReadAlerts(configuration))
            .AddSingleton(Settings.ReadArchive(configuration))
            .AddSingleton(Settings.ReadWatch(configuration))
            .AddSingleton(Settings.ReadRetention(configuration))
            .AddSingleton(Settings.ReadReconcile(configuration))
            .AddSingleton(Settings.ReadMessages(configuration))
            .AddSingleton(Settings.ReadLinks(configuration))

            .AddSingleton<ChunkIngestor>()      // IngestChunk: blob → counts, matches, ledger
            .AddSingleton<Reconciler>()         // ReconcileIncoming: what the trigger has missed → the ingestor
            .AddSingleton<HostEvaluator>()      // EvaluateThresholds: matches → incidents → alerts, reports
            .AddSingleton<SystemAlerts>()
            .AddSingleton<ChannelSet>()
            .AddSingleton<HostWatch>()          //   hosts that were not heard of → alerts
            .AddSingleton<AlertKeeper>()        //   open alerts → decisions → outbox
            .AddSingleton<DeliverySender>()     //   outbox → channels
            .AddSingleton<Evaluator>()          //   all of it, in this order
            .AddSingleton<Archiver>()           // ArchiveLogs: chunks of finished days → one blob
            .AddSingleton<Expirer>()            // ExpireRows: what is older than it is kept
            .AddSingleton<DashboardQueries>()   // the API's questions
            .AddSingleton<AlertQueries>()       //   about alerts
            .AddSingleton<AlertOperations>()    //   and what people do about them
            .AddSingleton<DashboardAccess>()
            .AddTelemetry(configuration)        // measurements, where they are asked for
            .AddHealth()                        // whether all of this works

            .AddNotifications(configuration);   // SendGrid, SMTP or a folder
    }

    // Of rules with one id the first counts: users' before ours.
    static IServiceCollection AddRules(this IServiceCollection services, IConfiguration configuration)
    {
        if (configuration["Rules:Directory"] is { Length: > 0 } directory) services.AddSingleton<IRuleSource>(RuleDirectory.OfUser(directory));
        if (Settings.Flag(configuration, "Rules:Defaults", fallback: true)) services.AddSingleton<IRuleSource>(new RuleDirectory(Path.Combine(AppContext.BaseDirectory, "rules"), ""));
        return services.AddSingleton<RuleBook>();
    }
}
