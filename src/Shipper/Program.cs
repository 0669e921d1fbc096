using LogMonitor.Shipper.Commands;

return await ShipperCommand.RunAsync(args);
