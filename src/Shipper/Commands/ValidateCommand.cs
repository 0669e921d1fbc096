using System.CommandLine;
using LogMonitor.Core.Text;
using Microsoft.Extensions.Logging;

namespace LogMonitor.Shipper.Commands;

/// <summary><c>logmonitor-shipper validate</c>.</summary>
static class ValidateCommand
{
    static readonly Option<bool> Offline = new("--offline") { Description = "Leave out the test upload." };

    public static Command Create()
    {
        var command = new Command("validate", """
            Check the configuration: what each pattern matches and whether it can be read, the state directory, and the destination, by uploading the blob HOST/_test, which readers pass over.
            Run it as the service's user (runuser -u logmonitor-shipper -- logmonitor-shipper validate). It changes nothing of a shipper that runs.
            Exit codes: 0 fine, perhaps with warnings; 1 a check failed; 2 bad arguments or configuration.
            """)
        { Offline };
        command.SetAction(RunAsync);
        return command;
    }

    static async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        if (ShipperCommand.Read(arguments, new ConsoleLogger(Console.Error, LogLevel.Information)) is not { } configuration) return ExitCode.BadUsage;
        var findings = new List<Finding> { new(Level.Ok, "config", ShipperCommand.ConfigFile(arguments)) };
        findings.AddRange(Validation.Secrets(ShipperCommand.ConfigFile(arguments), configuration.Destination));
        findings.AddRange(configuration.Options.Files.SelectMany(Validation.Files));
        findings.AddRange(Validation.State(configuration.Options.StateDirectory));
        findings.AddRange(await Validation.HealthAsync(configuration, cancellationToken));
        if (!arguments.GetValue(Offline)) findings.Add(await Validation.DestinationAsync(configuration, cancellationToken));
        foreach (var finding in findings)
        {
            Console.Out.WriteLine($"{finding.Level.ToString().ToLowerInvariant(),-8} {finding.Subject,-12} {DisplayText.From(finding.Text, maxLength: 4_000)}");
            foreach (var detail in finding.Details) Console.Out.WriteLine($"{"",-21} {DisplayText.From(detail, maxLength: 4_000)}");
        }
        return findings.Exists(finding => finding.Level == Level.Failed) ? ExitCode.Failure : ExitCode.Success;
    }
}

enum Level { Ok, Warning, Failed }

/// <summary>What a check found.</summary>
sealed record Finding(Level Level, string Subject, string Text)
{
    public IReadOnlyList<string> Details { get; init; } = [];
}
