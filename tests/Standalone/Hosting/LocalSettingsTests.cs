using System.Text.Json;
using System.Text.RegularExpressions;
using LogMonitor.Functions;
using LogMonitor.Standalone.Hosting;
using LogMonitor.Storage;
using LogMonitor.Tests.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace LogMonitor.Standalone.Tests.Hosting;

/// <summary>local.settings.json.example is the settings' documentation and their defaults: it holds all of them, and nothing else.</summary>
public sealed partial class LocalSettingsTests
{
    static readonly string example = Repository.PathOf("local.settings.json.example");

    /// <summary>Read by the Functions host itself.</summary>
    static readonly string[] ofTheFunctionsHost = ["FUNCTIONS_WORKER_RUNTIME", "AzureWebJobsStorage", "AzureWebJobsDisableHomepage"];

    /// <summary>Set by App Service, never by people.</summary>
    static readonly string[] ofThePlatform = ["WEBSITE_SITE_NAME", "WEBSITE_AUTH_ENABLED"];

    [Fact]
    public void EverySettingOfTheExampleIsReadSomewhere()
    {
        var unread = Documented().Except(ofTheFunctionsHost).Except(ReadBySource());
        Assert.Empty(unread);
    }

    [Fact]
    public void EverySettingThatIsReadStandsInTheExample()
    {
        var undocumented = ReadBySource().Except(ofThePlatform).Except(Documented());
        Assert.Empty(undocumented);
    }

    [Fact]
    public void TheExampleStartsTheSystemAsItIs()
    {
        var configuration = new ConfigurationBuilder().AddLocalSettings(example)
            .AddInMemoryCollection([new(StorageOptions.Section, "UseDevelopmentStorage=true")]).Build();
        using var services = new ServiceCollection().AddLogging().AddLogMonitor(configuration).BuildServiceProvider(validateScopes: true);

        services.GetRequiredService<IStartupValidator>().Validate();
        Assert.Empty(services.GetRequiredService<Schedules>().Problems);
    }

    [Fact]
    public void TheDefaultStorageAccountOfTheExampleIsNotTakenForTheUsersChoice()
    {
        var configuration = new ConfigurationBuilder().AddLocalSettings(example).Build();
        Assert.Null(configuration["LogStorage"]);
        Assert.Null(configuration["AzureWebJobsStorage"]);
        Assert.Equal("*/15 * * * * *", configuration["EvaluateSchedule"]);
        Assert.Equal("00:15:00", configuration["Alerts:Cooldown"]);
    }

    [Fact]
    public void AFileWithoutValuesIsRefusedByName()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["settings.json"], "{}");
        var error = Assert.Throws<InvalidOperationException>(() => new ConfigurationBuilder().AddLocalSettings(folder["settings.json"]));
        Assert.Equal($"{folder["settings.json"]} has no 'Values'.", error.Message);
    }

    static IEnumerable<string> Documented()
    {
        using var json = JsonDocument.Parse(File.ReadAllText(example));
        return [.. json.RootElement.GetProperty("Values").EnumerateObject().Select(value => value.Name.Replace("__", ":", StringComparison.Ordinal))];
    }

    /// <summary>Setting names as they stand in the source: <c>"Section:Name"</c>, <c>"%Schedule%"</c>, and <c>configuration["Name"]</c>.</summary>
    static HashSet<string> ReadBySource()
    {
        var found = Directory.EnumerateFiles(Repository.PathOf("src"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal))
            .SelectMany(file => Setting().Matches(File.ReadAllText(file)))
            .Select(match => match.Groups.Values.Skip(1).First(group => group.Success).Value)
            .Append(StorageOptions.Section)
            .ToHashSet(StringComparer.Ordinal);
        // A search that no longer finds anything proves nothing.
        Assert.True(found.IsSupersetOf(["EvaluateSchedule", "Smtp:Password", "Archive:Tier", "WEBSITE_SITE_NAME"]));
        return found;
    }

    [GeneratedRegex("""
        "([A-Z]\w+(?::[A-Z]\w+)+)"|"%(\w+)%"|configuration\["([A-Z]\w*)"\]
        """)]
    private static partial Regex Setting();
}
