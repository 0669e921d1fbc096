using System.CommandLine;
using Microsoft.Extensions.Logging;

namespace LogMonitor.Shipper.Commands;

/// <summary><c>logmonitor-shipper run</c>.</summary>
static class RunCommand
{
    public const int Success = 0, Incomplete = 1, BadArguments = 2;

    static readonly Option<string[]> Logs = new("--log", "-l")
    {
        Description = "A log file to follow, or a quoted pattern ('/var/log/nginx/*.log'; * and ? within a name, ** any depth). STREAM=PATH names the stream. Repeatable.",
        HelpName = "PATH",
        Required = true,
        AllowMultipleArgumentsPerToken = true,
    };

    static readonly Option<string> Host = new("--host")
    {
        Description = "This host's name in the chunks.",
        HelpName = "NAME",
        DefaultValueFactory = _ => StreamNames.HostOf(Environment.MachineName),
    };

    static readonly Option<string?> ContainerUrl = new("--container-url")
    {
        Description = "The blob container, such as https://ACCOUNT.blob.core.windows.net/incoming, with a SAS if it needs one; without, the machine's Azure identity is used. Taken from the environment variable LOGMONITOR_CONTAINER_URL when absent, where other users of the machine can't see a SAS.",
        HelpName = "URL",
    };

    static readonly Option<string?> ConnectionStringVariable = new("--connection-string-env")
    {
        Description = "The environment variable that holds a storage connection string (for Azurite, say), instead of a container URL.",
        HelpName = "NAME",
    };

    static readonly Option<string> Container = new("--container")
    {
        Description = "The container, with a connection string.",
        HelpName = "NAME",
        DefaultValueFactory = _ => "incoming",
    };

    static readonly Option<string> State = new("--state")
    {
        Description = "The directory where positions are kept.",
        HelpName = "DIR",
        DefaultValueFactory = _ => "/var/lib/logmonitor-shipper",
    };

    static readonly Option<double> Flush = new("--flush")
    {
        Description = "The longest that complete lines wait, in seconds.",
        HelpName = "SECONDS",
        DefaultValueFactory = _ => 30,
    };

    static readonly Option<string> TimeZone = new("--timezone")
    {
        Description = "The zone of times in the logs that name none, such as Europe/Berlin.",
        HelpName = "NAME",
        DefaultValueFactory = _ => TimeZoneInfo.Local.Id,
    };

    static readonly Option<bool> Once = new("--once") { Description = "Ship what is there and end." };

    static readonly Option<bool> Verbose = new("--verbose", "-v") { Description = "Say each chunk." };

    public static Command Create()
    {
        var command = new Command("run", """
            Follow log files and ship them until stopped (SIGTERM, SIGINT).
            Exit codes: 0 stopped, or all shipped with --once; 1 it could not start, or with --once something could not be shipped; 2 bad arguments.
            """)
        {
            Logs, Host, ContainerUrl, ConnectionStringVariable, Container, State, Flush, TimeZone, Once, Verbose,
        };
        command.SetAction(RunAsync);
        return command;
    }

    static async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var logger = new ConsoleLogger(Console.Error, arguments.GetValue(Verbose) ? LogLevel.Debug : LogLevel.Information);
        ShipperService shipper;
        try
        {
            var container = Destination.Open(
                arguments.GetValue(ContainerUrl), arguments.GetValue(ConnectionStringVariable), arguments.GetValue(Container)!, Environment.GetEnvironmentVariable);
            var options = new ShipperOptions
            {
                Host = arguments.GetValue(Host)!,
                Files = [.. arguments.GetValue(Logs)!.Select(Followed)],
                StateDirectory = arguments.GetValue(State)!,
                FlushInterval = Seconds(arguments.GetValue(Flush)),
                Zone = arguments.GetValue(TimeZone)!,
            };
            shipper = new ShipperService(options, container, TimeProvider.System, logger);
        }
        catch (ShipperException error)
        {
            logger.CannotStart(error.Message);
            return BadArguments;
        }
        try
        {
            if (!arguments.GetValue(Once))
            {
                await shipper.RunAsync(cancellationToken);
                return Success;
            }
            var summary = await shipper.RunOnceAsync(cancellationToken);
            logger.ShippedOnce(summary.Lines, summary.Bytes, summary.Chunks, summary.Problems);
            return summary.Problems == 0 ? Success : Incomplete;
        }
        catch (ShipperException error)
        {
            logger.CannotStart(error.Message);
            return Incomplete;
        }
        catch (OperationCanceledException)
        {
            return Incomplete;
        }
    }

    // A path with '=' in it begins with '/' or '.', a stream name never does.
    internal static FollowedPath Followed(string argument) => argument.IndexOf('=', StringComparison.Ordinal) is > 0 and var at && argument[0] is not ('/' or '.')
        ? new FollowedPath(argument[(at + 1)..], argument[..at])
        : new FollowedPath(argument);

    static TimeSpan Seconds(double seconds) => seconds is > 0 and <= 86_400
        ? TimeSpan.FromSeconds(seconds)
        : throw new ShipperException($"--flush {seconds} is out of range: use more than 0 and at most 86400 seconds.");
}
