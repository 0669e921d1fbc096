namespace LogMonitor.Standalone.Hosts;

/// <summary>
/// The right of one identity to add blobs below one host's name, as commands of the Azure CLI for somebody who may assign roles: LogMonitor itself may not, and should not.
/// </summary>
/// <param name="Host">The host's name in its shipper's configuration.</param>
/// <param name="Account">The storage account.</param>
/// <param name="Container">The container of uploads.</param>
/// <param name="Role">The role's name or id: its one right is to add blobs.</param>
/// <param name="Principal">How the identity's object id is found: an id, or a command.</param>
sealed record RoleAssignment(string Host, string Account, string Container, string Role, string Principal)
{
    const string Add = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/add/action";
    const string Path = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs:path";

    /// <summary>Of a virtual machine; it gets an identity where it has none.</summary>
    public static string OfVirtualMachine(string host, string group) => $"$(az vm identity assign --name {host} --resource-group {group} --query systemAssignedIdentity --output tsv)";

    /// <summary>Of a machine in Azure Arc.</summary>
    public static string OfArc(string host, string group) => $"$(az resource show --name {host} --resource-group {group} --resource-type Microsoft.HybridCompute/machines --query identity.principalId --output tsv)";

    /// <summary>Of an application.</summary>
    public static string OfApplication(string client) => $"$(az ad sp show --id {client} --query id --output tsv)";

    /// <summary>Allows any other right than to add blobs (the role has none), and that only below the host's name.</summary>
    public string Condition => $"((!(ActionMatches{{'{Add}'}})) OR (@Request[{Path}] StringLike '{Host}/*'))";

    /// <summary>Gives the right. Doing it again changes nothing.</summary>
    public string Give => $"""
        principal={Principal}
        scope=$(az storage account show --name {Account} --query id --output tsv)/blobServices/default/containers/{Container}
        az role assignment create --role "{Role}" --assignee-object-id "$principal" --assignee-principal-type ServicePrincipal --scope "$scope" \
          --condition-version 2.0 --condition {Quoted(Condition)}
        """;

    /// <summary>Takes it back.</summary>
    public string Take => """az role assignment delete --role "$role" --assignee "$principal" --scope "$scope" """.Replace("$role", Role, StringComparison.Ordinal).TrimEnd();

    // For a shell: in double quotes an exclamation mark may stand for a command of before.
    static string Quoted(string text) => $"'{text.Replace("'", @"'\''", StringComparison.Ordinal)}'";
}
