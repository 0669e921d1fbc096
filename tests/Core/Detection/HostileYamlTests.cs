using System.Diagnostics;
using LogMonitor.Core.Detection;
using LogMonitor.Core.Tests.Pipeline;

namespace LogMonitor.Core.Tests.Detection;

/// <summary>Whatever a file holds, the loader says what is wrong with it and goes on.</summary>
public sealed class HostileYamlTests
{
    static readonly string[] fragments =
    [
        "[", "]", "{", "}", ": ", "- ", "? ", "&a ", "*a", "!!str ", "!<x> ", "|\n", ">-\n", "'", "\"", "\"\\U0011FFFF\"", "\"\\xZZ\"", "---\n", "...\n", "%YAML 9.9\n",
        "\t", "\n", "#", "\0", "\uFFFE", "\uD800", "~", "null", "9999999999999999999", "-1", "<<: ", "condition", "correlation: ", "rules", "1 of *", "not (", "sc-status|all",
    ];

    [Fact]
    public void MutatedRulesNeverThrow()
    {
        var random = new Random(20261101);
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed < TimeSpan.FromSeconds(1))
        {
            var yaml = TestPipeline.Rules;
            for (var edits = random.Next(1, 8); edits > 0; edits--)
            {
                var at = random.Next(yaml.Length + 1);
                yaml = random.Next(3) switch
                {
                    0 => yaml.Insert(at, fragments[random.Next(fragments.Length)]),
                    1 => yaml.Remove(at, Math.Min(random.Next(20), yaml.Length - at)),
                    _ => yaml.Insert(at, yaml.Substring(random.Next(yaml.Length / 2), random.Next(yaml.Length / 2))),
                };
            }
            var failure = Record.Exception(() => SigmaLoader.Load([("fuzz.yml", yaml)]));
            Assert.True(failure is null, $"{failure}\nfor:\n{yaml}");
        }
    }

    public static TheoryData<string> Traps => new()
    {
        "a: &a [x, x, x]\nb: &b [*a, *a, *a]\nc: &c [*b, *b, *b]",
        "&a {detection: *a}",
        "? &a [*a]\n: x",
        new string('[', 500_000),
        string.Concat(Enumerable.Repeat("{a: ", 250_000)),
        string.Concat(Enumerable.Repeat("- ", 500_000)),
        string.Concat(Enumerable.Repeat("? ", 500_000)),
    };

    [Theory]
    [MemberData(nameof(Traps))]
    public void NestingAndAliasesAreRefusedInTime(string yaml)
    {
        var watch = Stopwatch.StartNew();
        Assert.Single(SigmaLoader.Load([("trap.yml", yaml)]).Errors);
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(10));
    }
}
