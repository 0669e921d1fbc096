using System.Text;
using CsCheck;
using LogMonitor.Core.Detection;
using LogMonitor.Core.Parsing;
using LogMonitor.Core.Tests.Scanning;

namespace LogMonitor.Core.Tests.Detection.Reference;

/// <summary>The compiled engine, prefilter and all, agrees with one that does what the specification says, step by step.</summary>
public sealed class ReferenceTests
{
    [Fact]
    public void CompiledRulesMatchWhatTheNaiveOnesDo() =>
        // More rules than a word of a bit set, and more texts than one search takes.
        Gen.Select(NaiveGen.Rule.Array[1, 90], NaiveGen.Line.Array[1, 20]).Sample((rules, lines) =>
        {
            var compiled = SigmaLoader.Load([("r.yml", string.Join("---\n", rules.Select((rule, i) => rule.Yaml(i))))]);
            Assert.Empty(compiled.Errors);
            var parser = Some.Parser();
            parser.Parse(Encoding.UTF8.GetBytes(NaiveLine.W3CHeader), out _);
            var matcher = new LineMatcher(compiled);
            foreach (var line in lines)
            {
                parser.Parse(Encoding.UTF8.GetBytes(line.ToString()), out var parsed);
                Assert.Equal(LineClass.Access, parsed.Class);
                var hits = new Hits();
                matcher.Match(parsed, hits);
                for (var i = 0; i < rules.Length; i++)
                    Assert.True(rules[i].IsMatch(line) == hits.Rules.Contains(i), $"{line}\nshould {(rules[i].IsMatch(line) ? "" : "not ")}match\n{rules[i].Yaml(i)}");
            }
        }, iter: 60);

    [Fact]
    public void AboutHalfOfTheComparisonsAreOfRulesThatMatch()
    {
        // Or the agreement above would mean nothing.
        var matched = 0;
        var compared = 0;
        Gen.Select(NaiveGen.Rule, NaiveGen.Line).Sample((rule, line) =>
        {
            Interlocked.Increment(ref compared);
            if (rule.IsMatch(line)) Interlocked.Increment(ref matched);
        }, iter: 2_000);
        Assert.InRange((double)matched / compared, 0.2, 0.8);
    }

    sealed class Hits : IMatchSink
    {
        public HashSet<int> Rules { get; } = [];
        public void OnEvent(int rule) => Rules.Add(rule);
        public void OnMatch(int window, int rule, in LogLine line) { }
    }
}
