using System.CommandLine;
using LogMonitor.Shipper.Commands;

// 15 s after SIGTERM or SIGINT the process ends in any case: the shipper itself takes at most 10 s.
return await new RootCommand("Follows log files and uploads each line exactly once.") { RunCommand.Create() }
    .Parse(args)
    .InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(15) });
