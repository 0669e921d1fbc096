using System.CommandLine;
using LogMonitor.Shipper.Configuration;
using Microsoft.Extensions.Logging;

namespace LogMonitor.Shipper.Commands;

/// <summary><c>logmonitor-shipper run</c>.</summary>
static class RunCommand
{
    static readonly Option<string[]> Logs = new("--log", "-l")
    {
        Description = "Instead of a configuration: a log file to follow, or a quoted pattern ('/var/log/nginx/*.log'; * and ? within a name, ** any depth). STREAM=PATH names the stream. Repeatable.",
        HelpName = "PATH",
        AllowMultipleArgumentsPerToken = true,
    };

    static readonly Option<string> Host = new("--host")
    {
        Description = "With --log: this host's name in the chunks.",
        HelpName = "NAME",
        DefaultValueFactory = _ => StreamNames.HostOf(Environment.MachineName),
    };

    static readonly Option<string?> ContainerUrl = new("--container-url")
    {
        Description = "With --log: the blob container, such as https://ACCOUNT.blob.core.windows.net/incoming, with a SAS if it needs one; without, the machine's Azure identity is used. Taken from the environment variable LOGMONITOR_CONTAINER_URL when absent, where other users of the machine can't see a SAS.",
        HelpName = "URL",
    };

    static readonly Option<string?> ConnectionStringVariable = new("--connection-string-env")
    {
        Description = "With --log: the environment variable that holds a storage connection string (for Azurite, say), instead of a container URL.",
        HelpName = "NAME",
    };

    static readonly Option<string> Container = new("--container")
    {
        Description = "With --connection-string-env: the container.",
        HelpName = "NAME",
        DefaultValueFactory = _ => "incoming",
    };

    static readonly Option<string> State = new("--state")
    {
        Description = "With --log: the directory where positions are kept.",
        HelpName = "DIR",
        DefaultValueFactory = _ => ShipperConfiguration.DefaultStateDirectory,
    };

    static readonly Option<double> Flush = new("--flush")
    {
        Description = "With --log: the longest that complete lines wait, in seconds.",
        HelpName = "SECONDS",
        DefaultValueFactory = _ => 30,
    };

    static readonly Option<string> TimeZone = new("--timezone")
    {
        Description = "With --log: the zone of times in the logs that name none, such as Europe/Berlin.",
        HelpName = "NAME",
        DefaultValueFactory = _ => TimeZoneInfo.Local.Id,
    };

    static readonly Option<bool> Once = new("--once") { Description = "Ship what is there and end." };

    static readonly Option<bool> Verbose = new("--verbose", "-v") { Description = "Say each chunk." };

    static readonly Option[] configured = [Host, ContainerUrl, ConnectionStringVariable, Container, State, Flush, TimeZone];

    public static Command Create()
    {
        var command = new Command("run", """
            Follow log files and ship them until stopped (SIGTERM, SIGINT). SIGHUP reads the configuration again.
            Exit codes: 0 stopped, or all shipped with --once; 1 it could not start, or with --once something could not be shipped; 2 bad arguments or configuration.
            """);
        Fill(command);
        return command;
    }

    /// <summary>The same without the word.</summary>
    public static void MakeDefaultOf(Command root) => Fill(root);

    static void Fill(Command command)
    {
        foreach (var option in (Option[])[Once, Verbose, Logs, .. configured]) command.Options.Add(option);
        command.SetAction(RunAsync);
    }

    static async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var logger = new ConsoleLogger(Console.Error, arguments.GetValue(Verbose) ? LogLevel.Debug : LogLevel.Information);
        if (Configured(arguments, logger) is not { } created) return ExitCode.BadUsage;
        await using var agent = created;
        try
        {
            if (!arguments.GetValue(Once))
            {
                await agent.RunAsync(cancellationToken);
                return ExitCode.Success;
            }
            var summary = await agent.RunOnceAsync(cancellationToken);
            logger.ShippedOnce(summary.Lines, summary.Bytes, summary.Chunks, summary.Problems);
            return summary.Problems == 0 ? ExitCode.Success : ExitCode.Failure;
        }
        catch (ShipperException error)
        {
            logger.CannotStart(error.Message);
            return ExitCode.Failure;
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Failure;
        }
    }

    static Agent? Configured(ParseResult arguments, ILogger logger)
    {
        try
        {
            var hasLogs = arguments.GetValue(Logs) is { Length: > 0 };
            return (hasLogs ? FromArguments(arguments) : FromFile(arguments, logger)) is { } configuration
                ? new Agent(configuration, hasLogs ? null : ShipperCommand.ConfigFile(arguments), TimeProvider.System, logger)
                : null;
        }
        catch (ShipperException error)
        {
            logger.CannotStart(error.Message);
            return null;
        }
    }

    static ShipperConfiguration? FromFile(ParseResult arguments, ILogger logger)
    {
        if (configured.FirstOrDefault(option => arguments.GetResult(option) is { Implicit: false }) is { } stray)
            throw new ShipperException($"{stray.Name} goes with --log: what a configuration says is not changed by arguments.");
        return ShipperCommand.Read(arguments, logger);
    }

    static ShipperConfiguration FromArguments(ParseResult arguments)
    {
        if (arguments.GetValue(ShipperCommand.Config) is not null) throw new ShipperException("Both --config and --log are given: name one of them.");
        var options = new ShipperOptions
        {
            Host = arguments.GetValue(Host)!,
            Files = [.. arguments.GetValue(Logs)!.Select(Followed)],
            StateDirectory = arguments.GetValue(State)!,
            FlushInterval = Seconds(arguments.GetValue(Flush)),
            Zone = arguments.GetValue(TimeZone)!,
        };
        var destination = Destination.FromArguments(
            arguments.GetValue(ContainerUrl), arguments.GetValue(ConnectionStringVariable), arguments.GetValue(Container)!, Environment.GetEnvironmentVariable);
        return new ShipperConfiguration(options, destination, Listen: null);
    }

    // A path with '=' in it begins with '/' or '.', a stream name never does.
    internal static FollowedPath Followed(string argument) => argument.IndexOf('=', StringComparison.Ordinal) is > 0 and var at && argument[0] is not ('/' or '.')
        ? new FollowedPath(argument[(at + 1)..], argument[..at])
        : new FollowedPath(argument);

    static TimeSpan Seconds(double seconds) => seconds is > 0 and <= 86_400
        ? TimeSpan.FromSeconds(seconds)
        : throw new ShipperException($"--flush {seconds} is out of range: use more than 0 and at most 86400 seconds.");
}
