using System.CommandLine;
using LogMonitor.Core.Alerting.Plans;
using LogMonitor.Core.Text;
using LogMonitor.Standalone.Alerts;

namespace LogMonitor.Standalone.Commands;

/// <summary><c>logmonitor alerts</c>: what is open, who deals with it, silences, and a test of each channel; beside a running instance.</summary>
static class AlertsCommand
{
    static readonly Option<string?> storage = new("--storage") { Description = "The storage account of the instance, as for up. Without it that of 'logmonitor up' on this machine.", Recursive = true };
    static readonly Option<string> data = new("--data") { Description = "The data directory of 'logmonitor up'.", DefaultValueFactory = _ => ".logmonitor", Recursive = true };
    static readonly Option<string> by = new("--by") { Description = "Who; shown with it.", DefaultValueFactory = _ => Environment.UserName };

    public static Command Create() => new("alerts", "List, acknowledge and silence alerts, and test channels.") { storage, data, List(), Show(), Acknowledge(), Silence(), Silences(), Unsilence(), Test() };

    static Command List()
    {
        var all = new Option<bool>("--all") { Description = "Also those that are over, of the last two months." };
        var output = new Option<string>("--output") { Description = "text: a line for each, for people. ndjson: an object for each.", DefaultValueFactory = _ => "text" };
        CommandLineValues.AcceptOnly(output, ["text", "ndjson"]);
        return Run(new("list", "List the open alerts.") { all, output }, (run, parsed, token) => run.ListAsync(parsed.GetValue(all), parsed.GetValue(output) == "ndjson", token));
    }

    static Command Show()
    {
        var id = Id();
        return Run(new("show", "Show an alert with each decision about it.") { id }, (run, parsed, token) => run.ShowAsync(parsed.GetValue(id)!, token));
    }

    static Command Acknowledge()
    {
        var (id, comment) = (Id(), new Option<string?>("--comment") { Description = "What is being done." });
        return Run(new("ack", "Say that somebody deals with an alert: it is not repeated, nor told to others.") { id, comment, by }, (run, parsed, token) => run.AcknowledgeAsync(parsed.GetValue(id)!, parsed.GetValue(by)!, parsed.GetValue(comment), token));
    }

    static Command Silence()
    {
        var match = new Option<string[]>("--match") { Description = "KEY=VALUE: host, rule, level, levelFrom, or a field such as c-ip; values may have * and ?, or be a network. May be given several times: all must hold." };
        var span = new Option<string>("--for") { Description = "How long, such as 30m, 2h or 1d; at most 30 days.", Required = true };
        var comment = new Option<string>("--comment") { Description = "Why.", Required = true };
        return Run(new("silence", "Tell nobody of some alerts for a while.") { match, span, comment, by },
            (run, parsed, token) => run.SilenceAsync(Matcher(parsed.GetValue(match) ?? []), SpanOf(parsed.GetValue(span)!), parsed.GetValue(comment)!, parsed.GetValue(by)!, token));
    }

    static Command Silences() => Run(new("silences", "List silences."), (run, _, token) => run.ListSilencesAsync(token));

    static Command Unsilence()
    {
        var id = new Argument<string>("ID") { Description = "The silence, as 'logmonitor alerts silences' shows it." };
        return Run(new("unsilence", "End a silence.") { id }, (run, parsed, token) => run.EndSilenceAsync(parsed.GetValue(id)!, token));
    }

    static Command Test()
    {
        var channel = new Option<string?>("--channel") { Description = "Which; without it, the channels are listed." };
        return Run(new("test", "Send a sample by a channel. Exits with 1 where it is not taken.") { channel }, (run, parsed, token) => run.TestAsync(parsed.GetValue(channel), token));
    }

    static Argument<string> Id() => new("ALERT") { Description = "Its id, as 'logmonitor alerts list' shows it, or the beginning of it." };

    static AlertMatcher Matcher(string[] terms)
    {
        if (terms.Length == 0) throw new UserErrorException("--match is missing: which alerts, such as --match host=web3; --match 'host=*' is all of them.");
        return new([.. terms.Select(term =>
        {
            if (term.Split('=', 2) is not [var key, { Length: > 0 } value]) throw new UserErrorException($"--match is '{DisplayText.From(term, 80)}', but must be KEY=VALUE, such as host=web3.");
            var read = new MatchTerm(key, [value]);
            return read.Problem is { } problem ? throw new UserErrorException($"--match: {DisplayText.From(problem)}.") : read;
        })]);
    }

    static TimeSpan SpanOf(string text) => AlertPlanReader.TryReadSpan(text, out var span) && span > TimeSpan.Zero
        ? span : throw new UserErrorException($"--for is '{DisplayText.From(text, 40)}', but must be a time of at most 30 days such as 30m, 2h or 1d.");

    static Command Run(Command command, Func<AlertsRun, ParseResult, CancellationToken, Task<int>> run)
    {
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var services = AlertServices.Create(parsed.GetValue(storage), parsed.GetValue(data)!);
            return await AlertsRun.WithStorageAsync(() => run(new AlertsRun(services, Console.Out), parsed, cancellationToken));
        });
        return command;
    }
}
