using LogMonitor.Tests.Support;
using YamlDotNet.RepresentationModel;

namespace LogMonitor.Infra.Tests;

/// <summary>The templates compile, and make what they made before unless that was meant to change.</summary>
public class TemplateTests
{
    public static TheoryData<string> Templates { get; } =
        [.. Directory.EnumerateFiles(Repository.PathOf("infra"), "*.bicep", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(Repository.PathOf("infra"), path)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Templates))]
    public async Task EachTemplateCompilesWithoutAWarning(string template)
    {
        var (exit, _, errors) = await Bicep.RunAsync("build", template, "--stdout");
        Assert.Equal((0, ""), (exit, errors.Trim()));
        (exit, var said, errors) = await Bicep.RunAsync("lint", template);
        Assert.Equal((0, ""), (exit, (said + errors).Trim()));
    }

    [Theory]
    [InlineData("main")]
    [InlineData("private")]
    public async Task WhatIsMadeIsAsItWasRecorded(string variant)
    {
        var (exit, said, errors) = await Bicep.SnapshotAsync(Repository.PathOf("infra"), $"{variant}.test.bicepparam", "validate");
        Assert.True(exit == 0, $"The templates make something else now. Where that is meant, write infra/{variant}.test.snapshot.json anew with the same command and '--mode overwrite'.\n{said}{errors}");
    }

    [Fact]
    public void WhatAzdReadsFitsTogether()
    {
        var yaml = new YamlStream();
        yaml.Load(new StringReader(File.ReadAllText(Repository.PathOf("azure.yaml"))));
        var root = (YamlMappingNode)yaml.Documents[0].RootNode;
        string Text(params string[] path) => ((YamlScalarNode)path.Aggregate((YamlNode)root, (node, key) => node[key])).Value!;

        Assert.True(File.Exists(Repository.PathOf($"{Text("infra", "path")}/{Text("infra", "module")}.bicep")));
        Assert.True(File.Exists(Repository.PathOf($"{Text("services", "functions", "project")}/LogMonitor.Functions.csproj")));
        Assert.Equal(("dotnet", "function"), (Text("services", "functions", "language"), Text("services", "functions", "host")));
        var site = Assert.Single(Bicep.OfType("Microsoft.Web/sites"));
        Assert.Equal("functions", Bicep.At(site, "tags.azd-service-name")?.GetString());
        var hook = Repository.PathOf(Text("hooks", "postdeploy", "run"));
        Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(hook).HasFlag(UnixFileMode.UserExecute));
    }

    [Fact]
    public async Task TheParametersThatAzdFillsInAreThoseOfTheTemplateAndTheHooksVariablesItsOutputs()
    {
        var (_, json, _) = await Bicep.RunAsync("build", "main.bicep", "--stdout");
        using var template = System.Text.Json.JsonDocument.Parse(json);
        var parameters = template.RootElement.GetProperty("parameters").EnumerateObject().ToList();
        using var filled = System.Text.Json.JsonDocument.Parse(await File.ReadAllTextAsync(Repository.PathOf("infra/main.parameters.json"), TestContext.Current.CancellationToken));
        var given = filled.RootElement.GetProperty("parameters").EnumerateObject().Select(parameter => parameter.Name).ToList();
        Assert.Empty(given.Except(parameters.Select(parameter => parameter.Name)));
        Assert.Empty(parameters.Where(parameter => !parameter.Value.TryGetProperty("defaultValue", out _)).Select(parameter => parameter.Name).Except(given));
        Assert.All(parameters, parameter => Assert.True(parameter.Value.GetProperty("metadata").TryGetProperty("description", out _), parameter.Name));

        var outputs = template.RootElement.GetProperty("outputs").EnumerateObject().Select(output => output.Name).ToHashSet();
        var hook = await File.ReadAllTextAsync(Repository.PathOf("infra/hooks/postdeploy.sh"), TestContext.Current.CancellationToken);
        var named = System.Text.RegularExpressions.Regex.Matches(hook, @"\$\{?((?:AZURE|LOGMONITOR)_[A-Z_]+)").Select(match => match.Groups[1].Value).Distinct().ToList();
        Assert.NotEmpty(named);
        // azd's own, of each environment.
        outputs.Add("AZURE_SUBSCRIPTION_ID");
        Assert.All(named, name => Assert.Contains(name, outputs));
    }
}
