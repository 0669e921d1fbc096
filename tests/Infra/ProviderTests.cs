using System.Text.Json;
using LogMonitor.Core.Alerting;
using LogMonitor.Tests.Support;

namespace LogMonitor.Infra.Tests;

/// <summary>What compiles, and Azure would refuse or the app would stumble over: found in others' reports, and held here.</summary>
public class ProviderTests
{
    /// <summary>Error 51021 of Microsoft.Web, or documented as without effect.</summary>
    static readonly string[] refused =
    [
        "alwaysOn", "ftpsState", "linuxFxVersion", "windowsFxVersion", "netFrameworkVersion", "javaVersion", "powerShellVersion", "use32BitWorkerProcess", "functionAppScaleLimit", "preWarmedInstanceCount",
        "minimumElasticInstanceCount", "functionsRuntimeScaleMonitoringEnabled", "vnetRouteAllEnabled", "appSettings",
    ];

    static readonly string[] refusedSettings =
    [
        "FUNCTIONS_WORKER_RUNTIME", "FUNCTIONS_WORKER_RUNTIME_VERSION", "FUNCTIONS_EXTENSION_VERSION", "WEBSITE_RUN_FROM_PACKAGE", "WEBSITE_CONTENTAZUREFILECONNECTIONSTRING", "WEBSITE_CONTENTSHARE",
        "WEBSITE_VNET_ROUTE_ALL", "WEBSITE_TIME_ZONE", "TZ", "SCM_DO_BUILD_DURING_DEPLOYMENT", "ENABLE_ORYX_BUILD",
    ];

    [Fact]
    public void TheAppHasNothingThatFlexConsumptionRefuses()
    {
        foreach (var app in Bicep.Predicted.Concat(Bicep.Isolated).Where(resource => resource.GetProperty("type").GetString() == "Microsoft.Web/sites"))
        {
            Assert.Empty(Bicep.At(app, "properties.siteConfig")!.Value.EnumerateObject().Select(property => property.Name).Intersect(refused));
            Assert.Empty(Bicep.At(app, "properties")!.Value.EnumerateObject().Select(property => property.Name).Intersect(refused));
        }
        Assert.Empty(SecurityTests.Settings.Keys.Intersect(refusedSettings));
    }

    [Fact]
    public async Task TheKeyOfTheLinksIsMadeOnceAndIsLongEnoughForTheCode()
    {
        var (_, json, _) = await Bicep.RunAsync("build", "main.bicep", "--stdout");
        using var template = JsonDocument.Parse(json);
        var key = template.RootElement.GetProperty("parameters").GetProperty("linkKey");
        Assert.InRange(key.GetProperty("minLength").GetInt32(), AcknowledgeLinks.MinKeyLength, int.MaxValue);
        Assert.Equal("[format('{0}{1}', newGuid(), newGuid())]", key.GetProperty("defaultValue").GetString());

        (_, json, _) = await Bicep.RunAsync("build", "app/vault.bicep", "--stdout");
        using var vault = JsonDocument.Parse(json);
        var secrets = vault.RootElement.GetProperty("resources").EnumerateObject().Where(resource => resource.Value.GetProperty("type").GetString()!.EndsWith("/secrets", StringComparison.Ordinal)).ToList();
        // That of SendGrid is given each time, and changes when another is given.
        Assert.Equal(["link"], secrets.Where(secret => secret.Value.TryGetProperty("@options", out var options) && options.TryGetProperty("onlyIfNotExists", out _)).Select(secret => secret.Name.Split("::")[^1]));
        // Whoever deploys need not read the vault, nor reach it.
        Assert.DoesNotContain("secretOrRandomPassword", await File.ReadAllTextAsync(Repository.PathOf("infra/main.parameters.json"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public void TheHostSendsTheRequestsThatAzuresAlertsCount()
    {
        using var host = JsonDocument.Parse(File.ReadAllText(Repository.PathOf("host.json")));
        Assert.Equal("Information", host.RootElement.GetProperty("logging").GetProperty("logLevel").GetProperty("Host.Results").GetString());
        Assert.All(Bicep.OfType("Microsoft.Insights/scheduledQueryRules"), rule => Assert.StartsWith("requests |", Assert.Single(Bicep.At(rule, "properties.criteria.allOf")!.Value.EnumerateArray()).GetProperty("query").GetString(), StringComparison.Ordinal));
    }

    [Fact]
    public void MetricsAreAskedOfTheResourceThatHasThem()
    {
        var alert = Assert.Single(Bicep.OfType("Microsoft.Insights/metricAlerts"));
        var place = Assert.Single(Bicep.At(alert, "properties.scopes")!.Value.EnumerateArray()).GetString()!;
        var metric = Assert.Single(Bicep.At(alert, "properties.criteria.allOf")!.Value.EnumerateArray()).GetProperty("metricNamespace").GetString()!;
        Assert.EndsWith($"/{metric.Split('/')[^1]}/default", place, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ABudgetNeedsTheMonthInWhichItBegins()
    {
        var (resources, errors) = await Bicep.PredictAsync("test", "param budget = 100");
        Assert.Empty(resources);
        Assert.Contains("budgetStart is missing", errors, StringComparison.Ordinal);
    }
}
