using System.Text.Json;
using LogMonitor.Storage;
using LogMonitor.Storage.Blobs;
using LogMonitor.Tests.Support;

namespace LogMonitor.Infra.Tests;

/// <summary>What the templates name is what the code names.</summary>
public class AgreementTests
{
    /// <summary>Settings that the Functions host reads, and not the code.</summary>
    static readonly string[] hosts =
    [
        "APPLICATIONINSIGHTS_CONNECTION_STRING", "APPLICATIONINSIGHTS_AUTHENTICATION_STRING", "AzureWebJobsDisableHomepage", "AzureWebJobsStorage__credential", "AzureWebJobsStorage__clientId",
        "AzureWebJobsStorage__blobServiceUri", "AzureWebJobsStorage__queueServiceUri", "AzureWebJobsStorage__tableServiceUri",
    ];

    /// <summary>Settings that have their defaults in Azure; extraSettings gives them other values.</summary>
    static readonly string[] defaults =
    [
        "Ingest__MissedAfter", "Alerts__Grace", "Alerts__Cooldown", "Alerts__RepeatInterval", "Alerts__OldAfter", "Alerts__HostSilentAfter", "Alerts__IngestLagAfter", "Alerts__NotifyFrom", "Alerts__NotifyResolved",
        "Archive__After", "Archive__Tier", "Retention__Counts", "Retention__Reports", "Retention__Alerts", "Retention__Matches", "Retention__Chunks", "Retention__Files", "Retention__Archive", "Dashboard__AllowAnonymous", "Rules__Defaults", "SendGrid__Host", "SendGrid__Sandbox",
        // Who has a mail server names it.
        "Smtp__Host", "Smtp__Port", "Smtp__User", "Smtp__Password", "Smtp__Security", "Smtp__TrustedCertificateFile",
        // Files of a machine; in Azure rules are in the container, and mails that nobody sends would be lost.
        "Rules__Directory", "Mail__Folder",
    ];

    [Fact]
    public void EverySettingIsSetOrHasAReasonNotTo()
    {
        using var example = JsonDocument.Parse(File.ReadAllText(Repository.PathOf("local.settings.json.example")));
        // Flex Consumption knows the runtime by itself; LogStorage is given in parts.
        string[] local = ["FUNCTIONS_WORKER_RUNTIME", "AzureWebJobsStorage", "LogStorage"];
        var known = example.RootElement.GetProperty("Values").EnumerateObject().Select(value => value.Name).Except(local).ToList();
        var set = SecurityTests.Settings.Keys.Where(name => !name.StartsWith("LogStorage__", StringComparison.Ordinal)).ToList();

        Assert.Empty(set.Except(known).Except(hosts));
        Assert.Empty(known.Except(set).Except(defaults));
        Assert.Empty(defaults.Intersect(set));
        Assert.Empty(defaults.Except(known));
    }

    [Fact]
    public void SchedulesAreThoseOfTheDocumentation()
    {
        using var example = JsonDocument.Parse(File.ReadAllText(Repository.PathOf("local.settings.json.example")));
        var values = example.RootElement.GetProperty("Values");
        var schedules = SecurityTests.Settings.Where(setting => setting.Key.EndsWith("Schedule", StringComparison.Ordinal)).ToList();
        Assert.Equal(4, schedules.Count);
        Assert.All(schedules, setting => Assert.Equal($"'{values.GetProperty(setting.Key).GetString()}'", setting.Value));
    }

    [Fact]
    public void ContainersAndTablesAreThoseOfTheCode()
    {
        IEnumerable<string> Names(string type) => Bicep.OfType(type).Select(Bicep.NameOf).Where(name => name.StartsWith("st", StringComparison.Ordinal) && !name.StartsWith("sth", StringComparison.Ordinal))
            .Select(name => name.Split('/')[^1]).Order(StringComparer.Ordinal);
        // 'dead' is Event Grid's.
        Assert.Equal(Containers.All.Append("dead").Order(StringComparer.Ordinal), Names("Microsoft.Storage/storageAccounts/blobServices/containers"));
        Assert.Equal(StorageServices.TableNames.Order(StringComparer.Ordinal), Names("Microsoft.Storage/storageAccounts/tableServices/tables"));
    }

    [Fact]
    public async Task EventsAreOfUploadsOnlyAndLeadToTheFunctionThatReadsThem()
    {
        var (_, json, _) = await Bicep.RunAsync("build", "events.bicep", "--stdout");
        using var template = JsonDocument.Parse(json);
        var resources = template.RootElement.GetProperty("resources");
        var subscription = (resources.ValueKind == JsonValueKind.Array ? resources.EnumerateArray() : resources.EnumerateObject().Select(resource => resource.Value))
            .Single(resource => resource.GetProperty("type").GetString()!.EndsWith("/eventSubscriptions", StringComparison.Ordinal)).GetProperty("properties");
        Assert.Equal($"/blobServices/default/containers/{Containers.Incoming}/blobs/", Bicep.At(subscription, "filter.subjectBeginsWith")?.GetString());
        Assert.Equal("""["PutBlob","PutBlockList"]""", subscription.GetProperty("filter").GetProperty("advancedFilters")[0].GetProperty("values").GetRawText().Replace(" ", "", StringComparison.Ordinal).Replace("\n", "", StringComparison.Ordinal));
        Assert.Contains("/runtime/webhooks/blobs?functionName=Host.Functions.IngestChunk&code=", Bicep.At(subscription, "destination.properties.endpointUrl")!.Value.GetString()!, StringComparison.Ordinal);
        Assert.Equal("dead", Bicep.At(subscription, "deadLetterWithResourceIdentity.deadLetterDestination.properties.blobContainerName")?.GetString());
    }

    [Fact]
    public async Task AzuresOwnAlertsNameFunctionsThatThereAre()
    {
        var text = await File.ReadAllTextAsync(Repository.PathOf("infra/app/alerts.bicep"), TestContext.Current.CancellationToken);
        var named = System.Text.RegularExpressions.Regex.Matches(text, "\"([A-Z][A-Za-z]+)\"").Select(match => match.Groups[1].Value).Distinct().ToList();
        Assert.NotEmpty(named);
        Assert.All(named, name => Assert.True(File.Exists(Repository.PathOf($"src/Functions/{name}.cs")), name));
    }
}
