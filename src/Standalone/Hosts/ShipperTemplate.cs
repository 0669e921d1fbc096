namespace LogMonitor.Standalone.Hosts;

/// <summary>
/// The configuration of a host's shipper: that of the package, with its comments, and with the host, the destination and the logs filled in.
/// </summary>
sealed class ShipperTemplate
{
    /// <summary>Where the package's shipper looks for a secret.</summary>
    public const string SecretFile = "/etc/logmonitor/secret";

    List<string> lines = [.. File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "shipper.yml"))];

    public ShipperTemplate Host(string host) => Replace("# host: web1", $"host: {host}");

    /// <param name="url">The container, perhaps with a SAS.</param>
    /// <param name="credential">As docs/shipper.md names it.</param>
    public ShipperTemplate Destination(string url, string credential) => Replace("  url: https://ACCOUNT.blob.core.windows.net/incoming", $"  url: {Quoted(url)}")
        .Replace("  credential: automatic", $"  credential: {credential}");

    public ShipperTemplate Secret() => Replace($"  # secretFile: {SecretFile}", $"  secretFile: {SecretFile}");

    public ShipperTemplate Application(string tenant, string client) => Replace("  # tenantId: 00000000-0000-0000-0000-000000000000", $"  tenantId: {tenant}")
        .Replace("  # clientId: 00000000-0000-0000-0000-000000000000", $"  clientId: {client}");

    /// <summary>Of a machine that has several identities.</summary>
    public ShipperTemplate Client(string client) => Replace("  # clientId: 00000000-0000-0000-0000-000000000000", $"  clientId: {client}");

    /// <param name="patterns">Files, instead of those that the package names.</param>
    public ShipperTemplate Logs(IReadOnlyCollection<string> patterns)
    {
        if (patterns.Count == 0) return this;
        var first = lines.IndexOf("files:") + 1;
        var end = lines.FindIndex(first, line => !line.StartsWith(' '));
        lines = [.. lines.Take(first), .. patterns.Select(pattern => $"  - path: {Quoted(pattern)}"), .. lines.Skip(end)];
        return this;
    }

    public override string ToString() => string.Concat(lines.Select(line => line + "\n"));

    // In single quotes only a single quote means something else than itself.
    static string Quoted(string value) => $"'{value.Replace("'", "''", StringComparison.Ordinal)}'";

    ShipperTemplate Replace(string line, string by)
    {
        var index = lines.IndexOf(line);
        if (index < 0) throw new UserErrorException($"The program's own file shipper.yml is not as it was delivered: it has no line '{line.Trim()}'. Install LogMonitor again.");
        lines[index] = by;
        return this;
    }
}
