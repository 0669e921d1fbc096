namespace LogMonitor.Shipper.Tests.Oracle;

/// <summary>
/// What stories ask of the shipper. Each is true from the day it can; what is false is left out of the stories, and known.
/// SHIPPER_ORACLE_ASK=all asks for everything.
/// </summary>
static class Abilities
{
    static readonly bool All = Environment.GetEnvironmentVariable("SHIPPER_ORACLE_ASK") == "all";

    /// <summary>A file that was compressed while the shipper was down is resumed in the compressed file.</summary>
    public static bool ResumesInGzip => true;

    /// <summary>A pattern that also matches rotated names does not ship a copy again that was made, and its log truncated, while the shipper was down.</summary>
    public static bool KnowsCopiesThatPatternsFind => All;

    /// <summary>Lives that begin with the same line are told apart even before anything of them is stored.</summary>
    public static bool TellsEqualBeginningsApart => true;

    /// <summary>A log that nobody wrote to for minutes is watched as long as others once it is rotated.</summary>
    public static bool WatchesWhatWasRotatedAfterAQuietTime => true;
}
