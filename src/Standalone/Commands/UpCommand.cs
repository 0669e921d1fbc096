using System.CommandLine;
using System.Globalization;
using LogMonitor.Core.Chunks;

namespace LogMonitor.Standalone.Commands;

/// <summary><c>logmonitor up</c>: everything on this machine.</summary>
static class UpCommand
{
    const int DefaultPort = 8686;

    public static Command Create()
    {
        var log = new Option<string[]>("--log") { Description = "A log to follow: a path, or a glob in quotes. May be given several times. Without it the samples are shipped." };
        var storage = new Option<string?>("--storage") { Description = "A storage account: a connection string, or https://ACCOUNT.blob.core.windows.net for a managed identity or az login. Better in the environment variable LogStorage, where no other user sees it. Without either Azurite is started." };
        var data = new Option<string>("--data") { Description = "Where Azurite, positions and mails are kept.", DefaultValueFactory = _ => ".logmonitor" };
        var port = new Option<int>("--port") { Description = "The dashboard's port on 127.0.0.1.", DefaultValueFactory = _ => DefaultPort };
        var host = new Option<string>("--host") { Description = "This machine's name in reports and alerts.", DefaultValueFactory = _ => MachineName() };
        port.Validators.Add(result => { if (result.Tokens is [{ Value: var text }, ..] && !ushort.TryParse(text, CultureInfo.InvariantCulture, out _)) result.AddError($"--port must be a whole number from 0 to 65535, but is '{text}'."); });
        host.Validators.Add(result => { if (!ChunkId.IsHost(result.GetValueOrDefault<string>())) result.AddError($"--host must be letters, digits, '.', '_' and '-', beginning with a letter or digit, but is '{result.GetValueOrDefault<string>()}'."); });

        var command = new Command("up", "Ship logs, ingest, evaluate, alert and show the dashboard, all on this machine. Runs when no command is given.") { log, storage, data, port, host };
        command.SetAction((parsed, cancellationToken) => UpHost.RunAsync(new UpOptions(
            parsed.GetValue(log) ?? [], parsed.GetValue(storage), parsed.GetValue(data)!, parsed.GetValue(port), parsed.GetValue(host)!), cancellationToken));
        return command;
    }

    static string MachineName()
    {
        var name = new string([.. Environment.MachineName.Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' ? c : '-')]).TrimStart('.', '_', '-');
        return name.Length > 0 ? name : "localhost";
    }
}
