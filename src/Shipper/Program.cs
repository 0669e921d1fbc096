using System.CommandLine;
using LogMonitor.Shipper.Commands;

var arguments = new RootCommand("Follows log files and uploads each line exactly once.") { RunCommand.Create() }.Parse(args);
// 15 s after SIGTERM or SIGINT the process ends in any case: the shipper itself takes at most 10 s.
var exitCode = await arguments.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(15) });
return arguments.Errors.Count > 0 ? RunCommand.BadArguments : exitCode;
