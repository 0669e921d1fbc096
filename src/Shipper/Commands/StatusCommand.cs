using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using LogMonitor.Core.Text;
using LogMonitor.Shipper.Configuration;
using LogMonitor.Shipper.Following;
using LogMonitor.Shipper.Health;
using LogMonitor.Shipper.State;
using Microsoft.Extensions.Logging;

namespace LogMonitor.Shipper.Commands;

/// <summary><c>logmonitor-shipper status</c>.</summary>
static class StatusCommand
{
    static readonly Option<bool> Json = new("--json") { Description = "As JSON, for programs." };

    public static Command Create()
    {
        var command = new Command("status", """
            Show the followed files, how far each is shipped, what is wrong, and whether the shipper runs. Asks the running one, else reads its state directory.
            Exit codes: 0 it runs without trouble; 1 it runs with troubles; 2 bad arguments or configuration; 3 it does not run (or 'health.listen' is none, and it can't be asked).
            """)
        { Json };
        command.SetAction(RunAsync);
        return command;
    }

    static async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var logger = new ConsoleLogger(Console.Error, LogLevel.Information);
        if (ShipperCommand.Read(arguments, logger) is not { } configuration) return ExitCode.BadUsage;
        ShipperStatus status;
        try
        {
            status = (configuration.Listen is { } address ? await StatusClient.ReadAsync(address, cancellationToken) : null) ?? OfState(configuration);
        }
        catch (ShipperException error)
        {
            logger.CannotStart(error.Message);
            return ExitCode.Failure;
        }
        if (arguments.GetValue(Json)) Console.Out.WriteLine(JsonSerializer.Serialize(status, StatusJson.Default.ShipperStatus));
        else foreach (var line in Lines(status)) Console.Out.WriteLine(line);
        return !status.Running ? ExitCode.NotRunning : status.Troubles.Count > 0 ? ExitCode.Failure : ExitCode.Success;
    }

    /// <summary>What the state directory tells of a shipper that does not answer.</summary>
    static ShipperStatus OfState(ShipperConfiguration configuration) => new()
    {
        Version = ProductVersion.Text,
        Host = configuration.Options.Host,
        At = DateTimeOffset.UtcNow,
        Files = [.. StateReader.Read(configuration.Options.StateDirectory).Where(entry => !entry.State.Done).OrderBy(entry => entry.State.Path, StringComparer.Ordinal).Select(Describe)],
    };

    static FileStatus Describe((FileState State, DateTimeOffset Saved) entry)
    {
        var (state, saved) = entry;
        var isThere = LinuxFile.Stat(state.Path, out var stat) == 0 && stat.Identity.Inode == state.Identity.Inode;
        var lag = isThere ? Math.Max(0, stat.Size - state.Offset) : 0;
        return new FileStatus
        {
            Path = state.Path,
            Stream = state.Stream,
            Generation = state.Generation,
            Offset = state.Offset,
            Size = isThere ? stat.Size : state.Offset,
            LagBytes = lag,
            // At most: nothing has been stored since then.
            LagSeconds = lag > 0 ? Math.Round((DateTimeOffset.UtcNow - saved).TotalSeconds, 1) : 0,
            Rotated = !isThere,
            Error = isThere ? null : "no longer under this name: looked for at the next start",
        };
    }

    static IEnumerable<string> Lines(ShipperStatus status)
    {
        yield return status.Running
            ? $"Running as process {status.ProcessId} since {Time(status.StartedAt)} on {status.Host}, version {status.Version}."
            : $"Not running (or it does not answer). What the state directory says, for {status.Host}:";
        if (status.Running)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"Shipped since then: {status.Lines:N0} lines, {Amount.OfBytes(status.Bytes)}, in {status.Chunks:N0} chunks ({Amount.OfBytes(status.UploadedBytes)} uploaded). Last upload: {Time(status.LastUploadAt)}; last heartbeat: {Time(status.LastHeartbeatAt)}.");
            if (status.LostBytes > 0) yield return $"Lost: {Amount.OfBytes(status.LostBytes)} of followed files were gone before they were shipped; the log says which.";
            if (status.LastError is { } error) yield return $"Last error: {Time(error.At)} {DisplayText.From(error.Message, 1_000)}";
        }
        yield return "";
        foreach (var line in Table(status.Files)) yield return line;
        foreach (var trouble in status.Troubles) yield return $"trouble: {DisplayText.From(trouble, 1_000)}";
        foreach (var note in status.Notes) yield return $"note: {DisplayText.From(note, 1_000)}";
    }

    static IEnumerable<string> Table(IReadOnlyList<FileStatus> files)
    {
        if (files.Count == 0) return ["No files."];
        string[][] rows =
        [
            ["FILE", "STREAM", "OFFSET", "SIZE", "LAG", "WAITING", "STATE"],
            .. files.Select(file => new[]
            {
                DisplayText.From(file.Path).ToString(), file.Stream, file.Offset.ToString(CultureInfo.InvariantCulture), file.Size.ToString(CultureInfo.InvariantCulture),
                Amount.OfBytes(file.LagBytes), file.LagSeconds > 0 ? Amount.OfSeconds(file.LagSeconds) : "-",
                DisplayText.From(file.Error ?? (file.Deleted ? "deleted, being shipped" : file.Rotated ? "rotated, being shipped" : "ok")).ToString(),
            }),
        ];
        var widths = Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length)).ToArray();
        return rows.Select(row => string.Join("  ", row.Select((cell, column) => column is >= 2 and <= 5 ? cell.PadLeft(widths[column]) : cell.PadRight(widths[column]))).TrimEnd());
    }

    static string Time(DateTimeOffset? time) => time is { } t ? t.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture) : "never";
}
