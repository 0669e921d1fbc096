using LogMonitor.Standalone.Commands;

return await LogMonitorCommand.RunAsync(args);
