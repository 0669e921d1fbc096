namespace LogMonitor.Standalone.Commands;

/// <summary>What <c>logmonitor up</c> was asked.</summary>
/// <param name="Logs">Files and globs to follow; empty for the samples.</param>
/// <param name="Storage">A connection string or an account's blob address; null for Azurite, or the setting LogStorage.</param>
/// <param name="Data">The data directory.</param>
/// <param name="Port">The dashboard's port on loopback; 0 lets the system choose.</param>
/// <param name="Host">This machine's name in reports.</param>
sealed record UpOptions(IReadOnlyList<string> Logs, string? Storage, string Data, int Port, string Host);
