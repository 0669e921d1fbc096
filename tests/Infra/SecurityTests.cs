using System.Text.Json;
using System.Text.RegularExpressions;
using LogMonitor.Tests.Support;

namespace LogMonitor.Infra.Tests;

/// <summary>
/// What reviews of Azure deployments ask for (the names are those of PSRule for Azure), asked of what the templates make. Not followed, with the reason:
/// Storage.UseReplication for the host's account (it holds nothing that can't be made again); without a network Storage.Firewall, KeyVault.Firewall (shippers upload from anywhere,
/// and Flex Consumption has no fixed address: rights alone decide; <see cref="NetworkTests"/> has the rest); AppService.AlwaysOn, MinPlan, PlanInstanceCount and WebSecureFtp (Flex Consumption has none of them, nor FTP).
/// </summary>
public class SecurityTests
{
    [Theory]
    [InlineData("Microsoft.Storage/storageAccounts", "properties.allowSharedKeyAccess", "false")]                 // Storage.LocalAuth
    [InlineData("Microsoft.Storage/storageAccounts", "properties.allowBlobPublicAccess", "false")]                // Storage.BlobPublicAccess
    [InlineData("Microsoft.Storage/storageAccounts", "properties.supportsHttpsTrafficOnly", "true")]              // Storage.SecureTransfer
    [InlineData("Microsoft.Storage/storageAccounts", "properties.minimumTlsVersion", "\"TLS1_2\"")]               // Storage.MinTLS
    [InlineData("Microsoft.Storage/storageAccounts", "properties.allowCrossTenantReplication", "false")]
    [InlineData("Microsoft.Storage/storageAccounts/blobServices", "properties.deleteRetentionPolicy.enabled", "true")] // Storage.SoftDelete
    [InlineData("Microsoft.Storage/storageAccounts/blobServices", "properties.containerDeleteRetentionPolicy.enabled", "true")] // Storage.ContainerSoftDelete
    [InlineData("Microsoft.Storage/storageAccounts/blobServices/containers", "properties.publicAccess", "\"None\"")] // Storage.BlobAccessType
    [InlineData("Microsoft.Web/sites", "properties.httpsOnly", "true")]                                           // AppService.UseHTTPS
    [InlineData("Microsoft.Web/sites", "properties.clientAffinityEnabled", "false")]                              // AppService.ARRAffinity
    [InlineData("Microsoft.Web/sites", "properties.siteConfig.minTlsVersion", "\"1.2\"")]                         // AppService.MinTLS
    [InlineData("Microsoft.Web/sites", "properties.siteConfig.http20Enabled", "true")]                            // AppService.HTTP2
    [InlineData("Microsoft.Web/sites", "properties.siteConfig.remoteDebuggingEnabled", "false")]                  // AppService.RemoteDebug
    [InlineData("Microsoft.Web/sites", "identity.type", "\"UserAssigned\"")]                                      // AppService.ManagedIdentity
    [InlineData("Microsoft.Web/sites", "properties.functionAppConfig.runtime.version", "\"10.0\"")]               // AppService.NETVersion
    [InlineData("Microsoft.Web/sites", "properties.functionAppConfig.deployment.storage.authentication.type", "\"UserAssignedIdentity\"")]
    [InlineData("Microsoft.Web/sites/basicPublishingCredentialsPolicies", "properties.allow", "false")]
    [InlineData("Microsoft.KeyVault/vaults", "properties.enableRbacAuthorization", "true")]                       // KeyVault.RBAC
    [InlineData("Microsoft.KeyVault/vaults", "properties.enableSoftDelete", "true")]                              // KeyVault.SoftDelete
    [InlineData("Microsoft.KeyVault/vaults", "properties.enablePurgeProtection", "true")]                         // KeyVault.PurgeProtect
    [InlineData("Microsoft.Insights/components", "properties.DisableLocalAuth", "true")]                          // AppInsights.LocalAuth
    [InlineData("Microsoft.OperationalInsights/workspaces", "properties.features.disableLocalAuth", "true")]
    [InlineData("Microsoft.EventGrid/systemTopics", "identity.type", "\"SystemAssigned\"")]                       // EventGrid.ManagedIdentity
    public void EverythingOfAKindHas(string type, string path, string value)
    {
        var (resources, isolated) = (Bicep.OfType(type).ToList(), Bicep.Isolated.OfType(type).ToList());
        Assert.NotEmpty(resources);
        Assert.Equal(resources.Count, isolated.Count);
        Assert.All(resources.Concat(isolated), resource => Assert.Equal(value, Bicep.At(resource, path)?.GetRawText()));
    }

    [Fact]
    public void EverythingThatCanHaveTagsIsTagged()
    {
        string[] without = ["roleAssignments", "roleDefinitions", "diagnosticSettings", "managementPolicies", "blobServices", "tableServices", "containers", "tables", "secrets", "config", "basicPublishingCredentialsPolicies", "privateDnsZoneGroups"];
        Assert.All(Bicep.Predicted.Concat(Bicep.Isolated).Where(resource => !without.Contains(resource.GetProperty("type").GetString()!.Split('/')[^1])),
            resource => Assert.Equal("test", Bicep.At(resource, "tags.azd-env-name")?.GetString()));
    }

    [Fact]
    public void TheVaultAndTheLogsSayWhoTouchedThem() =>
        Assert.Equal(2, Bicep.OfType("Microsoft.Insights/diagnosticSettings").Count(setting => Bicep.At(setting, "properties.workspaceId") is not null)); // KeyVault.Logs

    /// <summary>The least that works, and where: each role by its id. A new one needs a line here, with a reason.</summary>
    [Fact]
    public void TheAppHasTheseRolesAndNoOther()
    {
        Dictionary<string, string> known = new(StringComparer.Ordinal)
        {
            ["b7e6dc6d-f1e8-4753-8033-0f276bb0955b"] = "Storage Blob Data Owner",
            ["ba92f5b4-2d11-453d-a403-e96b0029c9fe"] = "Storage Blob Data Contributor",
            ["2a2b9908-6ea1-4ae2-8e65-a410df84e7d1"] = "Storage Blob Data Reader",
            ["974c5e8b-45b9-4653-ba55-5f855dd0fb88"] = "Storage Queue Data Contributor",
            ["0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3"] = "Storage Table Data Contributor",
            ["4633458b-17de-408a-b874-0445c86b69e6"] = "Key Vault Secrets User",
            ["3913510d-42f4-4e42-8a64-420c390055eb"] = "Monitoring Metrics Publisher",
        };
        IEnumerable<string> Roles(IEnumerable<JsonElement> resources) => resources.OfType("Microsoft.Authorization/roleAssignments").Select(assignment =>
        {
            var id = assignment.GetProperty("id").GetString()!;
            var place = id[..id.IndexOf("/providers/Microsoft.Authorization/", StringComparison.Ordinal)].Split('/').Select(part => part.Replace("axr73ma2h32iq", "", StringComparison.Ordinal)).ToArray();
            return $"{known[Bicep.At(assignment, "properties.roleDefinitionId")!.Value.GetString()!.Split('/')[^1]]}: {(place.Contains("containers") ? $"{place[^5]}/{place[^1]}" : place[^1])}";
        }).Order(StringComparer.Ordinal);
        Assert.Equal(
        [
            "Key Vault Secrets User: kv-",
            "Monitoring Metrics Publisher: appi-",
            "Storage Blob Data Contributor: st/alerts",
            "Storage Blob Data Contributor: st/archive",
            "Storage Blob Data Contributor: st/dead", // Event Grid's
            "Storage Blob Data Contributor: st/incoming",
            "Storage Blob Data Contributor: st/matches",
            "Storage Blob Data Contributor: st/quarantine",
            "Storage Blob Data Owner: sth", // The Functions host asks for it: in the account of its own.
            "Storage Blob Data Reader: st/rules",
            "Storage Queue Data Contributor: st",
            "Storage Queue Data Contributor: sth",
            "Storage Table Data Contributor: st",
            "Storage Table Data Contributor: sth",
        ], Roles(Bicep.Predicted));
        Assert.Equal(Roles(Bicep.Predicted), Roles(Bicep.Isolated));
    }

    [Fact]
    public void AShipperMayAddBlobsAndNothingElse()
    {
        var role = Assert.Single(Bicep.OfType("Microsoft.Authorization/roleDefinitions"));
        var permission = Assert.Single(Bicep.At(role, "properties.permissions")!.Value.EnumerateArray());
        Assert.Equal("Microsoft.Storage/storageAccounts/blobServices/containers/blobs/add/action", Assert.Single(permission.GetProperty("dataActions").EnumerateArray()).GetString());
        Assert.Equal(0, permission.GetProperty("actions").GetArrayLength());
    }

    [Fact]
    public async Task NoSecretIsASettingNorAnOutput() // Deployment.SecretLeak, OutputSecretValue
    {
        var snapshot = await File.ReadAllTextAsync(Repository.PathOf("infra/main.test.snapshot.json"), TestContext.Current.CancellationToken);
        var secrets = Settings.Where(setting => setting.Key.EndsWith("Key", StringComparison.Ordinal) || setting.Key.Contains("Password", StringComparison.Ordinal)).ToList();
        Assert.Equal(2, secrets.Count);
        Assert.All(secrets, setting => Assert.StartsWith("'@Microsoft.KeyVault(SecretUri=${", setting.Value, StringComparison.Ordinal));
        Assert.DoesNotContain("AccountKey=", snapshot, StringComparison.Ordinal);
        Assert.DoesNotContain("SharedAccessSignature", snapshot, StringComparison.Ordinal);
    }

    [Fact]
    public void OnlyEventsSignedLinksAndStatesOfHealthComeWithoutSigningIn()
    {
        var text = File.ReadAllText(Repository.PathOf("infra/app/functions.bicep"));
        Assert.Contains($"excludedPaths: ['/runtime/webhooks/blobs', '/{Core.Alerting.AcknowledgeLinks.Route}', '/healthz']", text, StringComparison.Ordinal);
    }

    /// <summary>The app's settings as the template has them: some values are known only when it is deployed.</summary>
    internal static IReadOnlyDictionary<string, string> Settings { get; } = Regex
        .Matches(File.ReadAllText(Repository.PathOf("infra/app/functions.bicep")), @"^(?:  |var mailSettings = usesSendGrid \? \{ )([A-Za-z]+__[A-Za-z]+|[A-Z_]+|[A-Za-z]+Schedule|AzureWebJobsDisableHomepage): (.+?)(?: \} : \{\})?$", RegexOptions.Multiline)
        .ToDictionary(match => match.Groups[1].Value, match => match.Groups[2].Value);
}
