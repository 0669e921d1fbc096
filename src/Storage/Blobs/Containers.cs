namespace LogMonitor.Storage.Blobs;

/// <summary>The containers, as users see them.</summary>
public static class Containers
{
    /// <summary>What shippers upload; watched by the blob trigger.</summary>
    public const string Incoming = "incoming";

    /// <summary>Finished days.</summary>
    public const string Archive = "archive";

    /// <summary>What could not be ingested, each with a <c>.reason.txt</c> beside it.</summary>
    public const string Quarantine = "quarantine";

    /// <summary>Each alert as a readable file.</summary>
    public const string Alerts = "alerts";

    /// <summary>Matches that don't fit into a table row.</summary>
    public const string Matches = "matches";

    /// <summary>Users' rules.</summary>
    public const string Rules = "rules";

    /// <summary>All that LogMonitor needs.</summary>
    public static IReadOnlyList<string> All { get; } = [Incoming, Archive, Quarantine, Alerts, Matches, Rules];
}
