using System.Globalization;
using LogMonitor.Core.Alerting;
using LogMonitor.Core.Detection;
using LogMonitor.Core.Pipeline;
using LogMonitor.Core.Retention;
using Microsoft.Extensions.Configuration;

namespace LogMonitor.Functions;

/// <summary>Reads settings into the options of Core, with errors that name the setting, what was found and what is expected.</summary>
static class Settings
{
    public static AlertOptions ReadAlerts(IConfiguration configuration)
    {
        var defaults = new AlertOptions();
        return new AlertOptions
        {
            Grace = Span(configuration, "Alerts:Grace", defaults.Grace),
            Cooldown = Span(configuration, "Alerts:Cooldown", defaults.Cooldown),
            RepeatInterval = Span(configuration, "Alerts:RepeatInterval", defaults.RepeatInterval),
            OldAfter = Span(configuration, "Alerts:OldAfter", defaults.OldAfter),
            NotifyFrom = LevelOf(configuration, "Alerts:NotifyFrom", defaults.NotifyFrom),
            NotifyResolved = Flag(configuration, "Alerts:NotifyResolved", defaults.NotifyResolved),
        };
    }

    public static ArchiveOptions ReadArchive(IConfiguration configuration)
    {
        var defaults = new ArchiveOptions();
        return new ArchiveOptions
        {
            After = Span(configuration, "Archive:After", defaults.After),
            Tier = configuration["Archive:Tier"] switch
            {
                null or "" => defaults.Tier,
                "Hot" or "Cool" or "Cold" => configuration["Archive:Tier"]!,
                var found => throw Wrong("Archive:Tier", found, "Hot, Cool or Cold (the tier Archive can't take late lines)"),
            },
        };
    }

    public static RetentionOptions ReadRetention(IConfiguration configuration)
    {
        var defaults = new RetentionOptions();
        return new RetentionOptions
        {
            Counts = Days(configuration, "Retention:Counts", defaults.Counts, 30),
            Reports = Days(configuration, "Retention:Reports", defaults.Reports, 30),
            Alerts = Days(configuration, "Retention:Alerts", defaults.Alerts, RetentionOptions.LeastMatches.Days),
            Matches = Days(configuration, "Retention:Matches", defaults.Matches, RetentionOptions.LeastMatches.Days),
            Chunks = Days(configuration, "Retention:Chunks", defaults.Chunks, 30),
            Files = Days(configuration, "Retention:Files", defaults.Files, 1),
            Archive = Days(configuration, "Retention:Archive", defaults.Archive, 1),
        };
    }

    public static WatchOptions ReadWatch(IConfiguration configuration)
    {
        var defaults = new WatchOptions();
        return new WatchOptions
        {
            HostSilentAfter = Span(configuration, "Alerts:HostSilentAfter", defaults.HostSilentAfter),
            IngestLagAfter = Span(configuration, "Alerts:IngestLagAfter", defaults.IngestLagAfter),
        };
    }

    public static ReconcileOptions ReadReconcile(IConfiguration configuration)
    {
        var after = Span(configuration, "Ingest:MissedAfter", new ReconcileOptions().After);
        return after >= TimeSpan.FromMinutes(1) ? new ReconcileOptions { After = after } : throw Wrong("Ingest:MissedAfter", configuration["Ingest:MissedAfter"], "at least a minute: events may be late");
    }

    public static MessageOptions ReadMessages(IConfiguration configuration) => new(configuration["Dashboard:Url"] switch
    {
        null or "" => null,
        var text when Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is ("http" or "https") => uri,
        var found => throw Wrong("Dashboard:Url", found, "an http or https address"),
    });

    public static AcknowledgeLinks ReadLinks(IConfiguration configuration) => configuration["Alerts:LinkKey"] switch
    {
        null or "" => new(null, null),
        // Health says so. A link that is signed by what everybody can know would let everybody acknowledge.
        var key when VaultReference.Is(key) => new(null, null),
        { Length: >= AcknowledgeLinks.MinKeyLength } key => new(ReadMessages(configuration).DashboardUrl, key),
        // Not shown: it is a secret, though a short one.
        _ => throw new InvalidOperationException($"The setting 'Alerts__LinkKey' is too short: it must have at least {AcknowledgeLinks.MinKeyLength} characters that nobody can guess, such as 'openssl rand -hex 32' gives."),
    };

    public static bool Flag(IConfiguration configuration, string key, bool fallback) => configuration[key] switch
    {
        null or "" => fallback,
        var text when bool.TryParse(text, out var value) => value,
        var found => throw Wrong(key, found, "true or false"),
    };

    static Level LevelOf(IConfiguration configuration, string key, Level fallback) => configuration[key] switch
    {
        null or "" => fallback,
        var text when Array.Find(Enum.GetNames<Level>(), name => name.Equals(text, StringComparison.OrdinalIgnoreCase)) is { } name => Enum.Parse<Level>(name),
        var found => throw Wrong(key, found, "informational, low, medium, high or critical"),
    };

    static TimeSpan Span(IConfiguration configuration, string key, TimeSpan fallback) => configuration[key] switch
    {
        null or "" => fallback,
        var text when TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var value) && value >= TimeSpan.Zero && value <= TimeSpan.FromDays(7) => value,
        var found => throw Wrong(key, found, "a time of at most 7 days as [d.]hh:mm:ss, such as 00:15:00"),
    };

    static TimeSpan Days(IConfiguration configuration, string key, TimeSpan fallback, int least) => configuration[key] switch
    {
        null or "" => fallback,
        var text when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var days) && (days == 0 || days >= least) && days <= MaxDays => TimeSpan.FromDays(days),
        var found => throw Wrong(key, found, $"a number of days from {least} to {MaxDays}, or 0 to keep all"),
    };

    /// <summary>A hundred years.</summary>
    const int MaxDays = 36_500;

    static InvalidOperationException Wrong(string key, string? found, string expected) =>
        new($"The setting '{key.Replace(":", "__", StringComparison.Ordinal)}' is '{found}', but must be {expected}.");
}
