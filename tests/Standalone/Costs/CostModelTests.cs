using System.Globalization;
using System.Reflection;
using LogMonitor.Standalone.Commands;
using LogMonitor.Standalone.Costs;
using LogMonitor.Tests.Support;

namespace LogMonitor.Standalone.Tests.Costs;

public sealed class CostModelTests
{
    static readonly Load ten = new(10, 1, TimeSpan.FromSeconds(30), 2, TimeSpan.FromSeconds(15), 90, 512);

    [Fact]
    public void TenHostsAreReckonedByHand()
    {
        // 20 logs × 2,880 cuts.
        Assert.Equal(57_600, CostModel.ChunksPerDay(ten));
        var bill = CostModel.Of(ten).ToDictionary(item => item.What, item => item.Dollars);
        // 1,728,000 × (0.05 + 2 × 0.004) / 10,000, 600 archives × (2 × 0.05 + 3 × 0.004 + 0.10) / 10,000, and 600 blocks and those of 3 GB × 0.05 / 10,000.
        Assert.Equal(Math.Round((1_728_000 * 0.058m / 10_000) + (600 * 0.212m / 10_000) + ((600 + (3_000_000_000m / 4_194_304)) * 0.05m / 10_000), 2), bill["Uploads and archiving"]);
        Assert.Equal(10.04m, bill["Uploads and archiving"]);
        // 1,728,000 × 9 and 172,800 × 24 operations; 57,600 chunks a day × (90 + 400) days × 1.5 kB.
        Assert.Equal(Math.Round((((1_728_000 * 9) + (172_800 * 24)) * 0.00036m / 10_000) + (57_600 * 490 * 1_500m / 1_000_000_000 * 0.045m), 2), bill["Tables"]);
        // (1,728,000 − 100,000) × 0.60 / 1,000,000.
        Assert.Equal(0.98m, bill["Events"]);
        // 86,400 cuts of 0.05 s for each of 20 chunks, 6,000 s to read 30 GB, and 172,800 evaluations of a second, at half a gigabyte: less the free.
        Assert.Equal(Math.Round(((86_400 + 6_000 + 172_800) * 0.5m - 100_000) * 0.000026m, 2), bill["Functions, time"]);
        // 1 GB a day in a tenth, for 90 days and two.
        Assert.Equal(Math.Round((0.1m * 90 * 0.0152m) + (0.1m * 2 * 0.0208m), 2), bill["Archive"]);
        Assert.Equal(57.50m, CostModel.OfLogAnalytics(ten)[0].Dollars);
    }

    [Theory]
    // A log with three lines a day has no more than three chunks.
    [InlineData("0.000000600", 1, 30, 3)]
    // One of 86.4 GB is cut by its size each second or so, whatever the interval.
    [InlineData("86.4", 1, 3_600, 20_599)]
    public void FewLinesMakeFewChunksAndManyBytesMore(string gigabytes, int hosts, int flush, long chunks) =>
        Assert.Equal(chunks, (long)CostModel.ChunksPerDay(ten with { GigabytesPerDay = decimal.Parse(gigabytes, CultureInfo.InvariantCulture), Hosts = hosts, Streams = 1, Flush = TimeSpan.FromSeconds(flush) }));

    [Fact]
    public void MoreOfAnythingNeverCostsLess()
    {
        var random = new Random(7);
        for (var round = 0; round < 2_000; round++)
        {
            var load = new Load(random.Next(1, 500), random.Next(0, 5_000) / 10m, TimeSpan.FromSeconds(random.Next(1, 600)), random.Next(1, 20), TimeSpan.FromSeconds(random.Next(1, 300)), random.Next(1, 400), 512);
            var cost = Total(load);
            Assert.All((Load[])
            [
                load with { Hosts = load.Hosts + 1, GigabytesPerDay = load.GigabytesPerDay * (load.Hosts + 1) / load.Hosts }, load with { GigabytesPerDay = load.GigabytesPerDay + 1 },
                load with { Flush = load.Flush / 2 }, load with { Evaluate = load.Evaluate / 2 }, load with { RetentionDays = load.RetentionDays + 30 },
            ], more => Assert.True(Total(more) >= cost, $"{more} costs {Total(more)}, and {load} {cost}"));
        }
    }

    [Fact]
    public void EachPriceStandsInTheDocument()
    {
        var document = File.ReadAllText(Repository.PathOf("docs/costs.md"));
        var prices = typeof(Prices).GetFields(BindingFlags.Public | BindingFlags.Static).Where(field => !field.Name.StartsWith("Free", StringComparison.Ordinal)).Select(field => (decimal)field.GetValue(null)!);
        Assert.All(prices, price => Assert.Contains(price.ToString("0.00#####", CultureInfo.InvariantCulture), document, StringComparison.Ordinal));
    }

    [Fact]
    public void TheDocumentsExamplesAreWhatTheCommandSays()
    {
        var document = File.ReadAllLines(Repository.PathOf("docs/costs.md"));
        foreach (var row in document.Where(line => line.StartsWith("| `--hosts", StringComparison.Ordinal)))
        {
            var cells = row.Split('|', StringSplitOptions.TrimEntries);
            var values = cells[1].Trim('`').Split(' ');
            int Value(string name) => int.Parse(values[Array.IndexOf(values, name) + 1], CultureInfo.InvariantCulture);
            var load = ten with { Hosts = Value("--hosts"), GigabytesPerDay = Value("--gb-per-day"), Flush = TimeSpan.FromSeconds(Value("--flush")) };
            Assert.Equal(string.Create(CultureInfo.InvariantCulture, $"{Total(load):N0}, {CostModel.OfLogAnalytics(load)[0].Dollars:N0}, {CostModel.OfLogAnalytics(load)[1].Dollars:N0}"), $"{cells[2]}, {cells[3]}, {cells[4]}");
        }
    }

    [Theory]
    [InlineData("--hosts", "0", "--hosts must be from 1 to 100000, but is 0.")]
    [InlineData("--flush", "86401", "--flush must be from 1 to 86400, but is 86401.")]
    [InlineData("--gb-per-day", "-1", "--gb-per-day must be from 0 to 1000000, but is -1.")]
    [InlineData("--instance-mb", "1024", "--instance-mb must be one of 512, 2048, 4096, but is '1024'.")]
    public void ANumberOutOfRangeIsNamed(string option, string value, string error) =>
        Assert.Contains(error, CostCommand.Create().Parse([option, value]).Errors.Select(found => found.Message));

    static decimal Total(Load load) => CostModel.Of(load).Sum(item => item.Dollars);
}
