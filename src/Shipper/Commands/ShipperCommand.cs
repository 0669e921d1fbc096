using System.CommandLine;
using LogMonitor.Shipper.Configuration;
using Microsoft.Extensions.Logging;

namespace LogMonitor.Shipper.Commands;

/// <summary>The command line.</summary>
static class ShipperCommand
{
    /// <summary>Of every command.</summary>
    public static readonly Option<string?> Config = new("--config", "-c")
    {
        Description = $"The configuration. Default: {ShipperConfiguration.DefaultFile}.",
        HelpName = "FILE",
        Recursive = true,
    };

    public static async Task<int> RunAsync(string[] args)
    {
        var root = new RootCommand("""
            Follows log files and uploads each line exactly once. Without a command it runs.
            Exit codes: 0 fine; 1 something failed; 2 bad arguments or configuration; 3 (status) not running.
            """)
        {
            Config,
            RunCommand.Create(),
            ValidateCommand.Create(),
            StatusCommand.Create(),
            VersionCommand.Create(),
        };
        RunCommand.MakeDefaultOf(root);
        var arguments = root.Parse(args);
        // 15 s after SIGTERM or SIGINT the process ends in any case: the shipper itself takes at most 10 s.
        var exitCode = await arguments.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(15), EnableDefaultExceptionHandler = false });
        return arguments.Errors.Count > 0 ? ExitCode.BadUsage : exitCode;
    }

    public static string ConfigFile(ParseResult arguments) => arguments.GetValue(Config) ?? ShipperConfiguration.DefaultFile;

    /// <summary>The configuration, or null when it can't be used; why is said.</summary>
    public static ShipperConfiguration? Read(ParseResult arguments, ILogger logger)
    {
        try
        {
            return ConfigurationFile.Read(ConfigFile(arguments));
        }
        catch (ConfigurationException error)
        {
            foreach (var problem in error.Problems) logger.CannotStart(problem.ToString());
            return null;
        }
    }
}
