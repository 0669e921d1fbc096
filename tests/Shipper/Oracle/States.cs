using LogMonitor.Shipper.State;
using LogMonitor.Shipper.Tests.Support;

namespace LogMonitor.Shipper.Tests.Oracle;

/// <summary>What a shipper remembers, read from the side.</summary>
static class States
{
    public static IReadOnlyCollection<FileState> In(string directory) =>
        Directory.Exists(directory) ? new Positions(directory, TimeProvider.System, new Messages()).All : [];

    /// <summary>Where puts begin that may or may not have happened.</summary>
    public static IEnumerable<long> Intents(string directory) => In(directory).Where(state => state is { Intent: not null, Done: false }).Select(state => state.Offset);
}
