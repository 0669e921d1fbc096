using System.Text.Json;

namespace LogMonitor.Infra.Tests;

/// <summary>With a network nothing that holds data can be reached from the internet but where that is said, and the app reaches all it needs. Storage.Firewall, KeyVault.Firewall, NSG.*.</summary>
public class NetworkTests
{
    static readonly string[] holders = ["Microsoft.Storage/storageAccounts", "Microsoft.KeyVault/vaults"];

    [Fact]
    public void WithoutANetworkNoneIsMadeAndRightsAloneDecide()
    {
        Assert.DoesNotContain(Bicep.Predicted, resource => TypeOf(resource).StartsWith("Microsoft.Network/", StringComparison.Ordinal));
        Assert.All(Holders(Bicep.Predicted), holder => Assert.Equal(("Enabled", "Allow"), (Text(holder, "properties.publicNetworkAccess"), Text(holder, "properties.networkAcls.defaultAction"))));
    }

    [Fact]
    public void WithANetworkNoAccountAndNoVaultIsOpen()
    {
        Assert.Equal(3, Holders(Bicep.Isolated).Count());
        Assert.All(Holders(Bicep.Isolated), holder => Assert.Equal("Deny", Text(holder, "properties.networkAcls.defaultAction")));
        // Event Grid's dead letters come as a trusted service.
        Assert.All(Holders(Bicep.Isolated), holder => Assert.Equal(Short(Bicep.NameOf(holder)) == "st" ? "AzureServices" : "None", Text(holder, "properties.networkAcls.bypass")));
        Assert.All(Holders(Bicep.Isolated).Where(holder => Short(Bicep.NameOf(holder)) != "st"), holder =>
        {
            Assert.Equal("Disabled", Text(holder, "properties.publicNetworkAccess"));
            Assert.Equal(0, Bicep.At(holder, "properties.networkAcls.ipRules")?.GetArrayLength() ?? 0);
        });
    }

    [Fact]
    public async Task HostsOutsideUploadFromWhereItIsSaidAndElseFromNowhere()
    {
        var data = Bicep.Isolated.Single(resource => TypeOf(resource) == holders[0] && Short(Bicep.NameOf(resource)) == "st");
        Assert.Equal("Enabled", Text(data, "properties.publicNetworkAccess"));
        Assert.Equal(["203.0.113.0/24", "198.51.100.7"], Bicep.At(data, "properties.networkAcls.ipRules")!.Value.EnumerateArray().Select(rule => rule.GetProperty("value").GetString()!));

        var (nobody, _) = await Bicep.PredictAsync("test", "param networkAddresses = '10.20.0.0/24'");
        Assert.All(Holders(nobody), holder => Assert.Equal("Disabled", Text(holder, "properties.publicNetworkAccess")));
        Assert.Equal(3, Holders(nobody).Count());
    }

    [Fact]
    public void EachSubnetHasASecurityGroupOfItsOwnThatIsHeededAndOnlyTheAppsIsDelegated()
    {
        var subnets = Subnets();
        Assert.Equal(["app", "endpoints"], subnets.Select(Bicep.NameOf));
        var groups = Bicep.Isolated.OfType("Microsoft.Network/networkSecurityGroups").Select(group => Text(group, "id")).ToList();
        Assert.Equal(groups, subnets.Select(subnet => Text(subnet, "properties.networkSecurityGroup.id")));
        Assert.Equal(2, groups.Distinct().Count());
        Assert.Equal("NetworkSecurityGroupEnabled", Text(subnets[1], "properties.privateEndpointNetworkPolicies"));
        Assert.Equal("Microsoft.App/environments", Text(Assert.Single(Bicep.At(subnets[0], "properties.delegations")!.Value.EnumerateArray()), "properties.serviceName"));
        Assert.Null(Bicep.At(subnets[1], "properties.delegations"));
    }

    [Fact]
    public void NoSecurityGroupLetsTheInternetInAndEndpointsAnswerByHttpsOnly()
    {
        var allowed = Bicep.Isolated.OfType("Microsoft.Network/networkSecurityGroups").SelectMany(group => Bicep.At(group, "properties.securityRules")!.Value.EnumerateArray())
            .Where(rule => (Text(rule, "properties.direction"), Text(rule, "properties.access")) == ("Inbound", "Allow"));
        var rule = Assert.Single(allowed);
        Assert.Equal(("VirtualNetwork", "443", Text(Subnets()[^1], "properties.addressPrefix")),
            (Text(rule, "properties.sourceAddressPrefix"), Text(rule, "properties.destinationPortRange"), Text(rule, "properties.destinationAddressPrefix")));
    }

    [Fact]
    public void EverythingThatTheAppsSettingsNameHasAnEndpoint()
    {
        string[] services = ["blob", "queue", "table"];
        var named = new[] { ("AzureWebJobsStorage", "sth"), ("LogStorage", "st") }
            .SelectMany(account => services.Where(service => SecurityTests.Settings.ContainsKey($"{account.Item1}__{service}ServiceUri")).Select(service => $"{account.Item2}: {service}")).Append("kv-: vault");
        var doors = Endpoints().Select(endpoint => Assert.Single(Bicep.At(endpoint, "properties.privateLinkServiceConnections")!.Value.EnumerateArray()))
            .Select(door => $"{Short(Text(door, "properties.privateLinkServiceId")!.Split('/')[^1])}: {Assert.Single(Bicep.At(door, "properties.groupIds")!.Value.EnumerateArray()).GetString()}");
        Assert.Equal(named.Order(StringComparer.Ordinal), doors.Order(StringComparer.Ordinal));
        Assert.All(Endpoints(), endpoint => Assert.EndsWith("/subnets/endpoints", Text(endpoint, "properties.subnet.id"), StringComparison.Ordinal));
    }

    [Fact]
    public void TheNameOfEachEndpointIsKnownInTheNetwork()
    {
        var zones = Bicep.Isolated.OfType("Microsoft.Network/privateDnsZones").Select(zone => Text(zone, "id")).ToList();
        Assert.Equal(4, zones.Count);
        var network = Assert.Single(Bicep.Isolated.OfType("Microsoft.Network/virtualNetworks"));
        var links = Bicep.Isolated.OfType("Microsoft.Network/privateDnsZones/virtualNetworkLinks").ToList();
        Assert.Equal(4, links.Select(Bicep.NameOf).Distinct().Count());
        Assert.All(links, link => Assert.Equal((Text(network, "id"), "false"), (Text(link, "properties.virtualNetwork.id"), Bicep.At(link, "properties.registrationEnabled")?.GetRawText())));

        Assert.All(Endpoints(), endpoint =>
        {
            var group = Bicep.Isolated.OfType("Microsoft.Network/privateEndpoints/privateDnsZoneGroups").Single(group => Bicep.NameOf(group) == $"{Bicep.NameOf(endpoint)}/default");
            var config = Assert.Single(Bicep.At(group, "properties.privateDnsZoneConfigs")!.Value.EnumerateArray());
            var zone = Text(config, "properties.privateDnsZoneId")!;
            Assert.Contains(zone, zones);
            // The vault's is made of the cloud's own suffix.
            Assert.Contains(Bicep.NameOf(config) == "vault" ? "'.vaultcore.'" : $"'privatelink.{Bicep.NameOf(config)}.{{0}}'", zone, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void TheAppIsInItsSubnetAndEventGridReachesItStill()
    {
        var app = Assert.Single(Bicep.Isolated.OfType("Microsoft.Web/sites"));
        // Known when the endpoints are there, and not before.
        Assert.Contains("outputs.appSubnetId", Text(app, "properties.virtualNetworkSubnetId"), StringComparison.Ordinal);
        Assert.Equal("Enabled", Text(app, "properties.publicNetworkAccess"));
    }

    [Theory]
    [InlineData("networkAddresses is 10.20.0.0/26: it must be /8 to /24", "param networkAddresses = '10.20.0.0/26'")]
    [InlineData("uploadFrom has 2001:db8::/32: only IPv4", "param networkAddresses = '10.20.0.0/24'", "param uploadFrom = '2001:db8::/32'")]
    [InlineData("uploadFrom has 203.0.113.7/32: a range has /30 or less; name single addresses without a slash", "param networkAddresses = '10.20.0.0/24'", "param uploadFrom = '203.0.113.7/32'")]
    [InlineData("uploadFrom is given without networkAddresses", "param uploadFrom = '203.0.113.0/24'")]
    public async Task AddressesThatCannotBeAreRefusedBeforeAnythingIsMade(string why, params string[] parameters)
    {
        var (resources, errors) = await Bicep.PredictAsync("test", parameters);
        Assert.Empty(resources);
        Assert.Contains(why, errors, StringComparison.Ordinal);
    }

    static IEnumerable<JsonElement> Holders(IEnumerable<JsonElement> resources) => resources.Where(resource => holders.Contains(TypeOf(resource)));

    static IEnumerable<JsonElement> Endpoints() => Bicep.Isolated.OfType("Microsoft.Network/privateEndpoints");

    static JsonElement[] Subnets() => [.. Bicep.At(Assert.Single(Bicep.Isolated.OfType("Microsoft.Network/virtualNetworks")), "properties.subnets")!.Value.EnumerateArray()];

    static string TypeOf(JsonElement resource) => resource.GetProperty("type").GetString()!;

    /// <summary>The name without what makes it unique.</summary>
    static string Short(string name) => name[..^13];

    static string? Text(JsonElement resource, string path) => Bicep.At(resource, path)?.GetString();
}
