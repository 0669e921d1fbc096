using System.CommandLine;
using System.CommandLine.Invocation;

namespace LogMonitor.Standalone.Commands;

/// <summary>The command line: <c>logmonitor up</c>, which is also what runs without a command, <c>logmonitor scan</c>, <c>logmonitor rules</c>, <c>logmonitor alerts</c>, <c>logmonitor hosts</c> and <c>logmonitor cost</c>.</summary>
static class LogMonitorCommand
{
    /// <summary>What is for the program as a whole; other options without a command are meant for <c>up</c>.</summary>
    static readonly string[] ownOptions = ["-?", "-h", "--help", "--version"];

    /// <summary>0: done. 1: failed, or found what it was told to fail on. 2: wrong arguments, settings or files.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        var root = new RootCommand("LogMonitor watches web servers' logs and tells people when something is wrong.") { UpCommand.Create(), ScanCommand.Create(), RulesCommand.Create(), AlertsCommand.Create(), HostsCommand.Create(), CostCommand.Create() };
        try
        {
            var parsed = root.Parse(args is [] || (args[0].StartsWith('-') && !ownOptions.Contains(args[0])) ? ["up", .. args] : args);
            if (parsed.Action is ParseErrorAction) return await ExplainAsync(parsed);
            // The host handles Ctrl-C and SIGTERM itself, and takes the time it needs to end in good order.
            return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null, EnableDefaultExceptionHandler = false });
        }
        catch (UserErrorException e)
        {
            await Console.Error.WriteLineAsync("logmonitor: " + e.Message);
            return 2;
        }
    }

    /// <summary>What is wrong with the command line. Not the help as well: it would hide that, and stand where a script expects the result.</summary>
    static async Task<int> ExplainAsync(ParseResult parsed)
    {
        foreach (var error in parsed.Errors) await Console.Error.WriteLineAsync($"logmonitor: {error.Message}");
        var command = parsed.CommandResult.Command is RootCommand ? "" : $" {parsed.CommandResult.Command.Name}";
        await Console.Error.WriteLineAsync($"'logmonitor{command} --help' says what there is.");
        return 2;
    }
}
