using System.Globalization;
using System.Text.Json;
using Azure;
using LogMonitor.Core.Alerting;
using LogMonitor.Core.Alerting.Plans;
using LogMonitor.Core.Detection;
using LogMonitor.Core.Pipeline;
using LogMonitor.Core.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace LogMonitor.Standalone.Alerts;

/// <summary>What <c>logmonitor alerts</c> does. Text of logs and rules is shown in its display form: it can't colour the terminal.</summary>
sealed class AlertsRun(IServiceProvider services, TextWriter output)
{
    /// <summary>Listed with --all.</summary>
    const int MaxRecent = 200;

    readonly IAlertStore alerts = services.GetRequiredService<IAlertStore>();
    readonly AlertOperations operations = services.GetRequiredService<AlertOperations>();
    readonly TimeProvider time = services.GetRequiredService<TimeProvider>();

    /// <summary>Runs one of the others, and says what is wrong with the storage in a line.</summary>
    /// <exception cref="UserErrorException">The storage can't be reached, or refuses.</exception>
    public static async Task<int> WithStorageAsync(Func<Task<int>> run)
    {
        try
        {
            return await run();
        }
        catch (RequestFailedException e)
        {
            throw new UserErrorException(e.Status == 404 ? "This storage account has no alerts: LogMonitor has not run on it." : e.Status > 0
                ? $"The storage account refused: {e.Status} {e.ErrorCode}. Check the account key or the roles."
                : "The storage account can't be reached. Is 'logmonitor up' running?");
        }
        catch (OptionsValidationException e)
        {
            throw new UserErrorException(string.Join('\n', e.Failures));
        }
        catch (AggregateException)
        {
            throw new UserErrorException("The storage account can't be reached. Is 'logmonitor up' running?");
        }
    }

    public async Task<int> ListAsync(bool isAll, bool json, CancellationToken cancellationToken)
    {
        var listed = isAll ? await alerts.ListRecentAsync(MaxRecent, time.GetUtcNow(), cancellationToken)
            : [.. (await alerts.ListOpenAsync(cancellationToken)).Where(alert => alert.State == AlertState.Open).OrderByDescending(alert => alert.Level).ThenByDescending(alert => alert.Last)];
        if (json)
        {
            foreach (var alert in listed) await output.WriteLineAsync(JsonSerializer.Serialize(alert, CoreJson.Default.Alert));
            return 0;
        }
        foreach (var alert in listed)
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
                $"{alert.Id}  {alert.Level.ToString().ToLowerInvariant(),-13} {StateOf(alert),-12} {alert.Last.UtcDateTime:yyyy-MM-dd HH:mm:ss}  {DisplayText.From(alert.InWords(), 200)}, {Wording.Counted(alert.Count, "match")}"));
        if (listed.Count == 0) await output.WriteLineAsync(isAll ? "There was no alert in the last two months." : "No alert is open.");
        return 0;
    }

    public async Task<int> ShowAsync(string id, CancellationToken cancellationToken)
    {
        var alert = await FindAsync(id, cancellationToken);
        await output.WriteLineAsync($"{DisplayText.From(alert.InWords(), 500)}");
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{alert.Level.ToString().ToLowerInvariant()}, {StateOf(alert)}; {Wording.Counted(alert.Count, "match")} from {alert.First.UtcDateTime:yyyy-MM-dd HH:mm:ss} to {alert.Last.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC; the alert is for {DisplayText.From(alert.Threshold)}"));
        foreach (var sample in alert.Samples) await output.WriteLineAsync($"  {DisplayText.From(sample.Text, 300)}");
        await output.WriteLineAsync();
        foreach (var entry in alert.History) await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{entry.Time.UtcDateTime:yyyy-MM-dd HH:mm:ss}  {entry.Event,-12} {DisplayText.From(entry.Reason, 300)}"));
        return 0;
    }

    public async Task<int> AcknowledgeAsync(string id, string by, string? comment, CancellationToken cancellationToken)
    {
        var alert = await FindAsync(id, cancellationToken);
        if (!await operations.AcknowledgeAsync(alert, by, comment, cancellationToken)) throw new UserErrorException($"The alert {alert.Id} is not open any more.");
        await output.WriteLineAsync($"Acknowledged: {DisplayText.From(alert.InWords(), 200)}. It is not repeated, nor told to others.");
        return 0;
    }

    public async Task<int> SilenceAsync(AlertMatcher match, TimeSpan span, string comment, string by, CancellationToken cancellationToken)
    {
        var silence = await operations.SilenceAsync(match, span, comment, by, cancellationToken);
        var silenced = (await alerts.ListOpenAsync(cancellationToken)).Count(alert => alert.State == AlertState.Open && match.Matches(alert));
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"Silence {silence.Id} until {silence.Until.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC: {DisplayText.From(match.ToString(), 300)}. Of the open alerts it is about {silenced}."));
        return 0;
    }

    public async Task<int> ListSilencesAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var all = await operations.ListSilencesAsync(cancellationToken);
        foreach (var silence in all)
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
                $"{silence.Id,-14} {(silence.Until <= now ? "ended" : silence.From > now ? "planned" : "holds"),-8} {(silence.From == DateTimeOffset.MinValue ? "" : $"from {silence.From.UtcDateTime:yyyy-MM-dd HH:mm} ")}until {silence.Until.UtcDateTime:yyyy-MM-dd HH:mm} UTC  {DisplayText.From(silence.Match.ToString(), 200)}: {DisplayText.From(silence.Comment, 200)}{(silence.By is { } by ? $" ({DisplayText.From(by, 60)})" : "")}"));
        if (all.Count == 0) await output.WriteLineAsync("There is no silence.");
        return 0;
    }

    public async Task<int> EndSilenceAsync(string id, CancellationToken cancellationToken)
    {
        if (!await operations.EndSilenceAsync(id, cancellationToken)) throw new UserErrorException($"There is no silence '{DisplayText.From(id, 60)}' that was added by command; 'logmonitor alerts silences' lists them. One of alerts.yml ends when it is taken out there.");
        await output.WriteLineAsync("Ended.");
        return 0;
    }

    /// <returns>0: sent; 1: not sent.</returns>
    public async Task<int> TestAsync(string? name, CancellationToken cancellationToken)
    {
        var channels = services.GetRequiredService<ChannelSet>().Of(await PlanAsync(cancellationToken)).Where(channel => channel.Name is not null).ToList();
        if (name is null)
        {
            foreach (var channel in channels) await output.WriteLineAsync(channel.Name == channel.Channel.Name ? channel.Name : $"{channel.Name} ({channel.Channel.Name})");
            if (channels.Count == 0) await output.WriteLineAsync("There is no channel: set SendGrid__ApiKey, Smtp__Host or Mail__Folder, or name channels in alerts.yml.");
            return 0;
        }
        if (channels.FirstOrDefault(channel => channel.Name == name || channel.Channel.Name == name)?.Channel is not { } tested)
            throw new UserErrorException($"There is no channel '{DisplayText.From(name, 60)}'; there are {string.Join(", ", channels.Select(channel => channel.Name))}.");
        var (result, words) = await tested.SendAsync(Sample(), $"test-{time.GetUtcNow().ToUnixTimeMilliseconds()}-{tested.Name}", cancellationToken) switch
        {
            DeliveryResult.Sent sent => (0, $"Sent by {name}: {sent.Detail}."),
            DeliveryResult.Retry retry => (1, $"Not sent by {name}: {retry.Why} An alert would be tried again."),
            DeliveryResult.Drop drop => (1, $"Not sent by {name}: {drop.Why}"),
            _ => (1, ""),
        };
        await output.WriteLineAsync(words);
        return result;
    }

    AlertMessage Sample()
    {
        var now = time.GetUtcNow();
        return new AlertMessage
        {
            AlertId = "test",
            Fingerprint = "0000000000000000",
            Title = DisplayText.From("A test of this channel"),
            RuleId = "test",
            Level = nameof(Level.Low).ToLowerInvariant(),
            Host = DisplayText.From("example"),
            Group = [new("c-ip", DisplayText.From("192.0.2.1"))],
            Count = 5,
            Peak = 5,
            Threshold = "5 or more within 1 minute",
            First = now.AddMinutes(-1),
            Last = now,
            Samples = [DisplayText.From("192.0.2.1 - - \"GET /example HTTP/1.1\" 404 196")],
            DashboardUrl = services.GetRequiredService<MessageOptions>().DashboardUrl,
            Kind = "opened",
            Reason = "SentByCommand",
        };
    }

    async Task<AlertPlan> PlanAsync(CancellationToken cancellationToken) => await services.GetRequiredService<RuleBook>().GetPlanAsync(cancellationToken);

    /// <summary>By its id, or by the beginning of that where no other open alert begins so.</summary>
    async Task<Alert> FindAsync(string id, CancellationToken cancellationToken)
    {
        if (await alerts.GetAsync(id, cancellationToken) is { } exact) return exact;
        var begun = (await alerts.ListOpenAsync(cancellationToken)).Where(alert => alert.Id.StartsWith(id, StringComparison.Ordinal)).ToList();
        if (begun is not [var only])
            throw new UserErrorException(begun.Count == 0 ? $"There is no alert '{DisplayText.From(id, 60)}'; 'logmonitor alerts list' lists them." : $"{begun.Count} alerts begin with '{DisplayText.From(id, 60)}': give more of the id.");
        return await alerts.GetAsync(only.Id, cancellationToken) ?? only;
    }

    static string StateOf(Alert alert) => alert is { State: AlertState.Open, AcknowledgedAt: not null } ? "acknowledged" : alert.State.ToString().ToLowerInvariant();
}
