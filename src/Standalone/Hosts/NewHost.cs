namespace LogMonitor.Standalone.Hosts;

/// <summary>A host that is to ship its logs.</summary>
/// <param name="Name">Its name in chunks, reports and alerts.</param>
/// <param name="Url">The container of uploads.</param>
sealed record NewHost(string Name, Uri Url)
{
    public IReadOnlyCollection<string> Logs { get; init; } = [];

    /// <summary>The role that lets an identity add blobs.</summary>
    public required string Role { get; init; }

    /// <summary>How the object id of its identity is found, in a shell.</summary>
    public required string Principal { get; init; }

    /// <summary>An application's tenant; null for a machine's identity.</summary>
    public string? Tenant { get; init; }

    /// <summary>An application, or one of several identities of a machine.</summary>
    public string? Client { get; init; }

    /// <summary>What is told to whoever adds it: the right that its identity needs, and what to do on the host.</summary>
    public string Remarks(string? assignment) => $"""
        The configuration of {Name} goes to /etc/logmonitor/shipper.yml there (owner root, group logmonitor-shipper, mode 0640).{(assignment is null ? "" : "\n" + assignment)}

        On {Name}, when that is done:
            runuser -u logmonitor-shipper -- logmonitor-shipper validate
            systemctl enable --now logmonitor-shipper

        """;

    /// <summary>Signed in as the machine, or as an application of its own: the right can be limited to its names.</summary>
    public (string Configuration, string Remarks) WithIdentity()
    {
        var template = new ShipperTemplate().Host(Name).Logs(Logs);
        if (Tenant is not null) template.Destination(Url.AbsoluteUri, "client-secret").Application(Tenant, Client!).Secret();
        else template.Destination(Url.AbsoluteUri, "managed-identity");
        if (Tenant is null && Client is not null) template.Client(Client);

        if (Url.Host.Split('.') is not [var account, "blob", ..])
            throw new UserErrorException($"{Url.GetLeftPart(UriPartial.Path)} is no account in Azure, where identities have rights: name one with --url, or use --credential sas.");
        var assignment = new RoleAssignment(Name, account, Url.AbsolutePath.Trim('/'), Role, Principal);
        return (template.ToString(), Remarks($"""

            Once, as somebody who may assign roles (Azure CLI):
            {Indented(assignment.Give)}
            It may then add blobs whose names begin with {Name}/, and do nothing else. To take that back:
            {Indented(assignment.Take)}
            """ + (Tenant is null ? "" : $"\n\nThe application's secret goes to {ShipperTemplate.SecretFile} (owner root, group logmonitor-shipper, mode 0640).")));
    }

    /// <summary>With a signature, for hosts without an identity and for Azurite.</summary>
    /// <param name="sas">The signature.</param>
    /// <param name="inFile">Whether it stands in a file of its own, which is the better place: a new one there is taken by itself.</param>
    public string WithSignature(string sas, bool inFile)
    {
        var template = new ShipperTemplate().Host(Name).Logs(Logs).Destination(inFile ? Url.AbsoluteUri : $"{Url.AbsoluteUri}?{sas}", "sas");
        return (inFile ? template.Secret() : template).ToString();
    }

    static string Indented(string text) => "    " + text.Replace("\n", "\n    ", StringComparison.Ordinal);
}
