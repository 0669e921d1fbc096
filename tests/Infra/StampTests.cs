using System.Text.Json;

namespace LogMonitor.Infra.Tests;

/// <summary>Two environments of one subscription and place are apart: that is how LogMonitor grows beyond one account.</summary>
public class StampTests
{
    /// <summary>Names of these are unique in all of Azure; all others in their resource group or subscription.</summary>
    static readonly string[] global = ["Microsoft.Storage/storageAccounts", "Microsoft.KeyVault/vaults", "Microsoft.Web/sites"];

    [Fact]
    public async Task TwoEnvironmentsHaveNothingInCommon()
    {
        string[] parameters = ["param networkAddresses = '10.20.0.0/24'", "param budget = 100", "param budgetStart = '2026-12-01'", "param signInClientId = '11111111-1111-1111-1111-111111111111'", "param sendGridKey = 'not-a-key'"];
        var (first, errors) = await Bicep.PredictAsync("first", parameters);
        Assert.Equal("", errors.Trim());
        var (second, _) = await Bicep.PredictAsync("second", parameters);

        Assert.Equal(first.Count, second.Count);
        Assert.Contains(first, resource => resource.GetProperty("type").GetString() == "Microsoft.Consumption/budgets");
        Assert.Empty(Ids(first).Intersect(Ids(second), StringComparer.OrdinalIgnoreCase));
        Assert.Empty(GlobalNames(first).Intersect(GlobalNames(second)));
        Assert.Empty(RoleNames(first).Intersect(RoleNames(second)));
        // What is made outside of the resource groups is known, and goes by the environment's name.
        Assert.All([.. first, .. second], resource => Assert.True(
            Text(resource, "id").Contains("/resourceGroups/rg-", StringComparison.Ordinal) || Text(resource, "id").Contains("'rg-", StringComparison.Ordinal)
            || Text(resource, "type") == "Microsoft.Authorization/roleDefinitions", Text(resource, "id")));
    }

    static IEnumerable<string> Ids(IEnumerable<JsonElement> resources) => resources.Select(resource => Text(resource, "id"));

    static IEnumerable<string> GlobalNames(IEnumerable<JsonElement> resources) => resources.Where(resource => global.Contains(Text(resource, "type"))).Select(Bicep.NameOf);

    static IEnumerable<string> RoleNames(IEnumerable<JsonElement> resources) => resources.OfType("Microsoft.Authorization/roleDefinitions").Select(role => Bicep.At(role, "properties.roleName")!.Value.GetString()!);

    static string Text(JsonElement resource, string name) => resource.GetProperty(name).GetString()!;
}
