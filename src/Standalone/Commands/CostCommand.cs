using System.CommandLine;
using System.Globalization;
using LogMonitor.Standalone.Costs;

namespace LogMonitor.Standalone.Commands;

/// <summary><c>logmonitor cost</c>: what Azure would ask for so many hosts.</summary>
static class CostCommand
{
    public static Command Create()
    {
        var hosts = Number("--hosts", "Hosts.", 10, 1, 100_000);
        var gigabytes = Number("--gb-per-day", "Gigabytes of raw lines a day, of all hosts together.", 1m, 0, 1_000_000);
        var flush = Number("--flush", "Seconds between two cuts: chunks.interval of the shippers.", 30, 1, 86_400);
        var streams = Number("--streams", "Logs of each host that are written to all day.", 2, 1, 1_000);
        var evaluate = Number("--evaluate", "Seconds between two evaluations: EvaluateSchedule.", 15, 1, 3_600);
        var retention = Number("--retention-days", "Days for which archives are kept.", 90, 1, 3_650);
        var memory = new Option<string>("--instance-mb") { Description = "Memory of a function instance.", DefaultValueFactory = _ => "512" };
        CommandLineValues.AcceptOnly(memory, ["512", "2048", "4096"]);
        var output = new Option<string>("--output") { Description = "text: for people. json: one document.", DefaultValueFactory = _ => "text" };
        CommandLineValues.AcceptOnly(output, ["text", "json"]);
        var command = new Command("cost", "Estimate what LogMonitor costs a month in Azure, beside Log Analytics.") { hosts, gigabytes, flush, streams, evaluate, retention, memory, output };
        command.SetAction(parsed =>
        {
            var load = new Load(
                parsed.GetValue(hosts), parsed.GetValue(gigabytes), TimeSpan.FromSeconds(parsed.GetValue(flush)), parsed.GetValue(streams), TimeSpan.FromSeconds(parsed.GetValue(evaluate)),
                parsed.GetValue(retention), int.Parse(parsed.GetValue(memory)!, CultureInfo.InvariantCulture));
            if (parsed.GetValue(output) == "json") CostReport.WriteJson(load, Console.Out);
            else CostReport.WriteText(load, Console.Out);
            return 0;
        });
        return command;
    }

    static Option<T> Number<T>(string name, string description, T fallback, T least, T most) where T : struct, IComparable<T>
    {
        var option = new Option<T>(name) { Description = $"{description} {least} to {most}.", DefaultValueFactory = _ => fallback };
        option.Validators.Add(result =>
        {
            if (result.Tokens is not [{ Value: var text }, ..]) return;
            // What is no number has an error of its own.
            if (!decimal.TryParse(text, CultureInfo.InvariantCulture, out var value)) return;
            if (value < Convert.ToDecimal(least, CultureInfo.InvariantCulture) || value > Convert.ToDecimal(most, CultureInfo.InvariantCulture))
                result.AddError($"{name} must be from {least} to {most}, but is {text}.");
        });
        return option;
    }
}
