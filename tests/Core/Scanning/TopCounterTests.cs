using System.Globalization;
using System.Text;
using CsCheck;
using LogMonitor.Core.Scanning;

namespace LogMonitor.Core.Tests.Scanning;

public sealed class TopCounterTests
{
    [Fact]
    public void FewValuesAreCountedExactly()
    {
        Gen.String[0, 3].Array[0, 200].Sample(values =>
        {
            var counter = new TopCounter();
            foreach (var value in values) counter.Add(Encoding.UTF8.GetBytes(value));
            var exact = Exact(values);
            Assert.Equal((0, exact.Count), (counter.Error, counter.Distinct));
            Assert.Equal(exact.Values.OrderDescending().Take(10), counter.Top(10).Select(top => top.Count));
            Assert.All(counter.Top(1_000), top => Assert.Equal(exact[Convert.ToHexString(top.Value)], top.Count));
        });
    }

    [Fact]
    public void BeyondTheLimitCountsAreTooLowByAtMostTheErrorAndTheFrequentStay()
    {
        const int MaxValues = 16;
        // Squaring makes some frequent and many rare.
        Gen.Int[0, 30].Select(root => (root * root).ToString(CultureInfo.InvariantCulture)).Array[0, 800].Sample(values =>
        {
            var counter = new TopCounter(maxValues: MaxValues);
            foreach (var value in values) counter.Add(Encoding.UTF8.GetBytes(value));
            var exact = Exact(values);
            var kept = counter.Top(MaxValues + 1).ToDictionary(top => Convert.ToHexString(top.Value), top => top.Count);
            Assert.InRange(counter.Distinct, 0, MaxValues);
            Assert.InRange(counter.Error, 0, 2.0 * values.Length / MaxValues);
            Assert.All(exact, value => Assert.InRange(kept.GetValueOrDefault(value.Key), Math.Max(0, value.Value - counter.Error), value.Value));
        });
    }

    [Fact]
    public void LongValuesAreCutAndTheirBytesAreLimited()
    {
        var counter = new TopCounter(maxBytes: 10 * TopCounter.MaxValueBytes);
        var value = new byte[1_000];
        for (var i = 0; i < 100; i++)
        {
            value[0] = (byte)i;
            value[TopCounter.MaxValueBytes] = (byte)i; // behind what is looked at
            counter.Add(value);
            counter.Add(value.AsSpan(0, TopCounter.MaxValueBytes));
        }
        Assert.InRange(counter.Distinct, 0, 10);
        Assert.True(counter.Error > 0);
        Assert.All(counter.Top(10), top => Assert.Equal(TopCounter.MaxValueBytes, top.Value.Length));
    }

    [Fact]
    public void AnEmptyValueIsNone()
    {
        var counter = new TopCounter();
        counter.Add([]);
        Assert.Equal(0, counter.Distinct);
        Assert.Empty(counter.Top(10));
    }

    [Fact]
    public void EquallyFrequentOnesAreInTheOrderOfTheirBytes()
    {
        var counter = new TopCounter();
        foreach (var value in new[] { "b", "c", "a", "c" }) counter.Add(Encoding.UTF8.GetBytes(value));
        Assert.Equal(["c", "a", "b"], counter.Top(3).Select(top => Encoding.UTF8.GetString(top.Value)));
    }

    static Dictionary<string, long> Exact(IEnumerable<string> values) => values.Where(value => value.Length > 0)
        .GroupBy(value => Convert.ToHexString(Encoding.UTF8.GetBytes(value))).ToDictionary(group => group.Key, group => group.LongCount());
}
