using LogMonitor.Core.Detection;
using LogMonitor.Core.RuleTests;
using LogMonitor.Tests.Support;

namespace LogMonitor.Core.Tests.RuleTests;

/// <summary>The rules of the repository, by the tests that stand beside them.</summary>
public sealed class ShippedRulesTests
{
    static readonly RuleSet rules = SigmaLoader.Load(Files().Where(file => !RuleTestReader.IsTestFile(file.File)));

    static readonly Dictionary<string, RuleTestCase> cases = ReadCases();

    public static TheoryData<string> Cases => [.. cases.Keys];

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task EachCaseIsAsExpected(string name) => Assert.Empty(await new RuleTestRunner(rules).RunAsync(cases[name], TestContext.Current.CancellationToken));

    [Fact]
    public void EachRuleLoads() => Assert.Empty(rules.Errors);

    [Fact]
    public void EachFileHasTests() => Assert.Empty(rules.Events.Select(rule => rule.File).Concat(rules.Windows.Select(rule => rule.File)).Except(cases.Values.Select(test => test.RuleFile)));

    [Fact]
    public void EachRuleThatAlertsIsSeenToAlert() =>
        Assert.Empty(rules.Windows.Where(rule => rule.Alerts).Select(rule => rule.Id).Except(cases.Values.SelectMany(test => test.Alerts).Select(alert => alert.Rule)).Select(id => rules.FindWindow(id).Title));

    [Fact]
    public void EachRuleThatAlertsSaysWhatPeopleNeed()
    {
        foreach (var rule in rules.Windows.Where(rule => rule.Alerts))
        {
            Assert.True(Guid.TryParse(rule.Id.Value, out _), $"{rule.Title}: its id is no UUID");
            Assert.False(string.IsNullOrWhiteSpace(rule.About.Description), $"{rule.Title}: no description");
            Assert.False(string.IsNullOrWhiteSpace(rule.About.Status), $"{rule.Title}: no status");
            Assert.True(rule.About.FalsePositives.Count > 0, $"{rule.Title}: no false positives are named");
        }
    }

    [Fact]
    public void TitlesAreUnique() => Assert.Empty(rules.Windows.Where(rule => rule.Alerts).GroupBy(rule => rule.Title).Where(same => same.Count() > 1).Select(same => same.Key));

    static Dictionary<string, RuleTestCase> ReadCases()
    {
        var errors = new List<RuleError>();
        var read = Files().Where(file => RuleTestReader.IsTestFile(file.File)).SelectMany(file => RuleTestReader.Read(file.File, file.Yaml, rules, errors)).ToList();
        return errors.Count == 0 ? read.ToDictionary(test => $"{test.File}:{test.Line} {test.Name}") : throw new InvalidDataException(string.Join('\n', errors));
    }

    static IEnumerable<(string File, string Yaml)> Files() =>
        Directory.EnumerateFiles(Repository.PathOf("rules"), "*.yml").Order(StringComparer.Ordinal).Select(path => (Path.GetFileName(path), File.ReadAllText(path)));
}
