using LogMonitor.Core.Alerting;
using LogMonitor.Core.Alerting.Plans;
using LogMonitor.Core.Detection;
using Microsoft.Extensions.Logging;

namespace LogMonitor.Core.Pipeline;

/// <summary>A file with rules.</summary>
/// <param name="Name">Its name in its source.</param>
/// <param name="Version">What is another whenever its content is.</param>
/// <param name="Problem">Why it can't be read, such as a pipe; null where it can.</param>
public sealed record RuleFile(string Name, string Version, string? Problem = null);

/// <summary>A place with rule files: a directory, a container.</summary>
public interface IRuleSource
{
    /// <summary>What stands before its files' names in errors; empty for LogMonitor's own rules.</summary>
    string Prefix { get; }

    /// <summary>How old what is known of it may be when a chunk is ingested.</summary>
    TimeSpan Interval { get; }

    /// <summary>Its rule files, without hidden and test files.</summary>
    Task<IReadOnlyList<RuleFile>> ListAsync(CancellationToken cancellationToken);

    /// <summary>A file's text.</summary>
    Task<string> ReadAsync(RuleFile file, CancellationToken cancellationToken);
}

/// <summary>
/// The rules that are live: a file that is added, changed or removed is, as soon as the next chunk is ingested or evaluated after
/// its source's interval. Looked at only then, so that nothing is asked while nothing happens.
/// </summary>
/// <remarks>
/// A file that is no longer YAML, half written perhaps, keeps its former rules until it is mended or removed; so do all files of a source that can't be
/// read. Other mistakes cost the rule that has them. Thread-safe.
/// </remarks>
/// <param name="sources">Of two rules with one id, that of the earlier source counts.</param>
/// <param name="options">What holds where <c>alerts.yml</c> says nothing.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Told of each change, and of what fails; of the same failure once.</param>
public sealed partial class RuleBook(IEnumerable<IRuleSource> sources, AlertOptions options, TimeProvider time, ILogger<RuleBook> logger) : IDisposable
{
    /// <summary>Files of a source, 1,000; the first by name count.</summary>
    public const int MaxFiles = 1_000;

    readonly List<Shelf> shelves = [.. sources.Select(source => new Shelf(source))];
    readonly SemaphoreSlim looking = new(1);
    volatile RuleSet? current;
    volatile AlertPlan plan = new() { Options = options };
    IReadOnlyList<RuleError> planErrors = [];
    Text? planText;
    List<(string Name, Text Text)> loaded = [];

    /// <summary>Rules and a plan that don't change.</summary>
    public static RuleBook Of(RuleSet rules, AlertPlan? plan = null) =>
        new([], new AlertOptions(), TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger<RuleBook>.Instance) { current = rules, plan = plan ?? new() };

    /// <summary>Who is told of what, as of now: the first <c>alerts.yml</c> of the sources. One with a mistake is not taken, and the former one stays in force.</summary>
    public async ValueTask<AlertPlan> GetPlanAsync(CancellationToken cancellationToken)
    {
        _ = await GetAsync(cancellationToken).ConfigureAwait(false);
        return plan;
    }

    /// <summary>What is not in force as it is written: rules with mistakes, an alerts.yml that was not taken, sources that can't be read.</summary>
    public async Task<IReadOnlyList<string>> FindProblemsAsync(CancellationToken cancellationToken)
    {
        var rules = await GetAsync(cancellationToken).ConfigureAwait(false);
        return
        [
            .. shelves.Where(shelf => shelf.HasFailed).Select(shelf => $"{NameOf(shelf.Source)}: the rules there can't be read; those that are known stay."),
            .. planErrors.Select(error => $"alerts.yml was not taken, and who is told stays as it was: {error}"),
            .. rules.Errors.Select(error => error.ToString()),
        ];
    }

    /// <summary>The rules of now. Whoever works through something takes them once.</summary>
    public async ValueTask<RuleSet> GetAsync(CancellationToken cancellationToken)
    {
        if (current is { } known && !shelves.Exists(shelf => shelf.IsDue(time))) return known;
        // Only the first has to wait: the others go on with what is known while one looks.
        if (!await looking.WaitAsync(current is null ? Timeout.Infinite : 0, cancellationToken).ConfigureAwait(false)) return current!;
        try
        {
            var hasChanged = false;
            foreach (var shelf in shelves.Where(shelf => shelf.IsDue(time))) hasChanged |= await RefreshAsync(shelf, cancellationToken).ConfigureAwait(false);
            if (hasChanged || current is null) Load();
            return current!;
        }
        finally
        {
            looking.Release();
        }
    }

    async Task<bool> RefreshAsync(Shelf shelf, CancellationToken cancellationToken)
    {
        try
        {
            var files = await shelf.Source.ListAsync(cancellationToken).ConfigureAwait(false);
            if (files.Count > MaxFiles) LogTooMany(NameOf(shelf.Source), files.Count, MaxFiles);
            files = [.. files.OrderBy(file => file.Name, StringComparer.Ordinal).Take(MaxFiles)];

            var hasChanged = false;
            foreach (var gone in shelf.Texts.Keys.Except(files.Select(file => file.Name)).ToList()) hasChanged |= shelf.Texts.Remove(gone);
            foreach (var file in files)
            {
                var former = shelf.Texts.GetValueOrDefault(file.Name);
                if (former?.Version == file.Version && former.Problem == file.Problem) continue;
                var text = file.Problem is null ? await shelf.Source.ReadAsync(file, cancellationToken).ConfigureAwait(false) : "";
                if (former is not null && SigmaLoader.FindSyntaxError(shelf.Source.Prefix + file.Name, text) is { } error)
                {
                    LogKept(error.ToString());
                    text = former.Yaml;
                }
                hasChanged |= text != former?.Yaml || file.Problem != former.Problem;
                shelf.Texts[file.Name] = new Text(file.Version, text, file.Problem);
            }
            if (shelf.HasFailed) LogBack(NameOf(shelf.Source));
            shelf.Looked(time, hasFailed: false);
            return hasChanged;
        }
#pragma warning disable CA1031 // whatever it is, the rules that are known go on
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            if (!shelf.HasFailed) LogFailed(NameOf(shelf.Source), e.Message, e);
            shelf.Looked(time, hasFailed: true);
            return true; // what was read before it failed
        }
    }

    void Load()
    {
        var before = current;
        var files = shelves.SelectMany(shelf => shelf.Texts.OrderBy(file => file.Key, StringComparer.Ordinal).Select(file => (Name: shelf.Source.Prefix + file.Key, Text: file.Value))).ToList();
        LoadPlan(files.FirstOrDefault(file => IsPlan(file.Name)));
        files.RemoveAll(file => IsPlan(file.Name));
        if (before is not null && files.SequenceEqual(loaded)) return;
        loaded = files;
        var rules = SigmaLoader.Load(
            files.Select(file => (file.Name, file.Text.Yaml)), files.Where(file => file.Text.Problem is not null).Select(file => RuleError.OfFile(file.Name, file.Text.Problem!)));
        current = rules;
        foreach (var error in rules.Errors.Except(before?.Errors ?? [])) LogSkipped(error.ToString());
        var (ids, idsBefore) = (Ids(rules), Ids(before));
        if (before is null) LogLoaded(rules.Events.Count, rules.Windows.Count(rule => rule.Alerts));
        else LogChanged(rules.Events.Count, rules.Windows.Count(rule => rule.Alerts), ids.Except(idsBefore).Count(), idsBefore.Except(ids).Count(), rules.Errors.Count);
    }

    static HashSet<RuleId> Ids(RuleSet? rules) => rules is null ? [] : [.. rules.Events.Select(rule => rule.Id), .. rules.Windows.Select(rule => rule.Id)];

    static string NameOf(IRuleSource source) => source.Prefix.Length > 0 ? source.Prefix.TrimEnd('/') : "LogMonitor's own rules";

    bool IsPlan(string name) => shelves.Exists(shelf => name == shelf.Source.Prefix + AlertPlan.FileName);

    void LoadPlan((string Name, Text Text) file)
    {
        var (read, errors) = file.Text switch
        {
            null => (new AlertPlan { Options = options }, (IReadOnlyList<RuleError>)[]),
            { Problem: { } problem } => (null, [RuleError.OfFile(file.Name, problem)]),
            var text when text == planText => (plan, planErrors),
            var text => AlertPlanReader.Read(file.Name, text.Yaml, options),
        };
        foreach (var error in errors.Except(planErrors)) LogPlanRefused(error.ToString());
        if (file.Text != planText && read is not null && file.Text is not null) LogPlan(file.Name, read.Channels.Count, read.Routes.Count);
        (planText, planErrors) = (file.Text, errors);
        plan = read ?? plan;
    }

    public void Dispose() => looking.Dispose();

    sealed record Text(string Version, string Yaml, string? Problem);

    /// <summary>What is known of a source.</summary>
    sealed class Shelf(IRuleSource source)
    {
        long? lookedAt;

        public IRuleSource Source => source;
        public Dictionary<string, Text> Texts { get; } = new(StringComparer.Ordinal);
        public bool HasFailed { get; private set; }

        public bool IsDue(TimeProvider time) => lookedAt is not { } at || time.GetElapsedTime(at) >= source.Interval;

        public void Looked(TimeProvider time, bool hasFailed) => (lookedAt, HasFailed) = (time.GetTimestamp(), hasFailed);
    }

    [LoggerMessage(LogLevel.Information, "Rules: {Lines} about lines, {Alerting} that alert")]
    partial void LogLoaded(int lines, int alerting);

    [LoggerMessage(LogLevel.Information, "Rules have changed: {Lines} about lines, {Alerting} that alert; {Added} are new, {Removed} are gone, {Errors} are skipped")]
    partial void LogChanged(int lines, int alerting, int added, int removed, int errors);

    [LoggerMessage(LogLevel.Warning, "Rule skipped: {Problem}")]
    partial void LogSkipped(string problem);

    [LoggerMessage(LogLevel.Warning, "A rule file can't be read, and its former rules stay: {Problem}")]
    partial void LogKept(string problem);

    [LoggerMessage(LogLevel.Warning, "{Source} has {Count} rule files; only the first {Limit} by name are used")]
    partial void LogTooMany(string source, int count, int limit);

    [LoggerMessage(LogLevel.Error, "{Source}: the rules there can't be read ({Problem}); those that are known stay, and it is tried again")]
    partial void LogFailed(string source, string problem, Exception exception);

    [LoggerMessage(LogLevel.Information, "Alerts go by {File}: {Channels} channels, {Routes} routes")]
    partial void LogPlan(string file, int channels, int routes);

    [LoggerMessage(LogLevel.Error, "Who is told of alerts stays as it was: {Error}")]
    partial void LogPlanRefused(string error);

    [LoggerMessage(LogLevel.Information, "{Source}: the rules there can be read again")]
    partial void LogBack(string source);
}
