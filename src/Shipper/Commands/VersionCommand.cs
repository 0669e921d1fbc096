using System.CommandLine;
using System.Runtime.InteropServices;

namespace LogMonitor.Shipper.Commands;

/// <summary><c>logmonitor-shipper version</c>.</summary>
static class VersionCommand
{
    public static Command Create()
    {
        var command = new Command("version", "Say which version this is.");
        command.SetAction(_ => Console.Out.WriteLine($"logmonitor-shipper {ProductVersion.Text} ({ProductVersion.Platform}, {RuntimeInformation.FrameworkDescription})"));
        return command;
    }
}
