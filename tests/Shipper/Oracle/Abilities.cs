namespace LogMonitor.Shipper.Tests.Oracle;

/// <summary>What the oracle asks of the shipper beyond the first version; true from the day it can.</summary>
static class Abilities
{
    /// <summary>A file that was compressed while the shipper was down is resumed in the compressed file.</summary>
    public static bool ResumesInGzip => false;
}
