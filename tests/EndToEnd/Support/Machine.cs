using System.Globalization;
using LogMonitor.Tests.Support;

namespace LogMonitor.EndToEnd.Tests.Support;

/// <summary>
/// One machine with its logs, and <c>logmonitor up</c> on it: the real program, stopped, killed and started again at will. It
/// evaluates each second, so that a test need not wait for the schedule.
/// </summary>
/// <param name="account">The storage account; null for the Azurite that the program starts.</param>
sealed class Machine(string? account, params (string Name, string Value)[] settings) : IAsyncDisposable
{
    /// <summary>For a machine that is busy with other things too.</summary>
    static readonly TimeSpan patience = TimeSpan.FromMinutes(1);

    readonly TemporaryFolder folder = new();
    LogMonitorProcess? program;
    HttpClient? client;

    /// <summary>Whether it has all rules that come with LogMonitor, and not <see cref="FewRules"/> alone.</summary>
    public bool RunsAllRules { get; init; }

    public LogMonitorProcess Program => program!;

    /// <summary>A client of the dashboard.</summary>
    public HttpClient Client => client!;

    public string Data => folder["data"];

    /// <summary>Mails of the folder channel, oldest first.</summary>
    public IReadOnlyList<string> Mails => Directory.Exists(Path.Combine(Data, "mail"))
        ? [.. Directory.EnumerateFiles(Path.Combine(Data, "mail"), "*.eml").Order(StringComparer.Ordinal)] : [];

    /// <summary>The path of a log.</summary>
    public string this[string log] => folder[log];

    /// <summary>Adds lines to a log, in one write.</summary>
    public Task AppendAsync(string log, params IEnumerable<string> lines) => File.AppendAllTextAsync(folder[log], string.Concat(lines.Select(line => line + "\n")));

    /// <summary>Starts it on these logs, or on the samples.</summary>
    public async Task StartAsync(params IEnumerable<string> logs)
    {
        var environment = settings.ToDictionary(setting => setting.Name, string? (setting) => setting.Value);
        environment.TryAdd("EvaluateSchedule", "* * * * * *");
        // The tests' lines are of a fixed day, which is long ago by now.
        environment.TryAdd("Alerts__OldAfter", "00:00:00");
        if (!RunsAllRules)
        {
            Directory.CreateDirectory(folder["rules"]);
            await File.WriteAllTextAsync(folder["rules/few.yml"], FewRules.Yaml);
            (environment["Rules__Defaults"], environment["Rules__Directory"]) = ("false", folder["rules"]);
        }
        if (account is not null) environment["LogStorage"] = account;
        client?.Dispose();
        if (program is not null) await program.DisposeAsync();
        program = LogMonitorProcess.Start(
            ["up", "--port", "0", "--host", "web1", "--data", Data, .. logs.SelectMany(log => (string[])["--log", folder[log]])], environment, folder.Path);
        client = await program.ConnectAsync();
    }

    /// <summary>Ctrl-C; the exit code.</summary>
    public async Task<int> StopAsync()
    {
        await Program.InterruptAsync();
        return await Program.ExitAsync();
    }

    /// <summary>The sums over all reports.</summary>
    public async Task<Totals> TotalsAsync()
    {
        var reports = (await Client.GetJsonAsync("api/reports?take=500", CancellationToken.None)).EnumerateArray().ToList();
        long Sum(string field) => reports.Sum(report => report.GetProperty(field).GetInt64());
        return new(Sum("lines"), Sum("access"), Sum("error"), Sum("unknown"), Sum("quarantined"));
    }

    /// <summary>Waits until the reports hold this many lines; returns their sums, which may be greater.</summary>
    public async Task<Totals> UntilReportedAsync(long lines)
    {
        Totals? totals = null;
        await UntilAsync(string.Create(CultureInfo.InvariantCulture, $"{lines} lines in the reports"), async () => (totals = await TotalsAsync()).Lines >= lines);
        return totals!;
    }

    /// <summary>Waits for evaluations that begin after now, and so have seen all that is ingested now.</summary>
    public async Task UntilEvaluatedAsync()
    {
        var last = await LastReportAsync();
        await UntilAsync("two more evaluations", async () => (await LastReportAsync()) - last > TimeSpan.FromSeconds(1.5));
    }

    /// <summary>Titles of the open alerts, in order.</summary>
    public async Task<IReadOnlyList<string>> OpenAlertsAsync() =>
        [.. (await Client.GetJsonAsync("api/alerts", CancellationToken.None)).EnumerateArray().Select(alert => alert.GetProperty("title").GetString()!).Order(StringComparer.Ordinal)];

    /// <summary>Waits for a condition; fails with what the program printed.</summary>
    public async Task UntilAsync(string what, Func<Task<bool>> condition)
    {
        try
        {
            await Poll.UntilAsync(what, condition, patience);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"{e.Message}\nlogmonitor printed:\n{Program.Output}", e);
        }
    }

    /// <summary>Waits for a condition that can be seen without asking anybody.</summary>
    public Task UntilAsync(string what, Func<bool> condition) => UntilAsync(what, () => Task.FromResult(condition()));

    public async ValueTask DisposeAsync()
    {
        client?.Dispose();
        if (program is not null)
        {
            await program.DisposeAsync();
            // Its Azurite ends by itself, and writes into the folder until then.
            await Poll.UntilAsync("the end of its Azurite", () => Task.FromResult(!LogMonitorProcess.AnyProcessNames(Data)));
        }
        folder.Dispose();
    }

    async Task<DateTimeOffset> LastReportAsync() =>
        (await Client.GetJsonAsync("api/reports?take=1", CancellationToken.None)).EnumerateArray().Select(report => report.GetProperty("time").GetDateTimeOffset()).FirstOrDefault();
}

/// <summary>The sums over all reports.</summary>
sealed record Totals(long Lines, long Access, long Error, long Unknown, long Quarantined);
