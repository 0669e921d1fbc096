using System.Text;
using LogMonitor.Core.Detection;
using LogMonitor.Core.Parsing;
using YamlDotNet.RepresentationModel;

namespace LogMonitor.Core.Tests.Detection.SigmaHq;

/// <summary>
/// SigmaHQ's own rules, which are not ours to redistribute: LOGMONITOR_CORPUS names a folder with a folder <c>sigma</c> of them. Without it
/// these tests are skipped.
/// </summary>
public sealed class SigmaHqTests
{
    /// <summary>More than any list of values has.</summary>
    const int Alternatives = 60;

    static IReadOnlyList<(string File, string Yaml)> Files()
    {
        var corpus = Environment.GetEnvironmentVariable("LOGMONITOR_CORPUS");
        Assert.SkipWhen(string.IsNullOrEmpty(corpus), "LOGMONITOR_CORPUS names no corpus.");
        return [.. Directory.EnumerateFiles(Path.Combine(corpus!, "sigma"), "*.yml", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(file => (Path.GetFileName(file), File.ReadAllText(file)))];
    }

    [Fact]
    public void EachRuleLoads()
    {
        var rules = SigmaLoader.Load(Files());
        Assert.Empty(rules.Errors);
        Assert.Equal(Files().Count, rules.Events.Count);
    }

    [Fact]
    public void EachRuleMatchesWhatItDescribesAndNotWhatMissesItByACharacter()
    {
        var files = Files();
        var all = SigmaLoader.Load(files);
        var failures = new List<string>();
        foreach (var (file, yaml) in files)
        {
            var stream = new YamlStream();
            stream.Load(new StringReader(yaml));
            for (var i = 0; i < Alternatives; i++)
            {
                var (positive, nearMiss) = ExampleLine.Of((YamlMappingNode)stream.Documents[0].RootNode, i);
                if (!Hits(all, positive).Contains(file)) failures.Add($"{file} misses {positive}");
                if (Hits(all, nearMiss).Contains(file)) failures.Add($"{file} matches {nearMiss}");
            }
        }
        Assert.True(failures.Count == 0, string.Join('\n', failures.Distinct()));
    }

    static HashSet<string> Hits(RuleSet rules, string text)
    {
        new LineParser(new ParserOptions { ReferenceTime = new DateTimeOffset(2026, 11, 1, 12, 0, 0, TimeSpan.Zero) }).Parse(Encoding.UTF8.GetBytes(text), out var line);
        var sink = new Hit();
        new LineMatcher(rules).Match(line, sink);
        return [.. sink.Rules.Select(rule => rules.Events[rule].File)];
    }

    sealed class Hit : IMatchSink
    {
        public List<int> Rules { get; } = [];
        public void OnEvent(int rule) => Rules.Add(rule);
        public void OnMatch(int window, int rule, in LogLine line) { }
    }
}
