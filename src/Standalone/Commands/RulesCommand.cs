using System.CommandLine;
using LogMonitor.Standalone.Rules;

namespace LogMonitor.Standalone.Commands;

/// <summary><c>logmonitor rules check|test|list</c>: what rules there are, and whether they are right.</summary>
static class RulesCommand
{
    public static Command Create() => new("rules", "Check, test and list rules.")
    {
        Create("check", "Count the rules that load, and say of the others what is wrong. Exits with 2 where any is.", hasOutput: true, (run, _) => Task.FromResult(run.Check())),
        Create("test", "Run the tests that stand beside the rules, in files named *.test.yml. Exits with 1 where one fails.", hasOutput: false, (run, cancellationToken) => run.TestAsync(cancellationToken)),
        Create("list", "List the rules, with their levels and conditions.", hasOutput: true, (run, _) => Task.FromResult(run.List())),
    };

    static Command Create(string name, string description, bool hasOutput, Func<RulesRun, CancellationToken, Task<int>> run)
    {
        var directories = new Argument<string[]>("DIR") { Description = "Directories with rules. Without any, the rules that come with LogMonitor.", Arity = ArgumentArity.ZeroOrMore };
        var output = new Option<string>("--output") { Description = "text: for people. json: one document.", DefaultValueFactory = _ => "text" };
        CommandLineValues.AcceptOnly(output, ["text", "json"]);
        var command = new Command(name, description) { directories };
        if (hasOutput) command.Add(output);
        command.SetAction((parsed, cancellationToken) =>
            run(new RulesRun(parsed.GetValue(directories) ?? [], hasOutput && parsed.GetValue(output) == "json", Console.Out, Console.Error), cancellationToken));
        return command;
    }
}
