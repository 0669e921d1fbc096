namespace LogMonitor.Standalone.Costs;

/// <summary>
/// What Azure asks, in US dollars: list prices as public sources had them in November 2026, for locally redundant storage in a region of the usual price. They
/// differ by region and contract, and change: look yours up at azure.microsoft.com/pricing. docs/costs.md has them, too; a test holds both together.
/// </summary>
static class Prices
{
    public const decimal HotGigabyteMonth = 0.0208m, CoolGigabyteMonth = 0.0152m, TableGigabyteMonth = 0.045m;

    /// <summary>For ten thousand operations.</summary>
    public const decimal HotWrites = 0.05m, CoolWrites = 0.10m, HotReads = 0.004m, TableOperations = 0.00036m;

    /// <summary>Flex Consumption, for a gigabyte and second of an active instance; the first are free each month.</summary>
    public const decimal GigabyteSecond = 0.000026m, FreeGigabyteSeconds = 100_000m;

    /// <summary>Flex Consumption and Event Grid, for a million; the first are free each month.</summary>
    public const decimal Runs = 0.40m, FreeRuns = 250_000m, Events = 0.60m, FreeEvents = 100_000m;

    /// <summary>Log Analytics, for a gigabyte that is taken in; the first five of the Analytics plan are free each month.</summary>
    public const decimal Analytics = 2.30m, Basic = 0.50m, Auxiliary = 0.05m, FreeAnalyticsGigabytes = 5m;
}
