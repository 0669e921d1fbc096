using System.CommandLine;
using LogMonitor.Core.Detection;
using LogMonitor.Core.Scanning;
using LogMonitor.Core.Text;
using LogMonitor.Standalone.Scan;

namespace LogMonitor.Standalone.Commands;

/// <summary><c>logmonitor scan</c>: what is in these files, at once and without storage.</summary>
static class ScanCommand
{
    static readonly string[] outputs = ["text", "json", "ndjson"];
    static readonly string[] levels = [.. Enum.GetNames<Level>().Select(name => name.ToLowerInvariant())];

    public static Command Create()
    {
        var files = new Argument<string[]>("FILE") { Description = "Log files, also compressed ones (gzip, zstd). Without any, or with -, standard input.", Arity = ArgumentArity.ZeroOrMore };
        var output = new Option<string>("--output") { Description = "text: a report for people. json: the same as one document. ndjson: an object for each line.", DefaultValueFactory = _ => outputs[0] };
        CommandLineValues.AcceptOnly(output, outputs);
        var format = new Option<string>("--format") { Description = "A format's name, an Apache LogFormat or an nginx log_format string, or auto.", DefaultValueFactory = _ => "auto" };
        var rules = new Option<string[]>("--rules") { Description = "A directory with rules. May be given several times. Without it, the rules that come with LogMonitor." };
        var addRules = new Option<string[]>("--add-rules") { Description = "A directory with rules, overrides or filters that run beside LogMonitor's own, as they would live. May be given several times." };
        var zone = new Option<string>("--timezone") { Description = "The zone of times that name none, such as Europe/Berlin.", DefaultValueFactory = _ => "UTC" };
        var since = new Option<string?>("--since") { Description = "Skip lines before this time: 2026-11-01, 2026-11-01T09:30, 2026-11-01T09:30:00Z." };
        var until = new Option<string?>("--until") { Description = "Skip lines at this time and later." };
        var failOn = new Option<string?>("--fail-on") { Description = $"Exit with 1 when there are alerts of this level or above: {string.Join(", ", levels)}." };
        CommandLineValues.AcceptOnly(failOn, levels);

        var command = new Command("scan", "Analyse log files: lines, classes, the most frequent clients, paths and user agents, matches of rules, and the alerts that they would have raised.")
        {
            files, output, format, rules, addRules, zone, since, until, failOn,
        };
        command.Validators.Add(parsed =>
        {
            if (parsed.GetResult(rules) is not null && parsed.GetResult(addRules) is not null)
                parsed.AddError("--rules replaces LogMonitor's rules, and --add-rules adds to them: give one of the two.");
        });
        command.SetAction((parsed, cancellationToken) => ScanRun.RunAsync(Request(parsed), cancellationToken));
        return command;

        ScanRequest Request(ParseResult parsed)
        {
            var timezone = ScanTimes.FindZone(parsed.GetValue(zone)!);
            var (from, to) = (ScanTimes.Parse("--since", parsed.GetValue(since), timezone), ScanTimes.Parse("--until", parsed.GetValue(until), timezone));
            if (from >= to) throw new UserErrorException($"--since must be before --until: no time lies between {from?.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ} and {to?.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}.");
            var named = parsed.GetValue(files) ?? [];
            // What no option is called goes to the files.
            if (Array.Find(named, name => name.StartsWith('-') && name != ScanInput.Standard && !File.Exists(name)) is { } unknown)
                throw new UserErrorException($"There is no option '{DisplayText.From(unknown, 100)}'. 'logmonitor scan --help' says which there are.");
            return new ScanRequest
            {
                Files = named.Length > 0 ? named : [ScanInput.Standard],
                Output = Enum.Parse<ScanOutput>(parsed.GetValue(output)!, ignoreCase: true),
                Rules = parsed.GetValue(rules) ?? [],
                AddedRules = parsed.GetValue(addRules) ?? [],
                FailOn = parsed.GetValue(failOn) is { } level ? Enum.Parse<Level>(level, ignoreCase: true) : null,
                Options = new ScanOptions
                {
                    Format = parsed.GetValue(format)!,
                    Zone = timezone,
                    Since = from,
                    Until = to,
                },
            };
        }
    }
}
