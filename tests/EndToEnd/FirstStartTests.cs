using LogMonitor.EndToEnd.Tests.Support;
using LogMonitor.Tests.Support;

namespace LogMonitor.EndToEnd.Tests;

/// <summary>The program on an Azurite of its own, as a newcomer starts it: first, again, and after the worst.</summary>
public sealed class FirstStartTests
{
    /// <summary>What the samples show.</summary>
    static readonly string[] samplesAlerts =
        ["Another protocol on the port for HTTP", "Apache is in trouble", "Burst of 404s", "Request for a sensitive file", "Search for backups", "Search for what tells about the server", "Urgent log entries"];

    [Fact]
    public async Task TheSamplesRaiseAnAlertOfEachKindAndASecondStartGoesOn()
    {
        await using var machine = new Machine(null) { RunsAllRules = true };
        CopySamples(machine);
        await machine.StartAsync("samples/*.log");
        Assert.Equal(new Totals(Lines: 171, Access: 160, Error: 10, Unknown: 1, Quarantined: 0), await machine.UntilReportedAsync(171));
        await machine.UntilAsync("the mails of medium and above", () => machine.Mails.Count == 4);
        Assert.Equal(samplesAlerts, await machine.OpenAlertsAsync());
        Assert.True(LogMonitorProcess.AnyProcessNames(machine.Data));

        Assert.Equal(0, await machine.StopAsync());

        Assert.EndsWith("Stopped. What was shipped and counted is kept; the next start goes on from here.\n", machine.Program.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("error:", machine.Program.Output, StringComparison.Ordinal);
        Assert.False(LogMonitorProcess.AnyProcessNames(machine.Data));

        // What is written while nobody watches is not lost.
        await machine.AppendAsync("samples/access.log", Lines.Access(0, 200), Lines.Access(1, 200));
        await machine.StartAsync("samples/*.log");
        await machine.UntilReportedAsync(173);
        await machine.AppendAsync("samples/error.log", Lines.Error(2, "nothing special"));
        await machine.UntilReportedAsync(174);
        await machine.UntilEvaluatedAsync();

        Assert.Equal(new Totals(Lines: 174, Access: 162, Error: 11, Unknown: 1, Quarantined: 0), await machine.TotalsAsync());
        // The line of the error log is a critical one, a quarter of an hour before the others: an alert of its own, in the cooldown of theirs.
        Assert.Equal(samplesAlerts.Append("Apache is in trouble").Order(StringComparer.Ordinal), await machine.OpenAlertsAsync());
        Assert.Equal(4, machine.Mails.Count);
        Assert.DoesNotContain("Sent by", machine.Program.Output, StringComparison.Ordinal);
        Assert.Equal(0, await machine.StopAsync());
    }

    [Fact]
    public async Task WithoutACommandTheProgramShipsItsSamples()
    {
        using var folder = new TemporaryFolder();
        await using var program = LogMonitorProcess.Start(["--port", "0", "--data", folder["data"]],
            new Dictionary<string, string?> { ["EvaluateSchedule"] = "* * * * * *" }, folder.Path);
        using var client = await program.ConnectAsync();
        await Poll.UntilAsync("the samples' open alerts", async () => (await client.GetJsonAsync("api/alerts", CancellationToken.None)).GetArrayLength() == samplesAlerts.Length, TimeSpan.FromMinutes(1));
        await program.InterruptAsync();
        Assert.Equal(0, await program.ExitAsync());
    }

    [Fact]
    public async Task KilledAnywhereItCountsEachLineOnceAndTellsOnce()
    {
        await using var machine = new Machine(null);
        var written = 0;
        foreach (var killWhen in (Func<Task<bool>>[])
        [
            () => Task.FromResult(true),                                                                                       // as soon as it is up
            () => Task.FromResult(machine.Program.Output.Contains("Ingested", StringComparison.Ordinal)),                        // ingested, perhaps not evaluated
            () => Task.FromResult(machine.Program.Output.Contains("Sent by alerts-folder", StringComparison.Ordinal) || machine.Mails.Count > 0), // while it notifies
        ])
        {
            await WriteAsync();
            await machine.StartAsync("access.log");
            await WriteAsync();
            await machine.UntilAsync("the moment to kill it", killWhen);
            await machine.Program.KillAsync();
        }

        // At once: the Azurite of the killed run is still writing.
        await machine.StartAsync("access.log");
        await WriteAsync();
        await machine.UntilReportedAsync(written);
        await machine.UntilAsync("the mail", () => machine.Mails.Count > 0);
        await machine.UntilEvaluatedAsync();

        Assert.Equal(new Totals(Lines: written, Access: written, Error: 0, Unknown: 0, Quarantined: 0), await machine.TotalsAsync());
        var counts = await machine.Client.GetJsonAsync("api/counts?minutes=60", CancellationToken.None);
        Assert.Equal(written, counts.GetProperty("minutes").EnumerateArray().Sum(minute => minute.GetProperty("access").GetInt64()));
        Assert.Equal(["Burst of 404s"], await machine.OpenAlertsAsync());
        Assert.Single(machine.Mails);
        Assert.Equal(0, await machine.StopAsync());
        Assert.False(LogMonitorProcess.AnyProcessNames(machine.Data));

        Task WriteAsync()
        {
            var lines = Enumerable.Range(written, 6).Select(i => Lines.Access(i, 404, $"/{i}")).ToList();
            written += lines.Count;
            return machine.AppendAsync("access.log", lines);
        }
    }

    static void CopySamples(Machine machine)
    {
        Directory.CreateDirectory(machine["samples"]);
        foreach (var name in (string[])["access.log", "error.log"]) File.Copy(Repository.PathOf($"samples/{name}"), machine[$"samples/{name}"]);
    }
}
